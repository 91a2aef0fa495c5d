"""Population page: marginals that add up, scaling, building, and what is shown of the people."""

import pytest

from app import cached
from app.session import Key, View
from core import studio

pytest_plugins = ("tests.app.app_fixtures",)


@pytest.fixture
def page(example, open_page):
    return open_page(View.POPULATION)


def edit(app, study, column, row, value):
    """Type into a target cell, which AppTest can only do by setting the editor's state."""
    app.session_state[Key.POPULATION_EDITOR.of(study.id, column, 0)] = {
        "edited_rows": {row: {"Target %": value}},
        "added_rows": [],
        "deleted_rows": [],
    }
    return app.run()


def first_demographic(study):
    return studio.load_survey(cached.workspace(), study.id).codebook.demographics[0]


def test_targets_start_from_the_survey_and_add_up(page):
    assert not page.exception
    assert not page.error
    assert not page.button(key=Key.POPULATION_BUILD).disabled


def test_a_total_other_than_100_names_the_demographic_and_blocks_the_build(page, example):
    demographic = first_demographic(example)
    edit(page, example, demographic.column, 0, 90.0)
    assert demographic.label in page.error[0].value
    assert "needs 100 %" in page.error[0].value
    assert page.button(key=Key.POPULATION_BUILD).disabled


def test_an_empty_cell_is_named(page, example):
    edit(page, example, first_demographic(example).column, 0, None)
    assert "empty cell" in page.error[0].value


def test_scaling_mends_the_total_and_keeps_proportions(page, example):
    demographic = first_demographic(example)
    edit(page, example, demographic.column, 0, 90.0)
    page.button(key=Key.POPULATION_SCALE.of(example.id, demographic.column)).click().run()
    assert not page.error
    targets = page.dataframe[0].value["Target %"]
    assert targets.sum() == pytest.approx(100)
    assert targets[0] == targets.max()


def test_edits_survive_a_page_change(page, example):
    demographic = first_demographic(example)
    edit(page, example, demographic.column, 0, 90.0)
    page.switch_page(View.HOME).run()
    page.switch_page(View.POPULATION).run()
    assert demographic.label in page.error[0].value


def test_back_to_the_survey_undoes_the_edits(page, example):
    demographic = first_demographic(example)
    edit(page, example, demographic.column, 0, 90.0)
    page.button(key=Key.POPULATION_RESET.of(example.id, demographic.column)).click().run()
    assert not page.error


def test_a_built_population_is_shown_with_its_figures(page, example):
    page.number_input(key=Key.POPULATION_SIZE).set_value(200).run()
    page.button(key=Key.POPULATION_BUILD).click().run()
    assert not page.exception
    (population,) = studio.list_populations(cached.workspace(), example.id)
    assert population.size == 200
    assert "200" in [metric.value for metric in page.metric]
    page.segmented_control(key=Key.POPULATION_VIEW).set_value("The people").run()
    assert not page.exception
    assert len(page.dataframe[0].value) == 100
