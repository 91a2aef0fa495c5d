"""A fresh workspace per test; the real app is opened through AppTest."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


@pytest.fixture
def fresh_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDERSTUDY_WORKSPACE", str(tmp_path / "workspace"))
    st.cache_data.clear()
    st.cache_resource.clear()
    # AppTest keeps an object of its own in the session; the browser tests run with the check on.
    st.config.set_option("runner.enforceSerializableSessionState", False)
    yield tmp_path / "workspace"
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page(fresh_workspace):
    """Open a page of the app, as by clicking it in the navigation."""

    def open_(view="views/home.py", app=None):
        app = app or AppTest.from_file("../../app/main.py", default_timeout=60).run()
        return app if view == "views/home.py" else app.switch_page(view).run()

    return open_


@pytest.fixture
def example(fresh_workspace):
    """The example survey, stored in the test's workspace."""
    from app import cached
    from core.studio import surveys

    return surveys.load_example(cached.workspace())


@pytest.fixture(scope="session")
def taught_workspace(tmp_path_factory):
    """A workspace in which a small survey was taught for a few seconds and simulated, once for all tests."""
    from core.studio import jobs, surveys, tuning
    from core.studio import population as populations
    from core.studio import simulation as simulations
    from core.studio.workspace import open_workspace
    from core.tuning.recipe import Recipe
    from tests.app.small_survey import small_survey

    folder = tmp_path_factory.mktemp("taught") / "workspace"
    ws = open_workspace(folder)
    try:
        csv, codebook = small_survey()
        survey = surveys.save(ws, surveys.draft_survey(csv, "small.csv", codebook))
        population = populations.build(ws, survey.id, size=100, name="A hundred people")
        run = tuning.start(ws, survey.id, Recipe(steps=5))
        taught = jobs.wait(ws, run)
        assert taught.state == "done", jobs.find(ws, run).log_tail()
        simulation = simulations.start(ws, run, population.id)
        simulated = jobs.wait(ws, simulation)
        assert simulated.state == "done", jobs.find(ws, simulation).log_tail()
    finally:
        ws.close()
    return folder


@pytest.fixture
def taught(taught_workspace, fresh_workspace, monkeypatch):
    """A small survey, taught and simulated; tests only read this workspace."""
    from app import cached
    from core.studio import surveys

    monkeypatch.setenv("UNDERSTUDY_WORKSPACE", str(taught_workspace))
    (survey,) = surveys.list_surveys(cached.workspace())
    return survey
