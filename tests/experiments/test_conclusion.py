"""Verdicts of experiments on figures written by hand."""

from importlib.util import find_spec

import pytest

from core.comparison.baselines import fit_baselines
from core.errors import ModelError
from core.experiments.conclusion import conclude
from tests.experiments.experiment_rows import drawn, row
from tests.tuning.cars_survey import cars


@pytest.mark.parametrize(
    ("key", "rows", "verdict"),
    [
        ("taught", [row("before", kl=0.2, rmse=0.4), row("after", kl=0.05, rmse=0.3)], "supports"),
        ("taught", [row("before", kl=0.2, rmse=0.3), row("after", kl=0.05, rmse=0.301)], "undecided"),
        ("taught", [row("before", kl=0.05), row("after", kl=0.2)], "contradicts"),
        ("taught", [row("before", kl=0.014), row("after", kl=0.01, rmse=0.2)], "undecided"),  # half a floor
        ("taught", [row("before", kl=0.2, rmse=None), row("after", kl=0.1, rmse=None)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.005)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.01)], "undecided"),  # astride the margin
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.1)], "contradicts"),
        ("temperature", [row("a", kl=0.3, rmse=0.2, x=0.25), row("b", x=1.0)], "supports"),
        ("temperature", [row("a", kl=0.102, rmse=0.2, x=0.25), row("b", x=1.0)], "undecided"),
        (
            "temperature",
            [row("a", kl=0.1, x=0.25), row("b", kl=0.3, rmse=0.2, x=1.0), row("greedy", kl=0.0, rmse=0.0)],
            "contradicts",  # what is not sampled has no temperature
        ),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.25)], "supports"),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.298)], "undecided"),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.35)], "contradicts"),
        (
            "respondents",
            [row("20", nll=1.2, x=20), row("50", nll=1.1, x=50), row("100", nll=1.05, x=100)],
            "supports",
        ),
        (
            "respondents",  # 0.002 nats a respondent, then 0.004
            [row("20", nll=1.2, x=20), row("50", nll=1.14, x=50), row("100", nll=0.94, x=100)],
            "contradicts",
        ),
        (
            "respondents",
            [row("20", nll=1.0, x=20), row("50", nll=1.0, x=50), row("100", nll=1.1, x=100)],
            "contradicts",
        ),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("SVR", nll=None)], "supports"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("b", nll=1.0)], "contradicts"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.104)], "undecided"),
        (
            "size",
            [row("s", nll=1.5), row("s!", nll=1.1), row("l", nll=1.2), row("l!", nll=1.05)],
            "supports",
        ),
        (
            "size",
            [row("s", nll=1.5), row("s!", nll=1.5), row("l", nll=1.2), row("l!", nll=1.05)],
            "contradicts",
        ),
    ],
)
def test_verdicts_follow_the_figures(key, rows, verdict):
    found, sentence = conclude(key, rows, drawn(rows))
    assert found == verdict
    opening = {"supports": "Supported", "contradicts": "Not supported", "undecided": "Undecided"}[verdict]
    assert sentence.startswith(f"{opening} here. ")
    first, figures = sentence.removeprefix(f"{opening} here. ").split(".", 1)  # in plain words, then figures
    assert not any(c.isdigit() for c in first) and any(c.isdigit() for c in figures)


@pytest.mark.parametrize(
    ("lead_before", "lead_after", "words"),
    [
        (0.3, 0.05, "better than the smallest; by teaching it loses ground to it"),
        (0.3, 0.6, "better than the smallest; by teaching it gains ground on it"),
        (-0.05, 0.3, "worse than the smallest; by teaching it gains ground on it"),
        (0.0, 0.0, "about as well as the smallest; by teaching it does not surely gain or lose ground"),
    ],
)
def test_what_becomes_of_a_lead_is_said_in_words(lead_before, lead_after, words):
    rows = [
        row("s", nll=1.5),
        row("s!", nll=1.1),
        row("l", nll=1.5 - lead_before),
        row("l!", nll=1.1 - lead_after),
    ]
    assert words in conclude("size", rows, drawn(rows))[1]


def test_what_other_respondents_might_turn_around_is_undecided():
    rows = [row("taught", nll=1.1), row("a", nll=1.2)]
    assert conclude("baselines", rows, drawn(rows, noise=0.02))[0] == "supports"
    assert conclude("baselines", rows, drawn(rows, noise=0.08))[0] == "undecided"


def test_the_best_of_several_needs_a_clearer_difference():
    rows = [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.28)]
    more = [*rows, *(row(f"distance {k}") for k in range(9))]
    assert conclude("penalty", rows, drawn(rows, noise=0.006))[0] == "supports"
    assert conclude("penalty", more, drawn(more, noise=0.006))[0] == "undecided"


@pytest.mark.skipif(find_spec("catboost") is not None, reason="CatBoost is installed")
def test_without_catboost_the_outcome_and_the_error_name_the_line_that_installs_it():
    rows = [row("taught model", nll=1.0), row("logistic regression", nll=1.1)]
    verdict, sentence = conclude("baselines", rows, drawn(rows))
    assert verdict == "supports" and sentence.endswith("pip install -r requirements-baselines.txt adds it.")
    data = cars()
    with pytest.raises(ModelError, match="pip install -r requirements-baselines.txt"):
        fit_baselines(data.part("train"), data.part("validation"), data.profiles, ("catboost",))
