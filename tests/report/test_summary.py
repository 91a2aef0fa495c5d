"""The summary a stakeholder reads first."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.comparison.comparison import OverallFigures, QuestionComparison, Summary
from core.comparison.figures import Figures, FloorFigures
from core.comparison.resampling import Interval
from core.report.summary import summarise
from core.survey.codebook import QuestionType
from tests.report.report_factory import made_comparison, made_uncertainty


def comparison(tv=0.05, questions=()):
    plain = {"training_marginals": OverallFigures(tv=0.031)}
    overall = Summary(len(questions), OverallFigures(tv=tv), plain, FloorFigures(tv=0.04))
    return SimpleNamespace(overall=overall, questions=tuple(questions))


def question(text, tv, kl=0.01, n=100):
    return QuestionComparison(
        text, text, QuestionType.SINGLE, n, float(n), Figures(tv=tv, kl=kl), {}, FloorFigures()
    )


FURTHER, UNKNOWN = Interval(-0.004, -0.006, -0.002), Interval(None, None, None)


def certainty(gain=FURTHER, columns=()):
    """Single questions are chance up to a KL of 0.014, and close up to 0.04."""
    band = {"kl": Interval(0.01, 0.007, 0.014)}
    return SimpleNamespace(
        gains={"training_marginals": {"kl": gain}}, worth=UNKNOWN, question_floor=dict.fromkeys(columns, band)
    )


def test_figures_stand_beside_chance_and_the_surveys_own_shares():
    questions = [
        question("A?", 0.02),
        question("B?", 0.20, 0.05),
        question("C?", 0.1, 0.03),
        question("Few?", 0.5, 9.0, n=9),
    ]
    found = summarise(comparison(questions=questions), certainty(columns=["A?", "B?", "C?", "Few?"]))
    moved, within, against = found.figures
    assert (moved.value, moved.beside) == ("5.0 of 100", "4.0 of 100 by chance alone")
    assert (within.value, within.beside) == ("1 of 3", "1 is clearly further off")
    assert (against.value, against.beside) == ("Not as close", "which would be off by 3.1 of 100")
    assert found.extremes == (
        "Closest: “A?” (2.0 of 100 answers would have to move). Furthest: “B?” (20.0 of 100)."
    )


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Interval(0.004, 0.001, 0.006), "Closer than"),
        (Interval(0.004, -0.001, 0.006), "As close as"),
        (Interval(-0.004, -0.006, -0.001), "Not as close as"),
    ],
)
def test_closer_than_the_surveys_own_shares_only_beyond_chance(gain, words):
    against = summarise(comparison(), certainty(gain)).figures[1]
    assert f"{against.value} {against.text}".startswith(words)


def test_no_technical_word_and_no_people_who_say_things_in_the_summary():
    made = summarise(made_comparison(), made_uncertainty())
    text = " ".join([made.extremes, *(f"{f.value} {f.text} {f.beside}" for f in made.figures)])
    for word in ("KL", "NLL", "nats", "divergence", "people say", "respondents think"):
        assert word not in text


def test_long_questions_are_cut():
    made = made_comparison()
    long = replace(made, questions=tuple(replace(q, text="word " * 100) for q in made.questions))
    assert 200 < len(summarise(long, made_uncertainty()).extremes) < 400
