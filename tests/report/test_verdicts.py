from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.comparison import OverallFigures, Summary
from core.comparison.figures import FloorFigures
from core.comparison.resampling import Interval
from core.comparison.uncertainty import uncertainty
from core.report import judging, verdicts
from core.report.failure_pattern import failure_pattern
from core.report.tables import METHODS
from tests.comparison.survey_factory import small_survey
from tests.skewed_survey import FITTED, skewed_baselines

NAMES = ("uniform", "training_marginals", "logistic_regression")


def judged(data, model):
    test = data.part("test")
    tables = fit_baselines(data.part("train"), data.part("validation"), test.profiles, NAMES)
    chosen = tables[model] if isinstance(model, str) else model(tables)
    return compare(test, chosen, tables), uncertainty(test, chosen, tables, replicates=100)


@pytest.fixture(scope="module")
def data():
    return small_survey(3000)


@pytest.fixture(scope="module")
def unrelated(data):
    """The same answers, with everybody's background dealt out at random."""
    order = np.random.default_rng(0).permutation(len(data))
    return replace(data, profiles=data.profiles.iloc[order].reset_index(drop=True))


def test_a_model_that_knows_people_is_told_what_share_of_the_background_it_uses(data):
    comparison, found = judged(data, "logistic_regression")
    assert verdicts.population_verdict(comparison, found).level == judging.GOOD
    individual = verdicts.individual_verdict(found)
    assert individual.level == judging.GOOD
    assert "100 % of what background offers" in individual.sentence
    assert failure_pattern(comparison, found) is None


@pytest.mark.parametrize(
    ("gained", "level", "sentence"),
    [
        (0.08, judging.GOOD, "The model knows who answers what: 80 % of what background offers."),
        (0.05, judging.FAIR, "The model knows part of who answers what: 50 % of what background offers."),
    ],
)
def test_a_model_that_uses_half_of_the_background_is_to_be_used_with_care(data, gained, level, sentence):
    found = judged(data, "logistic_regression")[1]
    gains = {**found.gains, "training_marginals": {"nll": Interval(gained, gained / 2, 2 * gained)}}
    verdict = verdicts.individual_verdict(
        replace(found, gains=gains, demographics_gain=Interval(0.1, 0.09, 0.11))
    )
    assert (verdict.level, verdict.sentence) == (level, sentence)


def test_a_model_that_repeats_the_shares_adds_nothing_and_is_told_so(data):
    comparison, found = judged(data, "training_marginals")
    individual = verdicts.individual_verdict(found)
    assert individual.level == judging.POOR
    assert individual.sentence == "Adds nothing over repeating everybody's shares."
    assert "Logistic regression on demographics gives real answers" in individual.beside
    population = verdicts.population_verdict(comparison, found)
    assert "as close: for toplines of the same people it adds nothing" in population.beside
    assert "real interviews" in population.sentence
    assert failure_pattern(comparison, found).startswith("Low KL with high individual error")


def test_individual_figures_are_probabilities_of_the_answers_given(data):
    comparison, found = judged(data, "logistic_regression")
    individual, nll = verdicts.individual_verdict(found), comparison.overall.model.nll
    plain = comparison.overall.baselines["training_marginals"].nll
    assert individual.figure == f"{100 * np.exp(-nll):.1f} % for the answer really given"
    assert individual.floor.startswith(f"{100 * np.exp(-plain):.1f} %")


@pytest.mark.parametrize(
    ("kl", "level", "words"),
    [
        (0.014, judging.GOOD, "as close as chance"),
        (0.0141, judging.FAIR, "close, but further off"),
        (0.0401, judging.POOR, "clearly more than chance"),
    ],
)
def test_toplines_are_judged_by_the_band_of_a_perfect_simulation(data, kl, level, words):
    judged_by = judged(data, "training_marginals")[1]
    found = replace(judged_by, floor={**judged_by.floor, "kl": Interval(0.01, 0.007, 0.014)})
    overall = Summary(1, OverallFigures(kl=kl, tv=0.05), {}, FloorFigures())
    comparison = SimpleNamespace(overall=overall)
    verdict = verdicts.population_verdict(comparison, found)
    assert (verdict.level, words in verdict.sentence) == (level, True)
    hint = {judging.GOOD: "toplines are right", judging.FAIR: "toplines are close", judging.POOR: "Both"}
    assert hint[level] in failure_pattern(comparison, found)


def test_where_background_says_nothing_the_model_is_not_blamed(unrelated):
    comparison, found = judged(unrelated, "training_marginals")
    individual = verdicts.individual_verdict(found)
    assert individual.level == judging.EMPTY
    assert individual.beside.startswith("Even a logistic regression gives real answers only")
    assert "Background says almost nothing" in individual.sentence
    assert failure_pattern(comparison, found) is None


def test_a_model_that_foresees_better_is_believed_where_a_regression_finds_nothing(unrelated):
    """A survey can be too small for the regression to show that background matters, and the model show it."""
    judged_by = judged(unrelated, "training_marginals")[1]
    gains = {**judged_by.gains, "training_marginals": {"nll": Interval(0.013, 0.007, 0.019)}}
    found = replace(judged_by, gains=gains)
    assert judging.carries_nothing(judged_by) and not judging.carries_nothing(found)
    verdict = verdicts.individual_verdict(found)
    assert verdict.level == judging.GOOD
    assert verdict.sentence.startswith("Background says little")


def test_where_background_says_nothing_invented_differences_are_named(unrelated):
    rng = np.random.default_rng(1)

    def invented(tables):
        noisy = {k: t + rng.normal(0, 0.5, t.shape) for k, t in tables["training_marginals"].items()}
        return {k: t - np.log(np.exp(t).sum(axis=1, keepdims=True)) for k, t in noisy.items()}

    assert "invents differences" in verdicts.individual_verdict(judged(unrelated, invented)[1]).sentence


def test_a_model_that_has_learned_nothing_is_off_on_both_axes(data):
    comparison, found = judged(data, "uniform")
    assert verdicts.population_verdict(comparison, found).level == judging.POOR
    assert verdicts.individual_verdict(found).level == judging.POOR
    assert failure_pattern(comparison, found).startswith("Both distances are high")


def test_people_told_apart_but_too_alike_is_a_pattern_of_its_own(data):
    def sharp(tables):
        hot = {k: t / 0.25 for k, t in tables["logistic_regression"].items()}
        return {k: t - np.log(np.exp(t).sum(axis=1, keepdims=True)) for k, t in hot.items()}

    comparison, found = judged(data, sharp)
    gain = Interval(0.02, 0.01, 0.03)
    told_apart = replace(found, gains={"training_marginals": {"rmse": gain, "nll": gain, "kl": gain}})
    assert failure_pattern(comparison, told_apart).startswith("Low individual error with high KL")


@pytest.mark.parametrize(
    ("worth", "sentence"),
    [
        (Interval(None, 900.0, None), "As close as more real interviews than this sample could tell."),
        (Interval(310.4, 180.0, 820.0), "As close as about 310 real interviews (95 %: 180 to 820)."),
        (
            Interval(310.4, 180.0, None),
            "As close as about 310 real interviews (95 %: 180 to more than this sample can tell).",
        ),
    ],
)
def test_interviews_in_words(worth, sentence):
    assert verdicts.interviews_sentence(worth) == sentence


COMPETITORS = {
    "uniform": Interval(-0.5, -0.6, -0.4),
    "untuned": Interval(-0.4, -0.5, -0.3),
    "training_marginals": Interval(-0.2, -0.3, -0.1),
    "logistic_regression": Interval(0.02, 0.01, 0.03),
    "demographic_cells": Interval(0.04, 0.03, 0.05),
}
"""Gains over two fitted methods, and over three that are not in the competition."""


def held_against(gains, data, teacher=None):
    found = judged(data, "training_marginals")[1]
    gains = {name: {"nll": gain} for name, gain in gains.items()}
    return verdicts.individual_verdict(replace(found, gains=gains), teacher).beside


def test_the_difference_to_the_strongest_method_stands_in_nats_too(data):
    gains = {name: {"nll": gain} for name, gain in COMPETITORS.items()}
    found = replace(judged(data, "training_marginals")[1], gains=gains)
    assert (
        "NLL of the strongest simpler method, logistic regression on demographics, minus that of the model: "
        "+0.0200 nats per answer (95 %: +0.0100 to +0.0300); the same respondents, drawn again, for both."
    ) in verdicts.individual_verdict(found).notes


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Interval(0.01, 0.005, 0.015), "stacked regression on demographics that it was taught towards."),
        (Interval(0.0, -0.01, 0.01), "stacked regression on demographics that it was taught towards: "),
        (
            Interval(-0.01, -0.02, -0.005),
            "Stacked regression on demographics, which the model was taught towards, gives real answers "
            "1.0 % more probability (95 %: 0.5 to 2.0 %)",
        ),
    ],
)
def test_where_the_strongest_method_is_its_teacher_the_reader_is_told(data, gain, words):
    gains = COMPETITORS | {"stacked_regression": gain}
    assert words in held_against(gains, data, "stacked_regression")
    assert "taught towards" not in held_against(gains, data)
    assert "taught towards" not in held_against(COMPETITORS, data, "stacked_regression")


@pytest.mark.parametrize(
    ("weight", "teacher"), [(0.4, "stacked_regression"), (0.0, "stacked_regression"), (None, None)]
)
def test_the_teacher_of_a_run_is_known_by_its_blend(monkeypatch, weight, teacher):
    run = SimpleNamespace(result=SimpleNamespace(blend_weight=weight))
    monkeypatch.setattr(verdicts, "verdicts", lambda *given: given[-1])
    results = SimpleNamespace(comparison=None, uncertainty=None, structure=None, run=run)
    assert verdicts.results_verdicts(results) == teacher


@pytest.mark.parametrize("reverse", [False, True])
def test_the_model_is_held_against_the_best_of_the_fitted_methods(data, reverse):
    def ordered(**changes):
        return dict(sorted((COMPETITORS | changes).items(), reverse=reverse))

    nearest = held_against(ordered(), data)
    assert nearest == (
        "Better than every simpler method: real answers get 2.0 % more probability (95 %: 1.0 to 3.0 %) than "
        "from the strongest, logistic regression on demographics."
    )
    beaten = held_against(ordered(demographic_cells=Interval(-0.03, -0.04, -0.02)), data)
    assert beaten.startswith(METHODS["demographic_cells"])
    assert "3.0 % more probability (95 %: 2.0 to 4.1 %): it would do instead of this model" in beaten
    equal = held_against(ordered(demographic_cells=Interval(0.01, -0.01, 0.03)), data)
    assert equal == (
        "No better than the strongest simpler method, mean of people with the same background: the "
        "difference, 1.0 % of probability (95 %: -1.0 to 3.0 %), is within chance."
    )


def test_of_two_fitted_methods_the_one_that_foresees_better_is_named():
    test, tables = skewed_baselines()
    found = uncertainty(test, tables["training_marginals"], tables, replicates=100)
    nll = compare(test, tables["training_marginals"], tables).overall.baselines
    best = min(FITTED, key=lambda name: nll[name].nll)
    assert verdicts.individual_verdict(found).beside.startswith(METHODS[best])
