"""Tables and pictures of the structure axis and of the decoders, from a real assessment of a small survey."""

import numpy as np
import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.calibration import CalibrationBin
from core.comparison.structure import structure
from core.comparison.tradeoff import TradeoffPoint
from core.report import structure_tables
from core.report.decoder_chart import decoder_chart
from core.report.specification import to_specification
from core.report.structure_charts import MOST_QUESTIONS, association_chart, calibration_chart
from tests.comparison.survey_factory import small_survey
from tests.report.report_factory import made_sweep


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


def test_the_heatmap_averages_parts_and_shows_simulated_less_real():
    pairs = [["sex", "uses#0", 0.3, 0.1], ["sex", "uses#1", 0.1, 0.1], ["car", "uses#0", 0.5, 0.0]]
    chart = to_specification(
        association_chart(pairs, {"sex": "Gender"}, {"car": "Own a car?", "uses": "What for?"})
    )
    rows = chart["data"]["values"]
    assert [(r["row"], r["column"], r["difference"]) for r in rows] == [
        ("sex", "2", -0.1),
        ("car", "2", -0.5),
    ]
    assert "largest -0.50 for 1. Own a car? with 2. What for?" in chart["description"]
    assert association_chart([], {}, {}) is None


def test_of_many_questions_those_furthest_off_are_shown():
    questions = {f"q{i}": f"Question {i}" for i in range(40)}
    pairs = [["sex", f"q{i}", 0.5, 0.5 - i / 100] for i in range(40)]
    chart = to_specification(association_chart(pairs, {"sex": "Gender"}, questions, "dark"))
    columns = [row["column"] for row in chart["data"]["values"]]
    assert columns == [str(i + 1) for i in range(40 - MOST_QUESTIONS, 40)]


def test_the_calibration_chart_says_its_points():
    chart = to_specification(calibration_chart([CalibrationBin(0.31, 0.28, 0.05, 400, 90)]))
    assert chart["data"]["values"][0] | {"low": 0.23, "high": 0.33} == chart["data"]["values"][0]
    assert "31% given, 28% true" in chart["description"]


def test_the_decoder_chart_moves_along_the_curve_and_keeps_labels_apart():
    made = made_sweep()
    names = ("model", "expected", "greedy", "uniform", "svr", "catboost")
    points = [TradeoffPoint(name, 0.01, 0.3) for name in names]
    chart = to_specification(decoder_chart(made, points))
    curves = {p["name"]: p["value"] for p in chart["params"] if p["name"].endswith("_curve")}
    assert curves["rmse_curve"] == pytest.approx(made.rmse_sampled, abs=1e-5)
    marks = chart["layer"][1]["data"]["values"]
    assert [m["name"] for m in marks][:2] == ["Expected answer", "Likeliest answer"]
    grey = [m["label"] for m in marks if not m["own"]]
    assert len(set(grey)) == 3
    assert "Every answer equally likely KL 0.010, RMSE 0.300" in chart["description"]
