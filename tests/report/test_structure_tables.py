"""Tables of the structure axis, from a real assessment of a small survey."""

import numpy as np
import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.structure import structure
from core.report import structure_tables
from tests.comparison.survey_factory import small_survey


@pytest.fixture(scope="module")
def found():
    data = small_survey(450)
    real, train = data.part("test"), data.part("train")
    tables = fit_baselines(train, data.part("validation"), real.profiles, ("logistic_regression",))
    model = {key: np.exp(table) for key, table in tables["logistic_regression"].items()}
    return structure(real, train, {"model": model, "logistic_regression": model})


def test_small_groups_keep_their_base_and_have_no_figures(found):
    rows = structure_tables.groups_table(found)
    assert [row["Group"] for row in rows] == ["Female", "Male", "18-34", "35-54", "55+", "City", "Country"]
    small = [row for row in rows if row["Base"] < 30]
    assert small
    assert all(row["Off by"] is None for row in small)
    known = next(group for group in found.subgroups.groups if not group.suppressed)
    row = next(row for row in rows if row["Group"] == known.option)
    assert row["Off by"] == pytest.approx(100 * known.methods["model"].tv)
    assert row["Off by"] == row["Regression"]
    assert row["Training shares"] is None


def test_every_table_names_the_methods_that_were_judged(found):
    methods = ["Tuned model", "Logistic regression on demographics"]
    assert [row["Method"] for row in structure_tables.effects_table(found)] == methods
    assert [row["Method"] for row in structure_tables.links_table(found)][1:] == methods
    rows = structure_tables.detection_table(found, {"car": "Do you own a car?"})
    assert [row["Method"] for row in rows] == methods
    assert all(0.5 <= row["AUC"] <= 1 for row in rows)
    assert structure_tables.fidelity_table(found)[0]["Group"] == "All groups"
