"""Charts without Altair's checks: what is written, and what the schema still finds when it is asked."""

import altair as alt
import numpy as np
import pytest
from altair.utils import schemapi

from core.report.chart_parts import frame
from core.report.palette import palette
from core.report.specification import (
    SUBTITLE,
    array_parameter,
    below_each_other,
    inline,
    layered,
    numbers_or_none,
    to_specification,
)


def test_what_the_schema_does_not_know_is_found():
    lines = alt.X("share:Q", axis=alt.Axis(gridColour="red"))
    chart = layered(alt.Chart().mark_bar().encode(x=lines), **frame("", 100, palette()))
    with pytest.raises(schemapi.SchemaValidationError, match="gridColour"):
        chart.to_dict(validate=True)


def test_a_layer_without_rows_of_its_own_shares_those_of_the_chart():
    own = alt.Chart(alt.InlineData([{"x": 2}])).mark_point()
    drawn = layered(alt.Chart().mark_bar(), own, data=alt.InlineData([{"x": 1}])).to_dict()
    assert [layer.get("data") for layer in drawn["layer"]] == [None, {"values": [{"x": 2}]}]
    assert drawn["data"] == {"values": [{"x": 1}]}


def test_a_report_may_choose_the_letters():
    chart = alt.Chart(inline([]), **frame("", 100, palette())).mark_bar()
    assert to_specification(chart, font="Courier")["config"]["font"] == "Courier"
    assert "font" not in to_specification(chart)["config"]


def test_rows_and_arrays_are_written_as_they_are():
    rows, array = [{"x": 1.5, "y": None}], [[0.1, 0.9], [0.2, 0.8]]
    chart = alt.Chart(inline(rows)).mark_point()
    drawn = to_specification(below_each_other(layered(chart), params=[array_parameter("kl", array).param]))
    assert drawn["vconcat"][0]["layer"][0]["data"]["values"] == rows
    assert drawn["params"] == [{"name": "kl", "value": array}]


def test_a_subtitle_that_follows_the_slider_is_put_under_the_title():
    """The schema has no expression there, so the chart carries it as a parameter."""
    subtitle = alt.param(SUBTITLE, expr="'T ' + temperature")
    chart = layered(alt.Chart().mark_bar(), title=alt.Title(text="Cars"), **frame("", 9, palette(), subtitle))
    assert "subtitle" not in chart.to_dict(validate=False)["title"]
    assert to_specification(chart)["title"] == {"text": "Cars", "subtitle": {"expr": SUBTITLE}}


def test_what_is_not_finite_becomes_null_in_nested_lists():
    values = np.array([[0.123456, np.nan], [np.inf, 1.0]])
    assert numbers_or_none(values, 3) == [[0.123, None], [None, 1.0]]
