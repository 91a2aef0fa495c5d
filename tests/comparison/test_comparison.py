"""Means over questions, and what of a baseline that lacks a question is left."""

import pytest

from core.comparison.comparison import Comparison, GroupComparison, QuestionComparison, Summary
from core.comparison.figures import Figures, FloorFigures
from core.survey.codebook import QuestionType


def question(column, kind, kl, **baselines):
    return QuestionComparison(
        column,
        column,
        kind,
        50,
        40.0,
        Figures(kl=kl, tv=kl, tv_uniform=4 * kl),
        baselines,
        FloorFigures(kl=0.01),
    )


SINGLE = question(
    "a", QuestionType.SINGLE, 0.1, marginals=Figures(kl=0.3, tv=0.3, tv_uniform=0.4), svr=Figures(kl=1)
)
ORDINAL = question("b", QuestionType.ORDINAL, 0.2, marginals=Figures(kl=0.5, tv=0.5, tv_uniform=0.8))
NUMERIC = question("c", QuestionType.NUMERIC, 0.9)


def test_means_count_every_question_the_same():
    found = Summary.of([SINGLE, ORDINAL])
    assert (found.questions, found.model.kl) == (2, pytest.approx(0.15))
    assert found.model.simbench == pytest.approx(75)  # TV is a quarter of that of uniform shares
    assert found.baselines["marginals"].kl == pytest.approx(0.4)
    assert found.baselines["marginals"].simbench == pytest.approx(100 * (1 - 0.8 / 1.2))


def test_a_baseline_that_lacks_a_question_has_no_mean_to_compare():
    assert Summary.of([SINGLE, ORDINAL]).baselines["svr"].kl is None
    assert Summary.of([SINGLE]).baselines["svr"].kl == 1


def test_overall_is_of_single_and_ordinal_questions_unless_there_are_none():
    assert Comparison((SINGLE, NUMERIC), 1.0, "expected", "test").overall.model.kl == pytest.approx(0.1)
    alone = Comparison((NUMERIC,), 1.0, "expected", "test")
    assert alone.overall.model.kl == pytest.approx(0.9)
    assert list(alone.by_type) == ["numeric"]


def test_a_suppressed_group_shows_its_base_and_nothing_else():
    assert GroupComparison(20, 18.5, None).to_dict() == {"n": 20, "n_effective": 18.5, "suppressed": True}


def test_of_no_question_only_the_count_and_no_figure_is_told():
    """A group whose every question was answered by too few."""
    empty = {"questions": 0, "model": {"simbench": None}, "baselines": {}, "floor": {}}
    assert Summary.of([]).to_dict() == empty
