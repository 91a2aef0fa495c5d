from core.jobs.folder import JobFolder
from core.jobs.status import JobState


def test_a_finished_job_is_listed_and_deleted_with_what_it_left(core, workspace):
    folder = JobFolder.create(workspace.jobs_folder, "tune", "Tune on Tea", {"survey_id": "tea"})
    folder.write_status(state=JobState.DONE)
    code, found, err = core("jobs")
    assert (code, [job["id"] for job in found["jobs"]]) == (0, [folder.id])
    assert "Tune on Tea" in err
    assert core("delete", folder.id)[:2] == (0, {"deleted": folder.id})
    assert not folder.path.exists()
    assert core("jobs")[1] == {"jobs": []}
