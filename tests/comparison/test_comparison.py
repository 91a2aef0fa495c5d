"""Means over questions, and the keys they have in `compare --json`."""

import pytest

from core.comparison.comparison import OverallFigures, QuestionComparison, Summary, printed_temperature
from core.comparison.figures import Figures, FloorFigures
from core.survey.codebook import QuestionType


def question(model, baselines, floor=0.01):
    return QuestionComparison(
        "q", "Q?", QuestionType.SINGLE, 100, 90.0, model, baselines, FloorFigures(kl=floor)
    )


def test_every_question_counts_the_same():
    one = question(Figures(nll=1.0, tv=0.1, tv_uniform=0.4), {"uniform": Figures(tv=0.4)}, 0.01)
    two = question(Figures(nll=2.0, tv=0.2, tv_uniform=0.2), {"uniform": Figures(tv=0.2)}, 0.03)
    found = Summary.of([one, two])
    assert (found.questions, found.model.nll, found.floor.kl) == (2, 1.5, pytest.approx(0.02))
    assert found.baselines["uniform"].tv == pytest.approx(0.3)
    assert found.model.simbench == pytest.approx(50)  # 1 - 0.15 / 0.3


def test_a_baseline_has_only_figures_of_the_same_questions_as_the_model():
    """SVR answers the scale alone: its RMSE is a mean over all that have one, its NLL would not be."""
    scale = question(Figures(nll=1.0, rmse=0.5), {"svr": Figures(nll=1.1, rmse=0.6)})
    found = Summary.of([scale, question(Figures(nll=2.0), {})])
    assert found.model == OverallFigures(nll=1.5, rmse=0.5)
    assert found.baselines["svr"] == OverallFigures(rmse=0.6)


def test_no_question_has_no_figures():
    """A group whose every question was answered by too few."""
    assert Summary.of([]).to_dict() == {
        "questions": 0,
        "model": {"simbench": None},
        "baselines": {},
        "floor": {},
    }


def test_a_temperature_is_printed_whole():
    assert printed_temperature({"single": 0.7, "ordinal": 1}) == "single 0.70, ordinal 1.00"
