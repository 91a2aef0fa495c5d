"""The chart is compiled and drawn by Vega itself; what it shows is read from the drawing."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
import vl_convert

from core.report.charts import (
    TEMPERATURE,
    distribution_chart,
    loss_chart,
    marginals_chart,
    to_specification,
    tradeoff_chart,
)
from tests.report.report_factory import made_population_sweep, made_sweep


@pytest.fixture(scope="module")
def made():
    return made_sweep()


def drawn(chart, start=None, width=900):
    """All texts of a chart as Vega draws them with the slider at `start`, joined line by line."""
    specification = to_specification(chart) | {"width": width}
    if start is not None:
        specification["params"][0]["value"] = start
    svg = vl_convert.vegalite_to_svg(json.dumps(specification, allow_nan=False))
    return [
        re.sub(r"\s+", " ", "".join(node.itertext()))
        for node in ET.fromstring(svg).iter()
        if node.tag.endswith("}text")
    ]


def percentages(chart, start):
    return [text for text in drawn(chart, start) if re.fullmatch(r"\d+\.\d%", text)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("position", range(4))
def test_every_bar_carries_its_share_at_the_starting_temperature(made, position, theme):
    question = made.questions[position]
    chart = distribution_chart(question, made.temperatures, made.chosen, theme, start=made.temperatures[30])
    found = percentages(chart, float(made.temperatures[30]))
    if question.type == "numeric":
        assert len(found) == 2 * 11
        return
    expected = []
    for real, simulated in zip(question.real, question.simulated[30], strict=True):
        expected += [f"{100 * real:.1f}%", f"{100 * simulated:.1f}%"]
    assert found == expected


def test_between_two_grid_temperatures_the_bar_lies_between(made):
    question = made.questions[0]
    start = float(np.sqrt(made.temperatures[10] * made.temperatures[11]))
    chart = distribution_chart(question, made.temperatures, made.chosen)
    half_way = question.simulated[10:12, 0].mean()
    assert percentages(chart, start)[1] == f"{100 * half_way:.1f}%"


def test_labels_title_and_distances_are_there(made):
    question = made.questions[1]
    texts = drawn(distribution_chart(question, made.temperatures, made.chosen, start=1.0))
    for answer in question.answers:
        assert answer in texts
    assert question.text in texts
    assert "best T 0.80" in texts
    assert "T 1.00" in texts
    subtitle = next(text for text in texts if text.startswith("Temperature 1.00"))
    kl_at_one = np.interp(0, np.log(made.temperatures), question.kl)
    rmse_at_one = np.interp(0, np.log(made.temperatures), question.rmse)
    assert f"KL {kl_at_one:.3f} nats" in subtitle
    assert f"RMSE {rmse_at_one:.3f} of the scale" in subtitle
    assert f"{question.n} survey answers" in subtitle


def test_text_in_the_survey_is_never_markup(made):
    chart = distribution_chart(made.questions[0], made.temperatures, made.chosen)
    assert "Do you own a <i>car</i>?" in drawn(chart)


def test_quotes_and_backslashes_in_answers_survive(made):
    nasty = ('It\'s "fine" \\ ok', "${1} </script> \u2028 x")
    question = replace(made.questions[0], answers=nasty, text="What's `this`?")
    texts = drawn(distribution_chart(question, made.temperatures, made.chosen))
    assert nasty[0] in texts
    assert "${1} </script> x" in texts


def test_a_population_has_no_rmse():
    made = made_population_sweep()
    texts = drawn(distribution_chart(made.questions[1], made.temperatures, made.chosen))
    assert not any("RMSE" in text for text in texts)


def test_the_start_is_kept_within_the_slider(made):
    chart = distribution_chart(made.questions[0], made.temperatures, made.chosen, start=9.0)
    slider = to_specification(chart)["params"][0]
    assert slider["name"] == TEMPERATURE
    assert slider["value"] == 3.0


def test_other_charts_are_drawn_with_their_numbers(made):
    assert "best temperature 0.80" in drawn(tradeoff_chart(made))
    asked, achieved = {"age": {"18-34": 0.25, "35+": 0.75}}, {"age": {"18-34": 0.2512, "35+": 0.7488}}
    texts = drawn(marginals_chart(asked, achieved, {"age": "Age group"}))
    assert {"Age group", "18-34", "25.1%", "74.9%", "Asked for"} <= set(texts)
    lines = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.5, "validation_nll": 1.6}, {"seconds": 3}]
    chart = loss_chart(lines)
    assert [row["value"] for row in to_specification(chart)["data"]["values"]] == [1.6, 2.0, 1.5]
    assert "Surprise at hold-out respondents" in drawn(chart)


def test_every_chart_describes_itself(made):
    charts = [
        distribution_chart(made.questions[0], made.temperatures, made.chosen),
        tradeoff_chart(made),
        marginals_chart({"age": {"a": 1.0}}, {}),
        loss_chart([]),
    ]
    assert all(len(chart.description) > 30 for chart in charts)


def test_a_chart_is_small_enough_to_send(made):
    charts = [distribution_chart(q, made.temperatures, 1.0) for q in made.questions]
    sizes = [len(json.dumps(to_specification(chart))) for chart in charts]
    assert max(sizes) < 40_000
