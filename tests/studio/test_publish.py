"""What leaves the machine: the staged files, and what may not be pushed. Pushing is tested over HTTP."""

import shutil

import pytest

from core.errors import HubError, JobError
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.publish.names import FILES
from core.studio import publish, surveys
from core.tuning.recipe import Recipe
from tests.publish.adapter_factory import write_adapter


@pytest.fixture
def run(workspace, tea, tmp_path):
    """A finished run with an adapter; no simulation of it."""
    spec = {"survey_id": tea.id, "recipe": Recipe().to_dict()}
    folder = JobFolder.create(workspace.jobs_folder, "tune", "A run", spec)
    surveys.load(workspace, tea.id).write(folder.inputs)
    shutil.copytree(write_adapter(tmp_path / "adapter"), folder.outputs / "adapter")
    folder.write_status(state=JobState.DONE)
    return folder


def test_exactly_four_files_are_staged_with_the_card_that_is_shown(workspace, run, tmp_path):
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "old.txt").touch()
    to = publish.stage(workspace, run.id, tmp_path / "to", "ada/tea", "mit", "Adults")
    assert sorted(path.name for path in to.iterdir()) == sorted(FILES)
    text = (to / "README.md").read_text()
    assert text == publish.card(workspace, run.id, "ada/tea", "mit", "Adults")
    assert "stand for: Adults" in text and "It was not tested on held-out respondents" in text


def test_where_a_run_is_to_go_is_kept_with_it(workspace, run):
    assert publish.target(workspace, run.id) is None
    publish.remember_target(workspace, run.id, "ada/tea", private=False)
    found = publish.target(workspace, run.id)
    assert (found.repo_id, found.private) == ("ada/tea", False)
    assert publish.published(workspace, run.id) == []


def test_a_pulled_run_is_not_pushed_again(workspace, tea):
    spec = {"survey_id": tea.id, "recipe": Recipe().to_dict(), "pulled": {"repo_id": "ada/tea"}}
    pulled = JobFolder.create(workspace.jobs_folder, "tune", "Pulled", spec)
    pulled.write_status(state=JobState.DONE)
    for use in (publish.preflight, publish.push):
        with pytest.raises(HubError, match="taught elsewhere and pulled"):
            use(workspace, pulled.id, "ada/again", "hf_none")


def test_an_unfinished_run_has_no_card(workspace, run):
    run.write_status(state=JobState.CANCELLED)
    with pytest.raises(JobError, match="it is cancelled"):
        publish.card(workspace, run.id)
