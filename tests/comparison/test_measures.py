import numpy as np
import pytest

from core.comparison.accuracy import Decoder
from core.comparison.figures import Figures, FloorFigures
from core.comparison.measures import floor, measure, real_answers
from core.survey.codebook import Question, QuestionType

ORDINAL = Question(
    "q", "?", QuestionType.ORDINAL, ("Low", "Mid", "High", "DK"), non_substantive=("DK",)
).items[0]
SINGLE = Question("q", "?", QuestionType.SINGLE, ("A", "B")).items[0]


def test_ordinal_figures_by_hand():
    real = real_answers(ORDINAL, np.array([0, 2, 3, -1]), np.ones(4))
    # everyone 0.4 Low, 0.4 High, 0.2 DK: on the scale half Low, half High
    figures = measure(real, np.log([[0.4, 1e-9, 0.4, 0.2]] * 4), 1.0, Decoder.EXPECTED)
    assert (real.n, real.n_effective) == (3, 3.0)
    assert figures.rmse == pytest.approx(1.0)  # mean 1, truths 0 and 2
    assert figures.rmse_scaled == pytest.approx(0.5)
    assert figures.mean_shift == pytest.approx(0, abs=1e-6)
    assert figures.sd_ratio == pytest.approx(1, abs=1e-6)
    assert (figures.sd_within, figures.sd_between) == pytest.approx((1, 0), abs=1e-6)
    assert figures.w1 == pytest.approx(0, abs=1e-6)
    assert figures.tv == pytest.approx(2 / 15)  # DK 1/3 against 0.2
    assert figures.spread == pytest.approx(0)
    sampled = measure(real, np.log([[0.4, 1e-9, 0.4, 0.2]] * 4), 1.0, Decoder.SAMPLED)
    assert sampled.rmse == pytest.approx(np.sqrt(2))


def test_kl_by_hand_with_smoothed_real_shares():
    real = real_answers(SINGLE, np.array([0, 0, 0, 1]), np.ones(4))
    figures = measure(real, np.log([[0.5, 0.5]] * 4), 1.0, Decoder.EXPECTED)
    # (3 + 0.5) / 5 = 0.7
    assert figures.kl == pytest.approx(0.7 * np.log(1.4) + 0.3 * np.log(0.6))
    assert figures.kl_reverse == pytest.approx(0.5 * np.log(0.5 / 0.7) + 0.5 * np.log(0.5 / 0.3))
    assert figures.nll == pytest.approx(np.log(2))
    assert figures.entropy_gap == pytest.approx(np.log(2) + 0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    names = list(figures.to_dict())
    assert all(getattr(figures, name) is None for name in names[names.index("rmse") :])


def test_variance_within_and_between_add_up():
    rng = np.random.default_rng(0)
    real = real_answers(ORDINAL, rng.integers(0, 4, 300), rng.uniform(0.5, 2, 300))
    figures = measure(real, np.log(rng.dirichlet(np.ones(4), 300)), 0.7, Decoder.SAMPLED)
    assert figures.sd_ratio**2 == pytest.approx(figures.sd_within**2 + figures.sd_between**2)


def test_greedy_uses_the_likeliest_answer_for_shares_too():
    real = real_answers(SINGLE, np.array([0, 0, 1, 1]), np.ones(4))
    logprob = np.log([[0.6, 0.4]] * 4)
    greedy, expected = (measure(real, logprob, 1.0, d) for d in (Decoder.GREEDY, Decoder.EXPECTED))
    assert expected.tv == pytest.approx(0.1)
    assert greedy.tv == pytest.approx(0.4)  # all say A, smoothed to 4.5 / 5
    assert greedy.nll == expected.nll


def test_the_right_distribution_is_near_its_floor():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(4), 2000)
    answers = (p.cumsum(axis=1) < rng.random((2000, 1))).sum(axis=1)
    real = real_answers(ORDINAL, answers, np.ones(2000))
    figures, lowest = measure(real, np.log(p), 1.0, Decoder.SAMPLED), floor(real)
    for name in ("kl", "js", "tv", "w1"):
        assert getattr(figures, name) < 3 * getattr(lowest, name)
    assert figures.sd_ratio == pytest.approx(1, abs=0.05)


def test_nobody_answered():
    real = real_answers(ORDINAL, np.full(3, -1), np.ones(3))
    assert measure(real, np.log(np.full((3, 4), 0.25)), 1.0, Decoder.EXPECTED) == Figures()
    assert floor(real) == FloorFigures()


def test_only_answers_off_the_scale():
    real = real_answers(ORDINAL, np.full(3, 3), np.ones(3))
    figures = measure(real, np.log(np.full((3, 4), 0.25)), 1.0, Decoder.EXPECTED)
    assert figures.rmse is None
    assert figures.nll == pytest.approx(np.log(4))


def test_everyone_gives_the_same_answer():
    real = real_answers(ORDINAL, np.full(5, 1), np.ones(5))
    figures = measure(real, np.log(np.full((5, 4), 0.25)), 1.0, Decoder.EXPECTED)
    assert (figures.sd_ratio, figures.mean_shift) == (None, None)
    assert figures.w1 == pytest.approx((1 / 3 + 1 / 3) / 2)
