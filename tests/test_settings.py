"""What is read from the environment."""

import pytest

from core import settings
from core.cli import main as cli
from core.errors import JobError
from core.jobs.folder import JobFolder
from core.studio import surveys, tuning
from core.tuning.recipe import Recipe


def launched(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_one_process_is_no_launch():
    assert settings.launch() is None


def test_a_launcher_says_how_many_processes_there_are(monkeypatch):
    launched(monkeypatch, RANK="1", WORLD_SIZE="4", LOCAL_WORLD_SIZE="2", ACCELERATE_USE_FSDP="true")
    assert settings.launch() == settings.Launch(rank=1, processes=4, machines=2, sharded=True)


def test_a_job_does_not_hear_of_the_launcher(monkeypatch):
    launched(
        monkeypatch, RANK="0", WORLD_SIZE="2", TORCHELASTIC_RUN_ID="x", ACCELERATE_USE_FSDP="true", HOME="h"
    )
    kept = settings.job_environment()
    assert kept["HOME"] == "h"
    assert not {"RANK", "WORLD_SIZE", "TORCHELASTIC_RUN_ID", "ACCELERATE_USE_FSDP"} & set(kept)


def test_only_the_first_process_of_a_launcher_runs_a_command(monkeypatch):
    launched(monkeypatch, RANK="1", WORLD_SIZE="2")
    assert cli.main(["no such command"]) == 0


def test_the_job_gets_as_many_processes_as_were_launched(monkeypatch, workspace, tea_csv, tea_codebook):
    tea = surveys.save(workspace, surveys.draft_survey(tea_csv, "tea.csv", tea_codebook)).id
    monkeypatch.setattr(tuning.queue, "submit", lambda folder, module: None)
    spec = JobFolder(workspace.jobs_folder / tuning.start(workspace, tea, Recipe())).spec()
    assert "processes" not in spec  # as suits the machine
    launched(monkeypatch, RANK="0", WORLD_SIZE="2", LOCAL_WORLD_SIZE="2", ACCELERATE_USE_FSDP="true")
    spec = JobFolder(workspace.jobs_folder / tuning.start(workspace, tea, Recipe())).spec()
    assert (spec["processes"], spec["sharded"]) == (2, True)
    launched(monkeypatch, LOCAL_WORLD_SIZE="1")
    with pytest.raises(JobError, match="taught on one machine. Got: 2 machines"):
        tuning.start(workspace, tea, Recipe())
