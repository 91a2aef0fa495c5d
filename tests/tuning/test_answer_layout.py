"""Answers side by side, numeric ones by band, by hand."""

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals
from core.tuning.answer_layout import AnswerLayout, softmax

CODEBOOK = Codebook(
    "t",
    (),
    (
        Question("q", "Do you?", QuestionType.SINGLE, ("Yes", "No")),
        Question("n", "How likely?", QuestionType.NUMERIC, range=(0, 100)),
    ),
)


def data(q, n, weights=None) -> SurveyData:
    size = len(q)
    return SurveyData(
        CODEBOOK,
        np.arange(size).astype(str),
        pd.DataFrame(index=range(size)),
        pd.DataFrame({"q": q, "n": n}).astype("int16"),
        np.ones(size) if weights is None else np.asarray(weights, dtype=float),
        np.full(size, "train", dtype=object),
    )


PEOPLE = data([0, 1, 1, -1], [0, 9, 100, 15])
LAYOUT = AnswerLayout.of(PEOPLE, CODEBOOK.items)


def test_numbers_are_banded():
    assert LAYOUT.sizes.tolist() == [2, 11] and LAYOUT.starts.tolist() == [0, 2] and LAYOUT.width == 13
    assert LAYOUT.columns(PEOPLE).tolist() == [[0, 2], [1, 2], [1, 12], [-1, 3]]
    assert LAYOUT.columns_of([1]).tolist() == list(range(2, 13))
    # half an answer for each number: ten in a band, one in that of 100
    assert LAYOUT.prior().tolist() == [0.5, 0.5, *[5.0] * 10, 0.5]


def test_numbers_spread_within_a_band_like_the_training_answers():
    probability = np.full((1, 11), 0.0)
    probability[0, 0] = 1.0
    spread = LAYOUT.spread(probability, 1)[0]
    # 0 and 9 were said once, the others in the band never: 1.5 to 0.5 halves
    assert spread[:10] == pytest.approx(np.array([1.5, *[0.5] * 8, 1.5]) / 7)
    assert not spread[10:].any()


def test_the_training_marginals_come_back():
    shares = LAYOUT.shares()
    for place, item in enumerate(CODEBOOK.items):
        back = LAYOUT.spread(shares[None, LAYOUT.columns_of([place])], place)[0]
        assert back == pytest.approx(training_marginals(PEOPLE, item))


def test_weights_of_an_items_answers_add_up_to_their_effective_base():
    found = LAYOUT.answer_weights(data([0, 1, -1], [0, 1, 1], [1.0, 3.0, 2.0]))
    # (1 + 3)^2 / (1 + 9) = 1.6, of which a quarter and three quarters
    assert found[:, 0] == pytest.approx([0.4, 1.2, 0.0])
    assert found[:, 1].sum() == pytest.approx(36 / 14)


def test_softmax_by_item():
    found = softmax(np.log([[1.0, 3.0, 2.0, 2.0, 4.0]]), np.array([2, 3]))
    assert found[0] == pytest.approx([0.25, 0.75, 0.25, 0.25, 0.5])
