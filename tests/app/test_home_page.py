"""Home page: what a first visitor sees, and the one-click example."""

import pytest

from app.session import Key, View


@pytest.mark.parametrize("view", list(View), ids=lambda view: view.name.lower())
def test_every_page_opens_in_an_empty_workspace(open_page, view):
    app = open_page(view)
    assert not app.exception
    assert app.title
    assert not app.error


@pytest.mark.parametrize("view", list(View), ids=lambda view: view.name.lower())
def test_every_page_opens_with_the_example(example, open_page, view):
    app = open_page(view)
    assert not app.exception
    assert not app.error
    assert app.selectbox(key=Key.STUDY).value == example.id


def test_an_empty_page_says_where_to_go(open_page):
    app = open_page(View.POPULATION)
    assert "no survey yet" in app.main.markdown[0].value


def test_the_example_is_one_click_and_becomes_the_study(open_page):
    app = open_page(View.HOME)
    app.button(key=Key.HOME_EXAMPLE).click().run()
    assert not app.exception
    assert app.selectbox(key=Key.STUDY).value
    assert any("not real people" in badge.value for badge in app.sidebar.markdown)


def test_a_workspace_that_cannot_be_opened_is_explained(open_page, fresh_workspace):
    fresh_workspace.write_text("a file where the folder should be")
    app = open_page(View.HOME)
    assert not app.exception
    assert len(app.error) == 1
