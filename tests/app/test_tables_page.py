"""Tables page: what is missing, the tables of a real simulation, and what can be taken away."""

import pytest

from app.session import Key, View
from core.studio.tables import Whose


def test_without_a_simulation_the_page_says_what_to_do(example, open_page):
    app = open_page(View.TABLES)
    assert not app.exception
    assert "simulate first" in app.main.markdown[0].value


def drawn(app):
    return next(element.proto.body for element in app.get("html") if "<table" in element.proto.body)


@pytest.fixture
def page(taught, open_page):
    return open_page(View.TABLES)


@pytest.mark.slow
def test_the_page_opens_with_a_banner_of_the_population(page, taught):
    assert not page.exception
    assert not page.error
    html = drawn(page)
    assert html.count('scope="colgroup"') > 3
    assert "all 240 respondents of the survey" in html
    assert "no margin of error and no significance letters" in html
    assert 'class="letters"' in html  # the letter of each column; the generated survey has none in its cells
    assert "generated, not real people" in html


@pytest.mark.slow
def test_choices_change_the_table(page, taught):
    page.multiselect(key=Key.TABLES_BY.of(taught.id)).set_value([]).run()
    assert 'class="bars"' in drawn(page)
    page.segmented_control(key=Key.TABLES_WHOSE.of(2)).set_value(Whose.RESPONDENTS).run()
    page.toggle(key=Key.TABLES_TESTED).set_value(True).run()
    html = drawn(page)
    assert "held out" in html and "± margin" in html
    page.selectbox(key=Key.TABLES_QUESTION.of(taught.id)).set_value(-1).run()
    assert not page.exception
    assert drawn(page).count("<table>") == taught.n_questions


@pytest.mark.slow
def test_tables_pictures_and_answers_are_offered(page):
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["Download the tables (Excel)", "PNG", "SVG", "Download the answers"]
