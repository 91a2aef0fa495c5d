"""Verdict cards: what the reader is told about the strongest simpler method, with and without a teacher."""

import pytest
from streamlit.testing.v1 import AppTest


def page(weight, stacked):
    from dataclasses import replace

    from app.widgets.verdict_cards import verdict_cards
    from core.comparison.resampling import Interval
    from tests.report.report_factory import RUN, made_results

    results = made_results(run=replace(RUN, result=replace(RUN.result, blend_weight=weight)))
    gains = {
        "training_marginals": Interval(0.05, 0.04, 0.06),
        "logistic_regression": Interval(0.02, 0.01, 0.03),
    } | ({"stacked_regression": Interval(0.01, 0.005, 0.015)} if stacked else {})
    found = replace(
        results.uncertainty,
        gains={name: {"nll": gain} for name, gain in gains.items()},
        demographics_gain=Interval(0.05, 0.04, 0.06),
    )
    vars(results)["uncertainty"] = found
    verdict_cards(results)


def said(weight, stacked):
    app = AppTest.from_function(page, args=(weight, stacked), default_timeout=60).run()
    assert not app.exception
    return " ".join(markdown.value for markdown in app.markdown).replace("\\", "")  # survey text is escaped


@pytest.mark.parametrize("weight", [0.3, None])
def test_the_strongest_method_is_named_with_how_sure_that_is(weight):
    text = said(weight, stacked=True)
    assert (
        "real answers get 1.0 % more probability (95 %: 0.5 to 1.5 %) than from the strongest, stacked "
        in text
    )
    assert ("it was taught towards" in text) == (weight is not None)
    assert "minus that of the model: +0.0100 nats per answer (95 %: +0.0050 to +0.0150)" in text


def test_a_result_without_a_stacked_regression_still_reads():
    text = said(None, stacked=False)
    assert "(95 %: 1.0 to 3.0 %) than from the strongest, logistic regression on demographics." in text
    assert "taught towards" not in text
