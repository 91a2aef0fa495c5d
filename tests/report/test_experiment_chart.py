"""Charts of experiments, of figures written by hand."""

from core.report.experiment_chart import experiment_chart
from core.report.specification import to_specification
from tests.experiments.experiment_rows import row


def test_the_chart_has_a_panel_per_measure_labels_and_the_floor():
    bars = to_specification(experiment_chart([row("a"), row("b")], "Before and after"))
    kl, rmse, nll = bars["vconcat"]
    assert [p["layer"][0]["mark"]["type"] for p in (kl, rmse, nll)] == ["bar", "rule", "rule"]
    assert [p["layer"][1]["mark"]["type"] for p in (rmse, nll)] == ["point", "point"]
    assert nll["title"]["text"] == "Individuals: NLL (nats per answer); lower is better"
    assert [v["name"] for v in kl["data"]["values"]] == ["a", "b"]
    assert kl["layer"][2]["data"]["values"][0]["value"] == 0.01 and len(rmse["layer"]) == 3
    assert "a KL 0.100, RMSE 0.300, NLL 1.000; b" in bars["description"]
    ordered = to_specification(experiment_chart([row("a")], "Penalty", ordered_only=True))
    assert "of scales and numbers; lower is better" in ordered["vconcat"][0]["title"]["text"]
    rows = [row("10", x=10, rmse=None)]
    line = to_specification(experiment_chart(rows, "Respondents", axis="Training respondents"))
    (point,) = line["vconcat"][0]["data"]["values"]
    assert not point["low"]  # KL 0.1 at a floor of 0.01
    assert len(line["vconcat"]) == 2 and line["vconcat"][1]["layer"][0]["mark"]["type"] == "line"


def test_temperatures_are_a_curve_of_toplines_against_individuals():
    rows = [row("sampled at 1", x=1.0), row("greedy")]
    chart = experiment_chart(rows, "Temperature", axis="Temperature", curve=True)
    (curve,) = to_specification(chart)["vconcat"]
    assert [v["label"] for v in curve["data"]["values"]] == ["1", "greedy"]
    without = experiment_chart([row("a", x=1.0, rmse=None)], "Temperature", axis="Temperature", curve=True)
    assert len(without.vconcat) == 2  # no scale, no curve
