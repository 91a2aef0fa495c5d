"""Fixtures every test may use. One thread: two are slower on a busy machine, and sums stay the same."""

import os
import shutil
import sys

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch are imported
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PROGRAM = sys.modules["__main__"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """AppTest leaves its page behind as the main program, which a started process would then run."""
    sys.modules["__main__"] = PROGRAM


@pytest.fixture(autouse=True)
def own_workspace(tmp_path, monkeypatch):
    """No test sees or touches the studies of the person who runs it."""
    monkeypatch.setenv("UNDERSTUDY_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def workspace(own_workspace):
    """An open, empty workspace."""
    from core import studio

    with studio.open_workspace() as ws:
        yield ws


@pytest.fixture
def tea_csv():
    """A survey file: 60 respondents, half of them women, asked one question."""
    answers = ("Yes", "No", "Sometimes")
    rows = [f"r{i},{('Female', 'Male')[i % 2]},{answers[i % 3]}" for i in range(60)]
    return "\n".join(["respondent_id,sex,tea", *rows]).encode()


@pytest.fixture
def tea_codebook():
    """The codebook of `tea_csv`."""
    question = {"column": "tea", "text": "Do you drink tea?", "type": "single"}
    return {
        "title": "Tea",
        "demographics": [{"column": "sex", "label": "Sex", "options": ["Female", "Male"]}],
        "questions": [question | {"options": ["Yes", "No", "Sometimes"]}],
    }


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium; one for all tests, since two Playwrights cannot run in one process."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def surveys():
    """The folder of real surveys beside the checkout; tests that need it skip without it."""
    folder = Path(__file__).parents[2] / "shared" / "surveys"
    if not folder.is_dir():
        pytest.skip("the real surveys are not beside this checkout")
    return folder
