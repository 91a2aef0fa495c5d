"""The command `runs`; `tune` and `download` are run for real in test_pilot and test_publish."""

from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.tuning.recipe import Recipe


def run_of(ws, **settings):
    spec = {"survey_id": "tea", "recipe": Recipe(**settings).to_dict()}
    folder = JobFolder.create(ws.jobs_folder, "tune", "A run", spec)
    folder.write_status(state=JobState.DONE)
    return folder.id


def test_runs_are_listed(core):
    assert core("runs")[:2] == (0, {"runs": []})


def test_two_runs_are_compared_by_the_settings_that_differ(core, workspace):
    first, second = run_of(workspace, seed=1, rank=8), run_of(workspace, seed=2, rank=8)
    code, found, err = core("runs", first, second)
    assert (code, found["runs"], found["differences"]) == (0, [first, second], {"seed": [1, 2]})
    assert first in err and "seed" in err


def test_a_survey_or_a_run_to_resume_is_named_but_not_both(core):
    for arguments in ((), ("tea", "--resume", "tune-1")):
        code, answer, _ = core("tune", *arguments)
        assert code == 2
        assert "Name a survey to tune on, or a run to resume" in answer["error"]
