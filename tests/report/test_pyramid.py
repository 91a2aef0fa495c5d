import pandas as pd

from core.report.marginals_chart import convergence_chart
from core.report.pyramid import find_pyramid, pyramid_chart, pyramid_rows
from core.report.specification import to_specification
from core.survey.codebook import Codebook
from tests.comparison.survey_factory import SMALL_CODEBOOK

BOOK = Codebook.from_dict(SMALL_CODEBOOK)
PEOPLE = pd.DataFrame({"age": ["18-34", "18-34", "55+", "55+"], "sex": ["Female", "Male", "Male", "Male"]})


def test_age_and_sex_are_found_by_their_names():
    age, sex = find_pyramid(BOOK)
    assert (age.column, sex.column) == ("age", "sex")
    assert find_pyramid(Codebook.from_dict({**SMALL_CODEBOOK, "demographics": [
        {"column": "a1", "label": "Language", "options": ["x", "y"]},
    ]})) is None  # fmt: skip


def test_rows_are_shares_of_everybody_and_one_side_is_drawn_to_the_left():
    rows = pyramid_rows(PEOPLE, *find_pyramid(BOOK))
    shares = {(r["age"], r["sex"]): r["share"] for r in rows}
    assert shares["18-34", "Female"] == 0.25
    assert shares["55+", "Male"] == 0.5
    assert shares["35-54", "Male"] == 0
    chart = to_specification(pyramid_chart(rows, ("Female", "Male"), "dark"))
    drawn = {(v["age"], v["sex"]): v["x"] for v in chart["data"]["values"]}
    assert drawn["18-34", "Female"] == -0.25
    assert drawn["55+", "Male"] == 0.5
    assert chart["encoding"]["y"]["sort"] == ["55+", "35-54", "18-34"]
    assert "Female to the left" in chart["description"]


def test_convergence_is_a_line_of_points_over_rounds():
    chart = to_specification(convergence_chart([0.1, 0.001, 0.0]))
    assert [(v["round"], v["miss"]) for v in chart["data"]["values"]] == [(0, 10.0), (1, 0.1), (2, 1e-9)]
    assert "2 rounds" in chart["description"]
