from core.comparison.calibration import CalibrationBin
from core.report.specification import to_specification
from core.report.structure_charts import MOST_QUESTIONS, association_chart, calibration_chart


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
