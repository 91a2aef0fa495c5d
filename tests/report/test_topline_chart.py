"""The still chart is drawn by Vega itself; what it shows is read from the drawing."""

import re

import pytest

from core.report.charts import Theme, palette, real_topline_chart, to_specification, topline_chart
from core.report.images import chart_image
from core.survey.topline import toplines
from tests.report.report_factory import made_banner, survey


def texts(table, **settings):
    svg = chart_image(topline_chart(table, **settings), "svg").decode()
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.S)]


def values(chart):
    return to_specification(chart)["data"]["values"]


@pytest.fixture(scope="module")
def banner():
    return made_banner()


def test_every_bar_carries_its_share_and_the_title_its_base(banner):
    table = banner.table("rude")
    found = texts(table, source="simulated for 7 people")
    for row in table.rows[:4]:
        assert f"{100 * row.real[0]:.1f}%" in found
        assert f"{100 * row.simulated[0]:.1f}%" in found
        assert row.label in found
    assert any("200 real answers" in t and "margin of error" in t and "for 7 people" in t for t in found)
    assert {"Real survey answers", "Simulated answers"} <= set(found)


def test_only_real_bars_have_whiskers(banner):
    data = values(topline_chart(banner.table("own")))
    assert {row["group"] for row in data if "low" in row} == {"Real survey answers"}
    real = next(row for row in data if "low" in row)
    row = banner.table("own").rows[0]
    assert (real["high"] - real["low"]) / 2 == pytest.approx(row.margin[0], abs=1e-5)
    generated = values(topline_chart(made_banner(tested=False).table("own")))
    assert not any("low" in row for row in generated)


def test_a_hidden_question_has_no_bars(banner):
    chart = topline_chart(banner.table("rare"))
    assert values(chart) == []
    assert any("fewer than 30 real answers" in text for text in texts(banner.table("rare")))


def test_pictures_have_their_formats(banner):
    chart = topline_chart(banner.table("own"))
    assert chart_image(chart, "png", scale=0.5).startswith(b"\x89PNG")
    assert chart_image(chart, "svg").startswith(b"<svg")


def test_the_chart_of_real_answers_alone_has_every_share_and_margin():
    line = next(line for line in toplines(survey()) if line.question.column == "rude")
    chart = real_topline_chart(line, Theme.DARK)
    drawn = chart_image(chart, "svg").decode()
    found = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", drawn, re.S)]
    for row, bar in zip(line.rows, values(chart), strict=True):
        assert f"{100 * row.share:.1f}%" in found
        assert row.answer in found
        assert (bar["low"], bar["high"]) == (
            pytest.approx(row.share - row.margin, abs=1e-5),
            pytest.approx(row.share + row.margin, abs=1e-5),
        )
        assert f"{row.answer}: {row.share:.1%}" in chart.description
    assert palette("dark").real in drawn
    assert "Real survey answers" not in found  # one kind of bar needs no legend


def test_a_question_answered_by_few_has_bars_without_margins():
    line = next(line for line in toplines(survey()) if line.question.column == "rare")
    bars = values(real_topline_chart(line))
    assert [bar["share"] for bar in bars] == [pytest.approx(row.share, abs=1e-6) for row in line.rows]
    assert not any("low" in bar for bar in bars)
