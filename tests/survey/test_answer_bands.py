import numpy as np
import pytest

from core.survey.answer_bands import answer_bands
from core.survey.codebook import Question, QuestionType


def numeric(low, high, non_substantive=()):
    return Question("q", "?", QuestionType.NUMERIC, range=(low, high), non_substantive=non_substantive).items[
        0
    ]


def test_short_scales_and_labels_are_not_banded():
    bands = answer_bands(numeric(0, 10))
    assert bands.labels == tuple(str(i) for i in range(11))
    ordinal = Question("q", "?", QuestionType.ORDINAL, ("low", "high")).items[0]
    assert answer_bands(ordinal).labels == ("low", "high")


@pytest.mark.parametrize(
    ("low", "high", "first", "last"),
    [
        (0, 100, "0 to 9", "100"),
        (1, 100, "1 to 9", "100"),
        (0, 168, "0 to 19", "160 to 168"),
        (-50, 50, "-50 to -41", "50"),
    ],
)
def test_bands_are_round_and_few(low, high, first, last):
    bands = answer_bands(numeric(low, high))
    assert (bands.labels[0], bands.labels[-1]) == (first, last)
    assert len(bands.labels) <= 16
    assert (np.diff(bands.band_of) >= 0).all()


def test_answers_that_are_not_numbers_keep_a_band():
    bands = answer_bands(numeric(0, 100, ("Don't know",)))
    assert bands.labels[-1] == "Don't know"
    assert bands.band_of[-1] == len(bands.labels) - 1


def test_sums_keep_the_total():
    item = numeric(0, 100)
    table = np.random.default_rng(0).dirichlet(np.ones(101), 5)
    bands = answer_bands(item)
    assert np.allclose(bands.sum(table).sum(axis=1), 1)
    assert np.allclose(bands.sum(table)[:, 1], table[:, 10:20].sum(axis=1))
