import numpy as np
import pytest
from scipy.stats import entropy

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.resampling import drawn_weights
from core.comparison.uncertainty import uncertainty
from tests.comparison.survey_factory import small_survey
from tests.skewed_survey import skewed_baselines

NAMES = ("uniform", "training_marginals", "logistic_regression")
DATA = small_survey(900, weighted=True)
TEST = DATA.part("test")
BASELINES = fit_baselines(DATA.part("train"), DATA.part("validation"), TEST.profiles, NAMES)
MODEL = BASELINES["logistic_regression"]
FOUND = uncertainty(TEST, MODEL, BASELINES, replicates=300)


def test_the_sample_itself_gives_the_figures_of_the_comparison():
    overall = compare(TEST, MODEL, BASELINES).overall
    for metric, name in (("nll", "nll"), ("kl", "kl"), ("rmse", "rmse_scaled")):
        assert FOUND.model[metric].value == pytest.approx(getattr(overall.model, name))
        gain = getattr(overall.baselines["uniform"], name) - getattr(overall.model, name)
        assert FOUND.gains["uniform"][metric].value == pytest.approx(gain)


def test_intervals_surround_their_value():
    for interval in (*FOUND.model.values(), *FOUND.gains["training_marginals"].values()):
        assert interval.low <= interval.value <= interval.high


def test_a_model_gains_nothing_over_itself_and_something_over_uniform():
    itself, uniform = FOUND.gains["logistic_regression"]["nll"], FOUND.gains["uniform"]["nll"]
    assert (itself.low, itself.value, itself.high) == pytest.approx((0, 0, 0), abs=1e-12)
    assert uniform.low > 0


def test_the_band_of_a_perfect_simulation_is_around_the_closed_form():
    for question in compare(TEST, MODEL, {}).questions:
        if question.type != "numeric":  # the closed form of KL needs more than a few answers per band
            band = FOUND.question_floor[question.column]
            for name in ("kl", "tv", "js"):
                assert band[name].value == pytest.approx(getattr(question.floor, name), rel=0.25)
                assert band[name].low < getattr(question.floor, name) < band[name].high


def test_a_question_is_never_said_to_be_worth_more_interviews_than_it_has():
    """Close to the floor the formula gives thousands, which so few answers cannot tell from the truth."""
    flat = uncertainty(TEST, BASELINES["uniform"], {}, replicates=50).question_worth
    for worth in (FOUND.question_worth, flat):
        assert all(number is None or number <= len(TEST) for number in worth.values())
    assert None in FOUND.question_worth.values()
    assert min(number for number in flat.values() if number is not None) < 20


def test_the_same_seed_gives_the_same_replicates():
    again = uncertainty(TEST, MODEL, BASELINES, replicates=300)
    assert again.to_dict() == FOUND.to_dict()


def drawn_distances(real, tables, keys, replicates):
    """Sum of the items' KL, computed by a loop over replicates, and freedom and noise of the sample."""
    drawn, total, freedom, noise = drawn_weights(real, replicates), 0.0, 0, 0.0
    for key in keys:
        answers = real.answers[key].to_numpy()
        rows = np.flatnonzero(answers >= 0)
        k, weights = tables[key].shape[1], real.weights[rows]
        said = np.eye(k)[answers[rows]]
        total = total + np.array(
            [entropy(w @ said / w.sum(), w @ np.exp(tables[key][rows]) / w.sum()) for w in drawn[:, rows]]
        )
        freedom += k - 1
        noise += (k - 1) / 2 * (weights**2).sum() / weights.sum() ** 2
    return total, freedom, noise


def test_the_interval_of_interviews_takes_the_noise_of_a_replicate_out_twice():
    """The sample's distance has its noise in it; that of a replicate the sample's and its own."""
    real, tables = skewed_baselines()
    keys = ["owns", "drive", "agree", "quiet"]  # single-choice and ordinal
    total, freedom, noise = drawn_distances(real, tables["uniform"], keys, 80)
    far, near = np.percentile(total[1:], [97.5, 2.5])
    found = uncertainty(real, tables["uniform"], tables, replicates=80).worth
    assert found.value == pytest.approx(freedom / (2 * (total[0] - noise)))
    assert found.low == pytest.approx(freedom / (2 * (far - 2 * noise)))
    assert found.high == pytest.approx(freedom / (2 * (near - 2 * noise)))


def test_intervals_are_as_wide_as_weights_and_clusters_make_them():
    """Standard error of a weighted mean over respondents, each with the mean loss of all their questions."""
    real, tables = skewed_baselines()
    only = {key: tables["logistic_regression"][key] for key in ("owns", "agree")}
    answered = (real.answers[["owns", "agree"]] >= 0).all(axis=1).to_numpy()
    real, only = real.take(answered), {key: table[answered] for key, table in only.items()}
    loss = np.mean([-t[np.arange(len(real)), real.answers[key]] for key, t in only.items()], axis=0)
    mean = np.average(loss, weights=real.weights)
    error = np.sqrt(((real.weights * (loss - mean)) ** 2).sum()) / real.weights.sum()
    found = uncertainty(real, only, {}, replicates=1500).model["nll"]
    assert found.value == pytest.approx(mean)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.08)
