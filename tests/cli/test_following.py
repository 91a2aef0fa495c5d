"""Waiting for a job: what is returned when it is done, and what is said when it is not."""

import pytest

from core.cli.console import Console
from core.cli.following import follow
from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.status import JobState


def ended(ws, state, error=None):
    folder = JobFolder.create(ws.jobs_folder, "tune", "A run", {"survey_id": "tea"})
    folder.write_status(state=state, error=error)
    return folder


def test_a_job_that_is_done_is_followed_to_its_status(workspace):
    folder = ended(workspace, JobState.DONE)
    assert follow(workspace, folder.id, Console()).state is JobState.DONE


@pytest.mark.parametrize(
    ("state", "error", "says", "names_log"),
    [
        (JobState.CANCELLED, None, "The job was cancelled.", False),
        (JobState.FAILED, "It broke.", "It broke.", True),
        (JobState.FAILED, "It broke. What to do: mend it.", "mend it", False),
    ],
)
def test_a_log_is_named_only_for_a_failure_without_a_remedy(workspace, state, error, says, names_log):
    folder = ended(workspace, state, error)
    with pytest.raises(JobError) as raised:
        follow(workspace, folder.id, Console())
    assert says in str(raised.value)
    assert ("log.txt" in str(raised.value)) is names_log
