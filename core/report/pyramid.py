"""The population pyramid: age groups upwards, one sex to the left and the other to the right."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.report.palette import Theme, chart_config, palette
from core.report.specification import SCHEMA
from core.survey.codebook import Codebook, Demographic

_AGE_WORDS, _SEX_WORDS = ("age", "alter", "edad"), ("sex", "gender", "geschlecht", "sexo", "género")
_ROW = 34


def find_pyramid(codebook: Codebook) -> tuple[Demographic, Demographic] | None:
    """The demographics for age and for sex or gender, None if the survey lacks one.

    Sex is the demographic so called with at least two categories, of which the first two are drawn.
    """
    age = _called(codebook, _AGE_WORDS)
    sex = _called(codebook, _SEX_WORDS)
    return (age, sex) if age and sex and age is not sex and len(sex.options) >= 2 else None


def pyramid_rows(people: pd.DataFrame, age: Demographic, sex: Demographic) -> list[dict[str, Any]]:
    """One record per age group and each of the first two sexes: `age`, `sex`, `share` of all people."""
    counts = people.groupby([age.column, sex.column], observed=True).size()
    return [
        {"age": group, "sex": option, "share": float(counts.get((group, option), 0)) / max(len(people), 1)}
        for group in age.options
        for option in sex.options[:2]
    ]


def pyramid_chart(
    rows: Sequence[Mapping[str, Any]], sexes: tuple[str, str], theme: Theme | str = Theme.LIGHT
) -> dict[str, Any]:
    """Bars of the shares of all people, the first sex to the left.

    Parameters
    ----------
    rows
        As `pyramid_rows` gives them, the youngest group first.
    sexes
        The two categories, left and right.
    """
    colours = palette(theme)
    ages = list(dict.fromkeys(row["age"] for row in rows))
    values = [
        {
            **row,
            "x": -row["share"] if row["sex"] == sexes[0] else row["share"],
            "label": f"{row['share']:.1%}",
        }
        for row in rows
    ]
    largest = 1.25 * max((row["share"] for row in rows), default=0.0) or 1.0
    scale = {"domain": list(sexes), "range": [colours.divergence, colours.simulated]}
    y = {"field": "age", "type": "ordinal", "sort": ages[::-1], "title": None,
         "axis": {"domain": False, "ticks": False, "labelFontSize": 13, "labelColor": colours.text,
                  "labelLimit": 240}}  # fmt: skip
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [-largest, largest]}, "axis": None}
    legend = {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"}
    bar = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.8}},
        "encoding": {"color": {"field": "sex", "type": "nominal", "scale": scale, "legend": legend}},
    }
    return {
        "$schema": SCHEMA,
        "description": f"Population pyramid: {sexes[0]} to the left, {sexes[1]} to the right, by age group.",
        "width": "container",
        "height": _ROW * max(len(ages), 1) + 20,
        "data": {"values": values},
        "encoding": {
            "y": y,
            "x": x,
            "tooltip": [
                {"field": "age", "type": "nominal", "title": "Age"},
                {"field": "sex", "type": "nominal", "title": "Group"},
                {"field": "share", "type": "quantitative", "format": ".1%", "title": "Share of all people"},
            ],
        },
        "layer": [
            bar,
            _labels(sexes[0], "right", -6, colours.text),
            _labels(sexes[1], "left", 6, colours.text),
        ],
        "config": chart_config(colours),
    }


def _labels(sex: str, align: str, offset: int, colour: str) -> dict[str, Any]:
    return {
        "transform": [{"filter": {"field": "sex", "equal": sex}}],
        "mark": {"type": "text", "align": align, "dx": offset, "fontSize": 12, "color": colour},
        "encoding": {"text": {"field": "label", "type": "nominal"}},
    }


def _called(codebook: Codebook, words: tuple[str, ...]) -> Demographic | None:
    def is_called(demographic: Demographic) -> bool:
        names = f"{demographic.column} {demographic.label}".casefold().replace("_", " ").split()
        return any(word in names for word in words)

    return next(filter(is_called, codebook.demographics), None)
