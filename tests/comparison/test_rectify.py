from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.rectify import matched_weights, rectified_mean, rectify
from core.errors import JobError
from core.survey.shares import Z_95
from tests.comparison.survey_factory import small_survey

DATA = small_survey(2000)
TEST = DATA.part("test")


def tables(people):
    names = ("logistic_regression",)
    found = fit_baselines(DATA.part("train"), DATA.part("validation"), people, names)
    return {key: np.exp(table) for key, table in found["logistic_regression"].items()}


def test_by_hand():
    y, f, f_people = np.array([0.0, 1, 1, 0]), np.array([0.2, 0.8, 0.6, 0.4]), np.array([0.3, 0.9])
    # covariance 0.15, variance of f 0.05, n / N = 1: lam 0.15 / (0.05 * 2) is cut to 1
    estimate, error, lam = rectified_mean(y, f, np.ones(4), f_people, np.array([2.0, 2.0]))
    assert lam == 1
    assert estimate == pytest.approx(0.5 + (0.6 - 0.5))
    # y - f is -.2, .2, .4, -.4 with variance 0.1; the people's variance is 0.09
    assert error == pytest.approx(np.sqrt(0.1 / 4 + 0.09 / 4))


def test_intervals_cover_and_are_worth_what_the_formula_says():
    """rho = 0.5, n = 200, N = 2000: n / (1 - rho^2 N / (n + N)) = 258.8 interviews, with 95 % coverage."""
    rng, found = np.random.default_rng(0), []
    for _ in range(3000):
        f = rng.normal(0, 1, 2200)
        y = 0.5 * f[:200] + np.sqrt(0.75) * rng.normal(0, 1, 200)
        found.append(rectified_mean(y, f[:200], np.ones(200), f[200:], np.ones(2000))[:2])
    estimate, error = np.array(found).T
    assert 1 / estimate.var() == pytest.approx(258.8, rel=0.08)
    assert (np.abs(estimate) < Z_95 * error).mean() == pytest.approx(0.95, abs=0.016)


def test_a_useless_simulation_leaves_the_real_estimate():
    y = np.random.default_rng(1).integers(0, 2, 300).astype(float)
    estimate, _, lam = rectified_mean(y, np.full(300, 0.9), np.ones(300), np.full(50, 0.9), np.ones(50))
    assert (estimate, lam) == (pytest.approx(y.mean()), 0)


def test_bias_of_the_simulation_is_taken_out():
    people = small_survey(3000, seed=5)
    truth = (people.answers["car"] == 0).mean()
    model, simulated = tables(TEST.profiles), tables(people.profiles)
    for table in (model["car"], simulated["car"]):  # far too many owners
        table[:] = table * [3, 1] / (table * [3, 1]).sum(axis=1, keepdims=True)
    found = rectify(TEST, model, people.profiles, simulated, np.ones(3000))
    owners = next(e for e in found if (e.column, e.answer) == ("car", "Yes"))
    assert abs(owners.simulated - truth) > 0.1
    assert abs(owners.rectified - truth) < owners.margin
    assert owners.margin < owners.real_margin
    assert owners.effective_n > owners.n


def test_means_and_parts_are_estimated_too():
    found = rectify(TEST, tables(TEST.profiles), TEST.profiles, tables(TEST.profiles), np.ones(len(TEST)))
    assert {e.answer for e in found if e.column == "liking"} == {"mean"}
    assert {e.answer for e in found if e.column == "uses"} == {"Work", "Shopping", "Leisure"}
    assert {e.answer for e in found if e.column == "agree"} > {"Don't know", "mean"}


def test_an_answer_nobody_interviewed_gave_has_the_margin_of_the_rule_of_three():
    answers = TEST.answers.assign(car=1)
    model, people = tables(TEST.profiles), tables(TEST.profiles)
    found = rectify(replace(TEST, answers=answers), model, TEST.profiles, people, np.ones(len(TEST)))
    nobody = next(e for e in found if (e.column, e.answer) == ("car", "Yes"))
    assert (nobody.real, nobody.rectified) == (0, 0)
    assert nobody.margin == nobody.real_margin == pytest.approx(3 / nobody.n)
    assert nobody.effective_n == nobody.n
    assert all(e.margin > 0 for e in found)


def test_respondents_are_weighted_to_the_people():
    people = pd.DataFrame({"sex": ["Female"], "age": ["55+"], "area": ["City"]}, dtype="str")
    people = pd.concat([people] * 3 + [people.assign(area="Country")], ignore_index=True)
    weights = matched_weights(TEST, people.assign(sex=["Female", "Male"] * 2, age=pd.NA), np.ones(4))
    city = (TEST.profiles["area"] == "City").to_numpy()
    assert weights[city].sum() / weights.sum() == pytest.approx(0.75)


def test_no_interval_without_real_people():
    model = tables(TEST.profiles)
    with pytest.raises(JobError, match="simulated people alone give none"):
        rectify(TEST.take(np.arange(20)), model, TEST.profiles, model, np.ones(len(TEST)))


def test_respondents_who_taught_the_model_are_refused():
    model = tables(TEST.profiles)
    taught = replace(TEST, split=np.array(["train"] + ["test"] * (len(TEST) - 1), dtype=object))
    with pytest.raises(JobError, match="cannot correct it"):
        rectify(taught, model, TEST.profiles, model, np.ones(len(TEST)))
