"""The workspace is the environment's, and nobody's own while tests run."""

import os

from core.studio.workspace import open_jobs


def test_the_workspace_of_the_environment_is_used(tmp_path, workspace):
    assert workspace.root == tmp_path / "workspace"


def test_the_token_of_the_person_running_the_tests_is_not_seen():
    assert "HF_TOKEN" not in os.environ


def test_jobs_are_in_the_same_folder_without_its_database(workspace, tmp_path):
    assert open_jobs().jobs_folder == workspace.jobs_folder
    assert open_jobs(tmp_path / "other").root == tmp_path / "other"
