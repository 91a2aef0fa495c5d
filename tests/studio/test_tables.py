"""Tables of a finished simulation: whose answers stand beside whose."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from core.errors import JobError
from core.studio import simulation as simulations
from core.studio import tables
from core.studio.tables import TableChoice, Whose
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


@pytest.fixture
def results(workspace, simulation):
    return simulations.results(workspace, simulation, temperature=1)


def test_a_population_stands_beside_all_respondents(results):
    choice = TableChoice(by=("sex",), whose=Whose.POPULATION)
    tea, extras = tables.banner(results, choice).tables
    assert tea.n.tolist() == [60, 30, 30]
    assert tea.people.tolist() == [50, 40, 10]
    expected = [0.8 * WOMEN[0] + 0.2 * MEN[0], WOMEN[0], MEN[0]]
    np.testing.assert_allclose(tea.rows[0].simulated, expected)
    assert [row.label for row in extras.rows] == ["Milk", "Sugar"]
    np.testing.assert_allclose(extras.rows[0].real, [1, 1, 1])
    np.testing.assert_allclose(extras.rows[0].simulated, [0.9] * 3)


def test_held_out_respondents_stand_beside_their_own_answers(results):
    (tea, _) = tables.banner(results).tables
    assert tea.n.tolist() == tea.people.tolist() == [len(results.real)]
    assert np.isnan(tea.rows[0].real).all()  # twelve people: hidden
    assert tea.suppressed.all()


def test_a_population_that_was_not_simulated_is_missed(results):
    results.scored.__dict__["people_profile"] = None
    with pytest.raises(JobError, match="no population"):
        tables.banner(results, TableChoice(whose=Whose.POPULATION))


def test_an_answers_file_has_a_row_per_person_of_the_population(results):
    table = pd.read_csv(io.BytesIO(tables.answers_file(results, "csv")))
    assert len(table) == 50
    assert table["sex"].value_counts().to_dict() == {"Female": 40, "Male": 10}
    assert set(table["tea"]) <= {"Yes", "No", "Sometimes"}
    again = pd.read_csv(io.BytesIO(tables.answers_file(results, "csv")))
    pd.testing.assert_frame_equal(table, again)
    respondents = set(results.scored.data.ids)
    assert not respondents & set(table["person_id"])


def test_held_out_respondents_are_never_written_as_synthetic_people(results):
    results.scored.__dict__["people"] = None
    with pytest.raises(JobError, match="no synthetic people"):
        tables.answers_file(results, "sav")


def test_the_workbook_says_who_is_on_each_side(results):
    choice = TableChoice(by=("sex",), whose=Whose.POPULATION)
    book = openpyxl.load_workbook(io.BytesIO(tables.workbook(results, choice)))
    notes = [row[0].value for row in book["Notes"].iter_rows()]
    assert "Real: all 60 respondents of the survey, those the model learned from included." in notes
    assert 'Simulated: 50 people of the population "With set targets", at temperature 1.00.' in notes
