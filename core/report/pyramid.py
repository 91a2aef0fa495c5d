"""Population pyramid: age groups upwards, one sex to the left and the other to the right."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from core.report.chart_parts import frame, legend_above
from core.report.palette import Theme, palette
from core.report.specification import inline, layered
from core.survey.codebook import Codebook, Demographic

_AGE_WORDS, _SEX_WORDS = ("age", "alter", "edad"), ("sex", "gender", "geschlecht", "sexo", "género")
_ROW = 34


def find_pyramid(codebook: Codebook) -> tuple[Demographic, Demographic] | None:
    """Demographics for age and for sex or gender; None if the survey lacks one.

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
) -> alt.LayerChart:
    """Chart of the shares of all people by age and sex, the first sex to the left.

    Parameters
    ----------
    rows
        As `pyramid_rows` gives them, the youngest group first.
    sexes
        The two categories, left and right.
    theme
        Colours for a light or dark page.
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
    shades = alt.Scale(domain=list(sexes), range=[colours.divergence, colours.simulated])
    bar = alt.Chart().mark_bar(cornerRadiusEnd=2, height=alt.RelativeBandSize(0.8))
    axis = alt.Axis(domain=False, ticks=False, labelFontSize=13, labelColor=colours.text, labelLimit=240)
    description = f"Population pyramid: {sexes[0]} to the left, {sexes[1]} to the right, by age group."
    return layered(
        bar.encode(color=alt.Color("sex:N", scale=shades, legend=legend_above())),
        _labels(sexes[0], "right", -6),
        _labels(sexes[1], "left", 6),
        data=inline(values),
        **frame(description, _ROW * max(len(ages), 1) + 20, colours, fit="fit"),
    ).encode(
        y=alt.Y("age:O", sort=ages[::-1], title=None, axis=axis),
        x=alt.X("x:Q", scale=alt.Scale(domain=[-largest, largest]), axis=None),
        tooltip=[
            alt.Tooltip("age:N", title="Age"),
            alt.Tooltip("sex:N", title="Group"),
            alt.Tooltip("share:Q", format=".1%", title="Share of all people"),
        ],
    )


def _labels(sex: str, align: Literal["left", "right"], offset: int) -> alt.Chart:
    """Layer with the numbers of one sex, outside its bars."""
    return (
        alt.Chart()
        .transform_filter(alt.FieldEqualPredicate(field="sex", equal=sex))
        .mark_text(align=align, dx=offset, fontSize=12)
        .encode(text=alt.Text("label:N"))
    )


def _called(codebook: Codebook, words: tuple[str, ...]) -> Demographic | None:
    """First demographic whose column or label has one of the words."""

    def is_called(demographic: Demographic) -> bool:
        names = f"{demographic.column} {demographic.label}".casefold().replace("_", " ").split()
        return any(word in names for word in words)

    return next(filter(is_called, codebook.demographics), None)
