"""Population page: marginals that add up, scaling, building, and what is shown of the people."""

import pytest

from app import cached
from app.session import Key, View
from app.widgets.population_card import PEOPLE, PYRAMID, QUOTAS, TOGETHER
from app.widgets.target_source import FILE, OTHER, PUBLIC
from core.studio import population as populations
from core.studio import surveys
from tests.app.small_survey import small_survey


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
    return surveys.load(cached.workspace(), study.id).codebook.demographics[0]


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
    (population,) = populations.list_populations(cached.workspace(), example.id)
    assert population.size == 200
    assert "200" in [metric.value for metric in page.metric]
    page.segmented_control(key=Key.POPULATION_VIEW).set_value("The people").run()
    assert not page.exception
    assert len(page.dataframe[0].value) == 100


def test_published_figures_are_matched_and_fill_an_interlocking_table(page, example):
    page.segmented_control(key=Key.POPULATION_SOURCE).set_value(PUBLIC).run()
    assert not page.exception
    assert any("merged into 18-29" in caption.value.replace("\\", "") for caption in page.caption)
    page.button(key=Key.POPULATION_USE).click().run()
    assert not page.exception
    assert not page.error
    assert page.multiselect(key=Key.POPULATION_PAIRS.of(example.id, "picker")).value == ["Age × Gender"]
    page.button(key=Key.POPULATION_BUILD).click().run()
    (population,) = populations.list_populations(cached.workspace(), example.id)
    assert len(population.figures["joint"]) == 10
    assert "U.S. Census Bureau" in population.figures["notes"][0]
    assert population.figures["worst_margin_error"] < 0.5


def test_targets_from_a_csv_are_mapped(page, example):
    page.segmented_control(key=Key.POPULATION_SOURCE).set_value(FILE).run()
    content = b"variable,category,count\nSex,Male,30\nSex,Female,90\n"
    page.file_uploader(key=Key.POPULATION_FILE).set_value(("census.csv", content, "text/csv")).run()
    page.button(key=Key.POPULATION_USE).click().run()
    assert not page.error
    page.button(key=Key.POPULATION_BUILD).click().run()
    (population,) = populations.list_populations(cached.workspace(), example.id)
    assert population.marginals["gender"] == pytest.approx({"Woman": 0.75, "Man": 0.25})


def test_a_file_that_is_no_table_of_targets_is_explained(page):
    page.segmented_control(key=Key.POPULATION_SOURCE).set_value(FILE).run()
    page.file_uploader(key=Key.POPULATION_FILE).set_value(("a.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert "lacks a column" in page.error[0].value


def test_another_survey_gives_its_weighted_shares(page, example):
    csv, codebook = small_survey()
    surveys.save(cached.workspace(), surveys.draft_survey(csv, "small.csv", codebook))
    page.segmented_control(key=Key.POPULATION_SOURCE).set_value(OTHER).run()
    page.button(key=Key.POPULATION_USE).click().run()
    assert not page.exception
    assert not page.error
    assert any("(weighted)" in caption.value.replace("\\", "") for caption in page.caption)


def test_impossible_targets_are_explained_and_mended_by_one_click(page, example):
    # nobody is 75 and over and lives in a shared household, so these two cannot add up to more than everybody
    edit_all(page, example, "age", [10.0, 10.0, 10.0, 10.0, 60.0])
    edit_all(page, example, "household", [10.0, 10.0, 10.0, 70.0])
    assert "cannot" in page.error[0].value or "at most" in page.error[0].value
    assert page.button(key=Key.POPULATION_BUILD).disabled
    page.button(key=Key.POPULATION_MEND).click().run()
    assert not page.error
    assert not page.button(key=Key.POPULATION_BUILD).disabled


def test_a_screener_shows_the_incidence_and_builds_only_who_qualifies(page, example):
    page.multiselect(key=Key.POPULATION_SCREEN.of(example.id)).set_value(["gender"]).run()
    page.multiselect(key=Key.POPULATION_SCREEN.of(example.id, "gender")).set_value(["Woman"]).run()
    assert "Incidence" in [metric.label for metric in page.metric]
    page.button(key=Key.POPULATION_BUILD).click().run()
    (population,) = populations.list_populations(cached.workspace(), example.id)
    assert set(populations.people(cached.workspace(), population.id)["gender"]) == {"Woman"}


def test_every_view_of_a_population_is_drawn_and_its_targets_can_be_used_again(page, example):
    page.button(key=Key.POPULATION_BUILD).click().run()
    for view in (PYRAMID, TOGETHER, QUOTAS, PEOPLE):
        page.segmented_control(key=Key.POPULATION_VIEW).set_value(view).run()
        assert not page.exception
    page.text_input(key=Key.POPULATION_NAME.of(example.id, 1)).set_value("Population 1").run()
    page.button(key=Key.POPULATION_BUILD).click().run()
    versions = [p.version for p in populations.list_populations(cached.workspace(), example.id)]
    assert sorted(versions) == [1, 2]
    page.button(key=Key.POPULATION_AGAIN).click().run()
    page.button(key=Key.POPULATION_DELETE).click().run()
    assert not page.exception
    assert len(populations.list_populations(cached.workspace(), example.id)) == 1


def edit_all(app, study, column, values):
    """Type into every target cell of a demographic."""
    app.session_state[Key.POPULATION_EDITOR.of(study.id, column, 0)] = {
        "edited_rows": {row: {"Target %": value} for row, value in enumerate(values)},
        "added_rows": [],
        "deleted_rows": [],
    }
    return app.run()
