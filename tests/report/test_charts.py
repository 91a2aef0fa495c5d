"""Every chart of the app and the report: valid Vega-Lite, described in words, and made without a check."""

import json
from dataclasses import replace

import pytest
from altair.utils import schemapi

from core.comparison.calibration import CalibrationBin
from core.comparison.tradeoff import TradeoffPoint
from core.experiments.row import ExperimentRow
from core.report import charts
from core.report.palette import Theme, palette
from core.report.specification import to_specification
from core.survey.topline import toplines
from tests.report.report_factory import made_banner, made_sweep, survey

SWEEP = made_sweep()
FEW, MANY = [["sex", "car", 0.3, 0.1]], [["sex", f"q{i}", 0.5, 0.5 - i / 100] for i in range(40)]
ROWS = [
    ExperimentRow(f"{x} people", x=x, kl=0.2 / x, rmse_scaled=0.3 + x / 9, nll=1.0, floor_kl=0.05)
    for x in (1, 2, 4)
]
STEPS = [{"step": 1, "loss": 2.0, "validation_nll": 1.6}, {"step": 2, "loss": 1.5}]
POINTS = [TradeoffPoint(name, 0.01, 0.3) for name in ("expected", "svr")]
CHARTS = {
    "shares with a scale": lambda theme: charts.distribution_chart(
        SWEEP.questions[1], SWEEP.temperatures, 0.8, theme
    ),
    "shares without a title": lambda theme: charts.distribution_chart(
        SWEEP.questions[0], SWEEP.temperatures, 0.8, theme, show_title=False
    ),
    "every temperature": lambda theme: charts.tradeoff_chart(SWEEP, theme),
    "decoders": lambda theme: charts.decoder_chart(SWEEP, POINTS, theme),
    "calibration": lambda theme: charts.calibration_chart([CalibrationBin(0.3, 0.28, 0.05, 40, 9)], theme),
    "few links": lambda theme: charts.association_chart(FEW, {"sex": "Sex"}, {"car": "A car?"}, theme),
    "many links": lambda theme: charts.association_chart(
        MANY, {"sex": "Sex"}, {f"q{i}": f"Question {i}" for i in range(40)}, theme
    ),
    "topline": lambda theme: charts.topline_chart(made_banner().table("rude"), theme, source="of 7 people"),
    "real topline": lambda theme: charts.real_topline_chart(toplines(survey())[1], theme),
    "marginals": lambda theme: charts.marginals_chart(
        {"age": {"18-34": 0.25, "35+": 0.75}}, {"age": {"18-34": 0.26, "35+": 0.74}}, theme=theme
    ),
    "convergence": lambda theme: charts.convergence_chart([0.1, 0.001], theme),
    "pyramid": lambda theme: charts.pyramid_chart(
        [{"age": "18-34", "sex": "Female", "share": 0.4}], ("Female", "Male"), theme
    ),
    "loss": lambda theme: charts.loss_chart(STEPS, theme),
    "runs": lambda theme: charts.runs_chart({"first": STEPS, "second": STEPS}, theme),
    "experiment in bars": lambda theme: charts.experiment_chart(ROWS, "Before and after", theme=theme),
    "experiment in lines": lambda theme: charts.experiment_chart(ROWS, "Size", "Respondents", theme),
    "experiment as a curve": lambda theme: charts.experiment_chart(
        [*ROWS, replace(ROWS[0], name="greedy", x=None)], "Heat", "Temperature", theme, curve=True
    ),
}


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_valid_and_says_in_words_what_it_shows(name, theme):
    chart = CHARTS[name](theme)
    chart.to_dict(validate=True)  # raises where the schema of Vega-Lite knows no such thing
    drawn = to_specification(chart)
    text = json.dumps(drawn, allow_nan=False)
    assert len(drawn["description"]) > 30
    other = palette(Theme.DARK if theme is Theme.LIGHT else Theme.LIGHT)
    assert palette(theme).text in text
    assert not [shade for shade in vars(other).values() if shade in text]


def test_every_function_that_makes_a_chart_is_among_them():
    made = "".join(str(make.__code__.co_names) for make in CHARTS.values())
    assert not [name for name in charts.__all__ if name.endswith("_chart") and name not in made]


def test_a_chart_is_made_without_holding_it_against_the_schema(monkeypatch):
    def refuse(*_args, **_settings):
        raise AssertionError("validated")

    monkeypatch.setattr(schemapi, "validate_jsonschema", refuse)
    for make in CHARTS.values():
        to_specification(make(Theme.LIGHT))


def test_the_line_under_the_title_follows_the_slider():
    drawn = to_specification(CHARTS["shares with a scale"](Theme.LIGHT))
    (text,) = [p["expr"] for p in drawn["params"] if p["name"] == "subtitle"]
    assert drawn["title"]["subtitle"] == {"expr": "subtitle"}
    assert text.startswith("'Temperature ' + format(temperature, '.2f')")
    assert "subtitle" not in to_specification(CHARTS["real topline"](Theme.LIGHT)).get("title", {})
