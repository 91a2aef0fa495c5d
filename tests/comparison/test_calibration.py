from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from sklearn.calibration import calibration_curve

from core.comparison.accuracy import Decoder, mean_squared_error
from core.comparison.calibration import calibration
from core.comparison.comparison import HEADLINE_TYPES
from core.survey.codebook import Codebook
from tests.comparison.survey_factory import small_survey
from tests.skewed_survey import skewed_baselines


@pytest.fixture(scope="module")
def yes_no():
    """5,000 respondents whose answer to one question was drawn from known probabilities."""
    rng = np.random.default_rng(3)
    data = small_survey(5000)
    p = rng.uniform(0.02, 0.98, 5000)
    said = (rng.random(5000) > p).astype("int16")
    answers = data.answers.assign(car=said)
    return replace(data, answers=answers), {"car": np.stack([p, 1 - p], axis=1)}


def test_the_curve_is_that_of_scikit_learn(yes_no):
    data, probability = yes_no
    found = calibration(data, probability)
    given = data.answers["car"].to_numpy()[:, None] == [0, 1]
    observed, predicted = calibration_curve(given.ravel(), probability["car"].ravel(), n_bins=10)
    assert [b.observed for b in found] == pytest.approx(observed)
    assert [b.predicted for b in found] == pytest.approx(predicted)
    assert sum(b.pairs for b in found) == 10_000


def test_honest_probabilities_lie_on_the_diagonal_and_sharpened_ones_do_not(yes_no):
    data, probability = yes_no
    assert all(abs(b.observed - b.predicted) < 1.5 * b.margin for b in calibration(data, probability))
    sharp = {"car": probability["car"] ** 3 / (probability["car"] ** 3).sum(axis=1, keepdims=True)}
    lowest, *_, highest = calibration(data, sharp)
    assert lowest.observed - lowest.predicted > 2 * lowest.margin
    assert highest.predicted - highest.observed > 2 * highest.margin


def test_a_weight_counts_like_that_many_respondents_and_small_bins_are_left_out(yes_no):
    data, probability = yes_no
    twice = np.r_[np.arange(5000), np.arange(1000)]
    weighted = replace(data, weights=np.where(np.arange(5000) < 1000, 2.0, 1.0))
    repeated = calibration(data.take(twice), {"car": probability["car"][twice]})
    assert [b.observed for b in calibration(weighted, probability)] == pytest.approx(
        [b.observed for b in repeated]
    )
    assert calibration(data.take(np.arange(29)), {"car": probability["car"][:29]}) == []


def test_sampling_from_a_calibrated_model_costs_the_square_root_of_two():
    """E (mu - y)^2 = E s^2 where answers follow the model, so the squared errors are 2 to 1."""
    rng = np.random.default_rng(11)
    logits = rng.normal(0, 1.2, (20_000, 5))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    said = (p.cumsum(axis=1)[:, :-1] < rng.random((20_000, 1))).sum(axis=1).astype(float)
    sampled, expected = (
        mean_squared_error(p, said, np.ones(20_000), np.arange(5.0), d) ** 0.5
        for d in (Decoder.SAMPLED, Decoder.EXPECTED)
    )
    assert sampled / expected == pytest.approx(np.sqrt(2), rel=0.02)


def test_the_margin_is_that_of_a_ratio_with_the_respondents_as_clusters():
    """The cluster-robust error of statsmodels, for the pairs of all items of a person in one bin."""
    test, tables = skewed_baselines()
    probability = {key: np.exp(table) for key, table in tables["logistic_regression"].items()}
    pairs = [
        (person, probability[item.key][person, k], said == k, test.weights[person])
        for item in test.items
        if item.type in HEADLINE_TYPES
        for person, said in enumerate(test.answers[item.key])
        if said >= 0
        for k in range(len(item.answers))
    ]
    who, p, y, w = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = calibration(test, probability)
    assert len(found) > 4
    for bin_ in found:
        inside = np.floor(10 * p) == np.floor(10 * bin_.predicted)
        fit = sm.WLS(y[inside], np.ones(inside.sum()), weights=w[inside]).fit()
        clusters = {"groups": who[inside], "use_correction": False}
        error = float(fit.get_robustcov_results("cluster", **clusters).bse[0])
        assert bin_.observed == pytest.approx(float(fit.params[0]))
        assert bin_.margin == pytest.approx(norm.ppf(0.975) * error)
        assert (bin_.pairs, bin_.respondents) == (inside.sum(), len(np.unique(who[inside])))


def test_answers_of_one_person_are_no_more_evidence_than_one(yes_no):
    """The same question asked four times: as many respondents, and the same margin."""
    data, probability = yes_no
    often = Codebook(
        "Often",
        data.codebook.demographics,
        tuple(replace(data.codebook.question("car"), column=f"car{i}") for i in range(4)),
    )
    answers = pd.DataFrame({f"car{i}": data.answers["car"] for i in range(4)})
    repeated = replace(data, codebook=often, answers=answers)
    found = calibration(repeated, {f"car{i}": probability["car"] for i in range(4)})
    once = calibration(data, probability)
    assert [b.margin for b in found] == pytest.approx([b.margin for b in once])
    assert [b.pairs for b in found] == [4 * b.pairs for b in once]


def test_certainty_belongs_to_the_last_bin():
    """Of forty respondents of whom "yes" is certain, thirty say it."""
    data = small_survey(40)
    data = replace(data, answers=data.answers.assign(car=(np.arange(40) >= 30).astype("int16")))
    never, always = calibration(data, {"car": np.tile([1.0, 0.0], (40, 1))})
    assert (never.predicted, never.observed, never.pairs) == (0, 0.25, 40)
    assert (always.predicted, always.observed, always.pairs) == (1, 0.75, 40)
