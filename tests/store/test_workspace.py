import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFoundError, WorkspaceError
from core.store.records import list_surveys
from core.store.workspace import Workspace, new_id, open_workspace

ROOT = Path(__file__).parents[2]
HOLD = (
    "import pathlib, sys, time\n"
    "from core.store.workspace import open_workspace\n"
    "ws = open_workspace(pathlib.Path(sys.argv[1]))\n"
    "print('open', flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "ws"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_opening_makes_the_folders_and_only_the_owner_may_look(tmp_path):
    with open_workspace(tmp_path / "a" / "ws") as ws:
        assert {p.name for p in ws.root.iterdir() if p.is_dir()} == {"surveys", "jobs"}
        assert (ws.root / "understudy.duckdb").is_file()
        assert ws.jobs_folder.is_dir() and ws.surveys_folder.is_dir()
    assert (tmp_path / "a" / "ws").stat().st_mode & 0o077 == 0


def test_without_its_database_jobs_are_there_and_surveys_are_an_error_in_words(tmp_path):
    open_workspace(tmp_path).close()
    with Workspace(tmp_path) as ws:
        assert ws.jobs_folder.is_dir()
        with pytest.raises(WorkspaceError, match=r"opened for its jobs only.*Where: .*as a whole"):
            list_surveys(ws)


def test_a_second_process_is_told_which_process_has_the_workspace_open(tmp_path, holder):
    with pytest.raises(WorkspaceError, match=f"PID {holder.pid} .python.* -c .*Close the app"):
        open_workspace(tmp_path / "ws")


def test_after_the_holder_was_killed_the_workspace_opens(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with open_workspace(tmp_path / "ws") as ws:
        assert ws.database.read_rows("SELECT count(*) AS n FROM survey") == [{"n": 0}]


def test_after_closing_another_process_may_open(tmp_path):
    open_workspace(tmp_path / "ws").close()
    code = HOLD.replace("time.sleep(60)", "ws.close()")
    result = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "ws"], cwd=ROOT, capture_output=True, text=True
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "open\n", "")


def test_the_same_process_may_open_twice(tmp_path):
    with open_workspace(tmp_path) as one, open_workspace(tmp_path) as two:
        assert one.database.read_rows("SELECT 1 AS x") == two.database.read_rows("SELECT 1 AS x")


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path):
    (tmp_path / "ws").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be made.*--workspace"):
        open_workspace(tmp_path / "ws")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="cannot be"):
        open_workspace(tmp_path / "ws")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "A", "a--b", "a\n", "-a"])
def test_a_survey_id_cannot_be_a_path(tmp_path, name):
    with open_workspace(tmp_path) as ws, pytest.raises(NotFoundError, match="no survey of that name"):
        ws.survey_folder(name)


@given(st.text(max_size=80))
def test_every_name_gives_an_id_that_is_safe_as_a_folder(name):
    chosen = new_id(name)
    assert len(chosen) <= 47
    assert chosen == Path(chosen).name
    assert all(part.isalnum() and part.isascii() and part == part.lower() for part in chosen.split("-"))
