import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lab.pretraining.meanings import (
    EFFECT,
    FEATURES,
    LATENT,
    LINE,
    MIXING,
    OPTION,
    PART,
    QUESTION,
    Meanings,
    Strengths,
)
from core.survey.codebook import Question, QuestionType

STRONG = Strengths(1.0, 1.0, 0.5, 0.4, 1.0, 1.0, EFFECT, everywhere=False)
AGREE = Question("q", "Tea?", QuestionType.ORDINAL, ("Low", "Middle", "High", "Unsure"), None, ("Unsure",))


def meanings(strengths=STRONG, seed=0):
    return Meanings(np.random.default_rng(seed), strengths, frozenset({0}))


def test_a_token_means_the_same_throughout_a_survey_and_something_else_in_the_next():
    first, second = meanings(seed=1), meanings(seed=2)
    assert np.array_equal(first.token(7), first.token(7))
    assert not np.array_equal(first.token(7), second.token(7))
    assert not first.token(0).any()


def test_only_what_matters_in_a_place_is_planted_there():
    table = meanings().planted([5, 5, 5, 5], np.array([0, QUESTION, OPTION, LINE]))
    assert not table[0].any()
    assert not table[1, PART["position"]].any() and not table[3, PART["bias"]].any()
    assert not table[2, PART["bias"]].any()


def test_meanings_may_show_everywhere():
    everywhere = Strengths(1.0, 1.0, 0.5, 0.4, 1.0, 1.0, EFFECT, everywhere=True)
    drawn = meanings(everywhere)
    assert np.array_equal(drawn.planted([5, 6], np.array([0, LINE])), [drawn.token(5), drawn.token(6)])


def test_unused_dimensions_stay_empty():
    few = Strengths(1.0, 1.0, 0.0, 0.4, 0.0, 0.0, 3, everywhere=True)
    table = np.array([meanings(few).token(t) for t in range(1, 40)])
    assert not table[:, PART["position"]][:, 3:].any() and not table[:, PART["content"]].any()
    assert table[:, PART["position"]][:, :3].any()


def test_shares_by_hand():
    """Bias 1 along the scale only: logits 1.4 * (-1, 0, 1), and -1 for "Unsure"."""
    drawn = meanings()
    features = np.zeros((4, FEATURES))
    features[:, -2] = [-1.4, 0.0, 1.4, 0.0]
    question = np.zeros(LATENT)
    question[PART["bias"]] = np.eye(FEATURES)[-2]
    expected = np.exp([-1.4, 0.0, 1.4, -1.0])
    shares = drawn.shares(AGREE.items[0], features, question, np.zeros(EFFECT + 2))
    assert shares == pytest.approx(expected / expected.sum())


def test_a_person_moves_answers_through_the_direction_of_the_question():
    drawn = meanings()
    features = np.zeros((4, FEATURES))
    features[:, -2] = [-1.0, 0.0, 1.0, 0.0]
    question, person = np.zeros(LATENT), np.zeros(EFFECT + 2)
    question[PART["direction"]] = np.eye(EFFECT)[0]
    person[0], person[1] = 2.0, 5.0  # the second dimension is not asked about
    shares = drawn.shares(AGREE.items[0], features, question, person)
    assert np.log(shares[2] / shares[0]) == pytest.approx(2 * 2.0 * MIXING[-2, 0])


@settings(max_examples=50)
@given(st.floats(0, 1), st.integers(0, 10_000))
def test_exact_shares_of_any_survey_are_a_distribution(level, seed):
    rng = np.random.default_rng(seed)
    drawn = Meanings(rng, Strengths.draw(rng, level), frozenset())
    for question in (
        AGREE,
        Question("n", "How many?", QuestionType.NUMERIC, range=(0.0, 100.0)),
        Question("m", "Which?", QuestionType.MULTI, ("Tea", "Milk")),
    ):
        item = question.items[0]
        options = [] if question.type is QuestionType.NUMERIC else [[k] for k in range(len(item.answers))]
        features = drawn.features(item, options)
        assert features.shape == (len(item.answers), FEATURES)
        person = drawn.line([1, 2], [3]) + drawn.line([4], [5, 6])
        shares = drawn.shares(item, features, drawn.pooled([8, 9]), person)
        assert shares.sum() == pytest.approx(1.0) and (shares >= 0).all()


def test_a_label_says_nothing_without_its_value():
    drawn = meanings()
    assert np.array_equal(drawn.line([1, 2], [0]), np.zeros(EFFECT + 2))
    value = list(range(20, 30))
    assert not np.array_equal(drawn.line(range(1, 9), value), drawn.line(range(10, 19), value))
