"""Stacked regression: every type of item, every subset of demographics, small and odd surveys, its file."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals
from core.tuning.main_effects import low_rank_effects
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stack_members import Members
from core.tuning.stacked_regression import StackedRegression, fit_stacked_regression
from tests.skewed_survey import skewed_survey

SKEWED = skewed_survey(500, seed=1)
NOBODY = SKEWED.take(np.zeros(0, dtype=int))
FITTED = fit_stacked_regression(SKEWED.take(np.arange(350)), SKEWED.take(np.arange(350, 500)), SKEWED.items)
OPTIONS = ("a", "b", "c", "d")
EFFECTS = np.random.default_rng(7).normal(size=(3, 4))
"""Of four demographics' four options on what the answers share."""


def related(n: int, seed: int, questions: int = 30, lacking: float = 0.0) -> tuple[SurveyData, np.ndarray]:
    """Survey whose yes-no questions all have the same cause, and the chance of yes, shape (n, questions)."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, 3))
    cause = sum(EFFECTS[k][codes[:, k]] for k in range(3))
    loads = np.random.default_rng(8).normal(size=questions)
    chance = 1 / (1 + np.exp(-0.6 * np.outer(cause, loads)))
    book = Codebook(
        "related",
        tuple(Demographic(f"d{k}", f"D{k}", OPTIONS) for k in range(3)),
        tuple(Question(f"q{k}", "?", QuestionType.SINGLE, ("Yes", "No")) for k in range(questions)),
    )
    profiles = pd.DataFrame({f"d{k}": np.array(OPTIONS, dtype=object)[codes[:, k]] for k in range(3)})
    profiles = profiles.mask(rng.random(profiles.shape) < lacking, None)
    answers = pd.DataFrame((rng.random(chance.shape) > chance).astype("int16"))
    answers.columns = [f"q{k}" for k in range(questions)]
    ids = np.arange(n).astype(str)
    data = SurveyData(book, ids, profiles, answers, np.ones(n), np.full(n, "train", dtype=object))
    return data, chance


def excess(found: StackedRegression, data: SurveyData, chance: np.ndarray) -> float:
    """Mean KL of the truth and the predictions for these respondents."""
    tables = found.logprob(ProfileCodes.of(data).codes)
    predicted = np.stack([np.exp(tables[item.key][:, 0]) for item in data.items], axis=1)
    kl = chance * np.log(chance / predicted) + (1 - chance) * np.log((1 - chance) / (1 - predicted))
    return float(kl.mean())


def alone(found: StackedRegression, places: list[int]) -> StackedRegression:
    """The stack of only these members of each design."""
    share = np.isin(np.arange(len(found.members[0].weights)), places) / (2 * len(places))
    members = tuple(Members(m.design, m.effects, share) for m in found.members)
    return replace(found, members=members)


def test_questions_with_a_common_cause_are_predicted_better_together():
    """A shared part sees thirty questions' worth of evidence about each option; a ridge one question's."""
    (train, _), (validation, _), (fresh, chance) = (related(n, s) for n, s in ((300, 0), (100, 1), (500, 2)))
    found = fit_stacked_regression(train, validation, train.items)
    ridges, low_rank = alone(found, [0, 1]), alone(found, [2, 3, 4, 5, 6])
    better, worse, mixed = (excess(f, fresh, chance) for f in (low_rank, ridges, found))
    assert better < 0.8 * worse
    # the mixture knows: it is nearer to its better half, and its validation NLL is that of fresh people
    assert mixed < (better + worse) / 2
    entropy = -(chance * np.log(chance) + (1 - chance) * np.log(1 - chance)).mean()
    assert found.validation_nll == pytest.approx(entropy + mixed, abs=0.02)


def test_every_subset_is_the_average_over_people_alike():
    train, chance = related(1500, 3)
    found = fit_stacked_regression(train, related(300, 4)[0], train.items)
    everybody = found.logprob(ProfileCodes.of(train).codes)
    for shown in ([0], [2], [0, 1]):
        asked = np.full((1, 3), -1)
        asked[0, shown] = 1
        alike = (ProfileCodes.of(train).codes[:, shown] == 1).all(axis=1)
        tables = found.logprob(asked)
        partly = np.array([np.exp(tables[item.key][0, 0]) for item in train.items])
        whole = np.array([np.exp(everybody[item.key][alike, 0]).mean() for item in train.items])
        assert np.abs(partly - whole).mean() < 0.02
        assert np.abs(partly - chance[alike].mean(axis=0)).mean() < 0.03


def test_nothing_shown_gives_the_training_marginals():
    tables = FITTED.logprob(np.full((2, 3), -1))
    for item in SKEWED.items:
        marginals = training_marginals(SKEWED.take(np.arange(350)), item)
        assert np.exp(tables[item.key]) == pytest.approx(np.tile(marginals, (2, 1)), rel=1e-9)


def test_a_chain_is_what_profiles_get_one_by_one():
    codes, shown = np.array([1, 2, 0]), [2, 0, 1]
    rows = np.array([[-1, -1, -1], [-1, -1, 0], [1, -1, 0]])
    for item in SKEWED.items:
        found = FITTED.chain(item.key, codes, shown)
        assert found.shape == (4, len(item.answers))
        assert found[:3] == pytest.approx(np.exp(FITTED.logprob(rows, [item.key])[item.key]), rel=1e-9)
    assert [FITTED.answers_whole(row >= 0) for row in (*rows, codes)] == [False, False, False, True]


def test_every_type_of_item_gets_probabilities():
    codes = ProfileCodes.of(SKEWED).codes
    tables = FITTED.logprob(codes)
    assert list(tables) == [item.key for item in SKEWED.items]
    for item in SKEWED.items:
        assert tables[item.key].shape == (500, len(item.answers))
        assert np.exp(tables[item.key]).sum(axis=1) == pytest.approx(1.0)
    assert np.array_equal(FITTED.logprob(codes, ["trips"])["trips"], tables["trips"])


def test_the_file_predicts_the_same_to_the_last_bit(tmp_path):
    FITTED.write(tmp_path / "teacher")
    back = StackedRegression.read(tmp_path / "teacher")
    codes = np.array([[0, 1, 2], [1, -1, 0], [-1, -1, -1]])
    for key, table in FITTED.logprob(codes).items():
        assert back.logprob(codes)[key].tobytes() == table.tobytes()
    assert back.validation_nll == FITTED.validation_nll


def test_low_rank_main_effects_are_close_to_the_stack_where_there_is_one_cause():
    (train, _), (validation, _) = related(600, 5), related(200, 6)
    found = fit_stacked_regression(train, validation, train.items)
    coded = ProfileCodes.of(train)
    people, answers, intercepts = low_rank_effects(found, train, 1)
    assert people.shape == (12, 1) and answers["q0"].shape == (1, 2) and intercepts["q0"].shape == (2,)
    tables, gaps, spreads = found.logprob(coded.codes), [], []
    for item in train.items:
        odds = coded.one_hot() @ people @ answers[item.key] + intercepts[item.key]
        predicted = 1 / (1 + np.exp(odds[:, 1] - odds[:, 0]))
        gaps.append(np.abs(predicted - np.exp(tables[item.key][:, 0])).mean())
        spreads.append(np.exp(tables[item.key][:, 0]).std())
    assert np.mean(gaps) < 0.35 * np.mean(spreads)


def test_low_rank_intercepts_spread_numbers_within_their_band():
    _, answers, intercepts = low_rank_effects(FITTED, SKEWED.take(np.arange(350)), 3)
    (liking,) = (item for item in SKEWED.items if item.key == "liking")
    marginals = training_marginals(SKEWED.take(np.arange(350)), liking)
    odds = intercepts["liking"]
    assert answers["liking"].shape == (3, 101)
    assert odds[3] - odds[4] == pytest.approx(np.log(marginals[3] / marginals[4]))


def test_without_validation_respondents_all_members_weigh_the_same():
    found = fit_stacked_regression(SKEWED, NOBODY, SKEWED.items)
    assert np.isnan(found.validation_nll)
    assert np.concatenate([m.weights for m in found.members]) == pytest.approx(1 / 14)


def test_few_validation_respondents_do_not_decide_alone():
    (train, _), (few, _), (fresh, chance) = related(300, 0), related(30, 9), related(500, 2)
    weighed = fit_stacked_regression(train, few, train.items)
    even = fit_stacked_regression(train, few.take(np.zeros(0, dtype=int)), train.items)
    weights = np.concatenate([m.weights for m in weighed.members])
    assert weights.min() >= 1 / 28 - 1e-12 and weights.sum() == pytest.approx(1)
    assert excess(weighed, fresh, chance) < excess(even, fresh, chance) + 0.001


@pytest.mark.parametrize("count", [0, 1])
def test_there_may_be_one_demographic_or_none(count):
    data, _ = related(200, 0, questions=3)
    data = replace(data, codebook=replace(data.codebook, demographics=data.codebook.demographics[:count]))
    found = fit_stacked_regression(data, data.take(np.arange(50)), data.items)
    asked = np.zeros((1, count), dtype=int)
    assert np.exp(found.logprob(asked)["q0"]).sum() == pytest.approx(1)
    if not count:
        marginals = training_marginals(data, data.items[0])
        assert np.exp(found.logprob(asked)["q0"][0]) == pytest.approx(marginals, abs=1e-4)
        assert found.chain("q0", asked[0], [])[0] == pytest.approx(marginals)


def test_a_question_nobody_answered_is_even_and_a_constant_one_nearly_certain():
    data, _ = related(200, 0, questions=4)
    answers = data.answers.copy()
    answers["q0"], answers["q1"] = np.int16(-1), np.int16(1)
    data = replace(data, answers=answers)
    found = fit_stacked_regression(data, data.take(np.arange(60)), data.items)
    tables = {key: np.exp(table) for key, table in found.logprob(ProfileCodes.of(data).codes).items()}
    assert tables["q0"] == pytest.approx(0.5, abs=1e-6)
    assert (tables["q1"][:, 1] > 0.98).all()


def test_missing_values_that_tell_something_are_listened_to():
    """Who does not say d0 says No to everything; its members know, a model that thinks it hidden does not."""
    data, _ = related(900, 0, questions=5)
    silent = np.arange(900) % 3 == 0
    profiles, answers = data.profiles.copy(), data.answers.copy()
    profiles.loc[silent, "d0"], answers.loc[silent] = None, np.int16(1)
    telling = replace(data, profiles=profiles, answers=answers)
    plain = replace(telling, answers=data.answers)
    asked = np.array([[-1, 1, 1]])
    found, other = (
        fit_stacked_regression(d.take(np.arange(600)), d.take(np.arange(600, 900)), d.items)
        for d in (telling, plain)
    )
    assert found.complete.tolist() == [[False, True, True], [True, True, True]]
    assert other.complete.tolist() == [[True, True, True]]
    assert np.exp(found.logprob(asked)["q0"][0, 1]) > 0.9
