"""Who sees what: the demonstration, signing in, and each user's own workspace."""

import pytest
from streamlit.testing.v1 import AppTest

from app.session import Key, View
from core.settings import user_workspace, workspace_folder

AUTH = {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x", "client_id": "a"}


@pytest.fixture
def demonstration(fresh_workspace, monkeypatch):
    monkeypatch.setenv("UNDERSTUDY_DEMO", "1")


@pytest.mark.parametrize("view", list(View))
def test_every_page_of_the_demonstration_shows_the_prepared_study(demonstration, open_page, view):
    page = open_page(view)
    assert not page.exception
    assert not page.error
    assert any("Demonstration." in note.value for note in page.sidebar.info)


def test_the_demonstration_offers_nothing_that_would_change_it(demonstration, open_page, fresh_workspace):
    for view, key in (
        (View.TUNING, Key.TUNING_START),
        (View.POPULATION, Key.POPULATION_BUILD),
        (View.RESULTS, Key.RESULTS_START),
        (View.SURVEY, Key.SURVEY_DELETE),
    ):
        page = open_page(view)
        assert key not in {button.key for button in page.button}, view
    assert not open_page(View.SURVEY).get("file_uploader")
    assert not fresh_workspace.exists(), "the visitor's machine is left alone"


def signed_in(name):
    app = AppTest.from_file("../../app/main.py", default_timeout=60)
    app.secrets["auth"] = AUTH
    if name:
        app.user["is_logged_in"] = True
        app.user["sub"], app.user["iss"], app.user["name"] = name, "https://example.org", name
    return app.run()


def test_nothing_is_shown_before_signing_in(fresh_workspace):
    app = signed_in(None)
    assert not app.exception
    assert [button.label for button in app.button] == ["Sign in"]
    assert not fresh_workspace.exists()


def test_each_user_has_studies_of_their_own(fresh_workspace):
    ada = signed_in("ada")
    assert not ada.exception
    assert any("Signed in as ada" in caption.value for caption in ada.sidebar.caption)
    ada.button(key=Key.HOME_EXAMPLE).click().run()
    assert not ada.exception
    assert ada.sidebar.selectbox(key=Key.STUDY).options
    bob = signed_in("bob")
    assert bob.button(key=Key.HOME_EXAMPLE), "bob has no study yet"
    folders = {path.name for path in (fresh_workspace / "users").iterdir()}
    assert folders == {user_workspace(f"https://example.org|{name}").name for name in ("ada", "bob")}
    assert not any("ada" in name for name in folders)
    assert workspace_folder() == fresh_workspace
