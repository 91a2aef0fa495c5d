"""A job that ended, without anything it made."""

from core.jobs.folder import JobFolder
from core.jobs.status import JobState


def finished_job(ws, kind, survey_id, state=JobState.DONE):
    folder = JobFolder.create(ws.jobs_folder, kind, f"A {kind} job", {"survey_id": survey_id})
    folder.write_status(state=state)
    return folder
