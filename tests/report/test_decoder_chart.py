import pytest

from core.comparison.tradeoff import TradeoffPoint
from core.report.decoder_chart import decoder_chart
from core.report.specification import to_specification
from tests.report.report_factory import made_sweep


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
