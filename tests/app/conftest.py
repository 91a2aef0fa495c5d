"""A fresh workspace per test; the real app is opened through AppTest."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True)
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
def open_page():
    """Open a page of the app, as by clicking it in the navigation."""

    def open_(view="views/home.py", app=None):
        app = app or AppTest.from_file("../../app/main.py", default_timeout=60).run()
        return app if view == "views/home.py" else app.switch_page(view).run()

    return open_


@pytest.fixture
def example(fresh_workspace):
    """The example survey, stored in the test's workspace."""
    from app import cached
    from core import studio

    return studio.load_example(cached.workspace())
