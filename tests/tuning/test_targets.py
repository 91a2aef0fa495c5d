import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData
from core.tuning.stacked_regression import fit_stacked_regression
from core.tuning.targets import (
    SMOOTHING_WEIGHTS,
    IndividualTargets,
    Marginals,
    SmoothedTargets,
    blend,
    cell_targets,
    choose_smoothing,
)

CODEBOOK = Codebook(
    "t",
    (Demographic("g", "Gender", ("f", "m")), Demographic("a", "Age", ("young", "old"))),
    (Question("q", "Do you?", QuestionType.SINGLE, ("Yes", "No")),),
)
ITEM = CODEBOOK.items[0]


def survey(rows, weights=None) -> SurveyData:
    """Rows of (gender, age, answer code)."""
    frame = pd.DataFrame(rows, columns=["g", "a", "q"])
    n = len(frame)
    return SurveyData(
        CODEBOOK,
        np.arange(n).astype(str),
        frame[["g", "a"]],
        frame[["q"]].astype("int16"),
        np.ones(n) if weights is None else np.asarray(weights, dtype=float),
        np.full(n, "train", dtype=object),
    )


def people(n: int, effect: float, seed: int = 0) -> SurveyData:
    """Men say yes more often by `effect` on the log-odds; age does not matter."""
    rng = np.random.default_rng(seed)
    gender, age = rng.integers(0, 2, n), rng.integers(0, 2, n)
    yes = rng.random(n) < 1 / (1 + np.exp(-(gender - 0.5) * 2 * effect))
    return survey(
        list(zip(np.array(["f", "m"])[gender], np.array(["young", "old"])[age], 1 - yes, strict=True))
    )


FLAT = Marginals({"q": np.array([0.5, 0.5])})


def test_labels_follow_the_matching_respondents():
    train = survey([("f", "young", 0), ("f", "old", 0), ("m", "young", 1), ("m", "old", 1)])
    labels = SmoothedTargets(train, FLAT, smoothing=4.0).chain(ITEM, respondent=0, shown=[0, 1])
    # nobody known: 4 people, half yes. Women: 2 of 2 yes, pulled by 4 at one half: (2 + 2) / (2 + 4).
    # Young women: 1 of 1, (1 + 2) / (1 + 4).
    assert labels[:, 0] == pytest.approx([0.5, 4 / 6, 3 / 5])
    assert labels.sum(axis=1) == pytest.approx(1.0)


def test_unequal_weights_count_as_fewer_respondents():
    """Weights 3 and 1: effective size (3+1)^2 / (9+1) = 1.6."""
    train = survey([("f", "young", 0), ("f", "young", 1)], weights=[3, 1])
    shares, sizes, _ = SmoothedTargets(train, FLAT, 10.0).parts(ITEM, np.array([0, 0]), [])
    assert shares[0].tolist() == [0.75, 0.25]
    assert sizes[0] == pytest.approx(1.6)


def test_a_group_nobody_belongs_to_gets_the_teachers_answer():
    train = survey([("f", "young", 0)])
    labels = SmoothedTargets(train, FLAT, 10.0).labels(ITEM, np.array([1, 1]), [0])
    assert labels[1] == pytest.approx([0.5, 0.5])


def test_individual_labels_repeat_the_own_answer():
    labels = IndividualTargets(survey([("f", "young", 1)])).chain(ITEM, 0, [0, 1])
    assert labels.tolist() == [[0, 1]] * 3


def test_blend_is_between_group_and_teacher():
    shares, expected = np.array([[0.9, 0.1]]), np.array([[0.2, 0.8]])
    for m in SMOOTHING_WEIGHTS:
        assert 0.2 < blend(shares, np.array([30.0]), expected, m)[0, 0] < 0.9


def test_the_smoothing_weight_is_large_when_the_teacher_says_it_all():
    train, validation = people(400, effect=0.8), people(400, effect=0.8, seed=1)
    fitted = fit_stacked_regression(train, validation, CODEBOOK.items, seed=0)
    targets = SmoothedTargets(train, fitted, 20.0)
    assert choose_smoothing(targets, validation, CODEBOOK.items, np.random.default_rng(0)) >= 50
    assert (
        choose_smoothing(
            targets, validation.take(np.array([], dtype=int)), CODEBOOK.items, np.random.default_rng(0)
        )
        == 20
    )


def test_cells_are_the_shares_of_the_matching_respondents_and_nothing_else():
    train = survey([("f", "young", 0), ("f", "old", 1), ("m", "young", 1)])
    labels = cell_targets(train, CODEBOOK.items).chain(ITEM, respondent=0, shown=[0, 1])
    # nobody known: 1 of 3 yes; women: 1 of 2; young women: the one there is
    assert labels[:, 0] == pytest.approx([1 / 3, 1 / 2, 1.0], abs=1e-5)


def test_the_smoothing_weight_is_chosen_by_the_weight_of_the_validation_answers():
    """60 women said yes; the teacher says half. Of the validation answers 3 in 4 say yes, by weight.

    The label (60 + m / 2) / (60 + m) is 3/4 at m = 60; by heads, 1 yes to 3 no, it should be below one half.
    """
    train = survey([("f", None, 0)] * 60)
    validation = [("f", None, 0)] + [("f", None, 1)] * 3

    def chosen(validation):
        targets = SmoothedTargets(train, FLAT, 20.0)
        return choose_smoothing(targets, validation, CODEBOOK.items, np.random.default_rng(0))

    weighted, repeated = survey(validation, [9, 1, 1, 1]), survey(validation[:1] * 9 + validation[1:])
    assert chosen(weighted) == chosen(repeated) == 50
    assert chosen(survey(validation)) == 300


def test_whole_profiles_get_what_the_teacher_says_prepared_or_not():
    train, validation = people(300, effect=0.8), people(80, effect=0.8, seed=1)
    fitted = fit_stacked_regression(train, validation, CODEBOOK.items)
    targets = SmoothedTargets(train, fitted, 20.0)
    codes = np.array([1, 0])
    asked = np.array([[-1, -1], [-1, 0], [1, 0]])
    expected = np.exp(fitted.logprob(asked)["q"])
    assert targets.parts(ITEM, codes, [1, 0])[2] == pytest.approx(expected, rel=1e-6)
    targets.prepare(np.array([[0, 0]]))  # no longer men who are young
    assert targets.parts(ITEM, codes, [1, 0])[2] == pytest.approx(expected, rel=1e-6)


def test_a_pattern_of_missing_values_the_members_answer_for_is_asked_of_them():
    """Men without an age are a whole profile to this teacher, which says yes to them alone."""

    class Listening(Marginals):
        def logprob(self, codes, keys=None):
            return {key: np.tile(np.log([0.9, 0.1]), (len(codes), 1)) for key in keys}

        def answers_whole(self, known):
            return known.tolist() == [True, False]

    targets = SmoothedTargets(survey([("m", None, 0), ("f", "old", 1)]), Listening(FLAT.shares), 10.0)
    expected = targets.parts(ITEM, np.array([1, -1]), [0])[2]
    assert expected[:, 0] == pytest.approx([0.5, 0.9])
    # likewise with an age that is not shown yet, but not once it is
    assert targets.parts(ITEM, np.array([0, 1]), [0, 1])[2][:, 0] == pytest.approx([0.5, 0.9, 0.5])
