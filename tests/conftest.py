"""Fixtures every test may use. One thread: two are slower on a busy machine, and sums stay the same."""

import os
import shutil
import sys

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch are imported
os.environ["TOKENIZERS_PARALLELISM"] = "false"


import pytest
from hypothesis import settings

from tests.generated_study import NAMES as GENERATED_NAMES
from tests.generated_study import write_studies
from tests.shared_surveys import shared_surveys, skipped_line

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PROGRAM = sys.modules["__main__"]

collect_ignore_glob = ["**/*_fixtures.py"]  # plugins of test modules: pytest imports them itself


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
    from core.studio.workspace import open_workspace

    with open_workspace() as ws:
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
    return shared_surveys()


@pytest.fixture(scope="session")
def generated_surveys(tmp_path_factory):
    """A folder like it, made by the generator of the example."""
    return write_studies(tmp_path_factory.mktemp("surveys"))


@pytest.fixture
def study(request, generated_surveys):
    """The folder of one survey, generated or shared, by its name."""
    return (generated_surveys if request.param in GENERATED_NAMES else shared_surveys()) / request.param


@pytest.fixture(params=["generated", "shared"])
def every_study(request, generated_surveys):
    """The folder of all generated surveys, then that of all shared ones."""
    return generated_surveys if request.param == "generated" else shared_surveys()


def pytest_terminal_summary(terminalreporter):
    """Say that the shared surveys were not there: a clean clone tests less than the makers do."""
    line = skipped_line([str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())])
    if line:
        terminalreporter.write_line(line, yellow=True)
