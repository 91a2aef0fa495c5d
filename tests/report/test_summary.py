"""The summary a stakeholder reads first."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from report_factory import made_comparison

from core.report.summary import Grade, summarise


def comparison(kl=0.012, tv=0.05, nll=0.85, questions=(), **baselines):
    overall = {
        "model": {"kl": kl, "tv": tv, "nll": nll},
        "floor": {"kl": 0.008, "tv": 0.04},
        "baselines": baselines,
    }
    return SimpleNamespace(to_dict=lambda: {"overall": overall}, questions=tuple(questions))


def question(text, tv, kl=0.01, n=100):
    return SimpleNamespace(text=text, n=n, model={"tv": tv, "kl": kl}, floor={"kl": 0.01})


@pytest.mark.parametrize(
    ("kl", "grade"), [(0.012, Grade.MATCH), (0.0121, Grade.CLOSE), (0.0321, Grade.FAR), (None, Grade.UNKNOWN)]
)
def test_the_verdict_goes_by_the_noise_floor(kl, grade):
    assert summarise(comparison(kl=kl)).grade is grade


def test_figures_stand_beside_chance_and_the_surveys_own_shares():
    found = summarise(
        comparison(
            training_marginals={"kl": 0.005, "tv": 0.031, "nll": 0.84},
            questions=[question("A?", 0.02), question("B?", 0.20, 0.05), question("Few?", 0.5, 9.0, n=9)],
        )
    )
    moved, within, against = found.figures
    assert (moved.value, moved.beside) == ("5.0 of 100", "4.0 of 100 by chance alone")
    assert (within.value, within.beside) == ("1 of 2", "1 is clearly further off")
    assert (against.value, against.beside) == ("Not closer", "which would be off by 3.1 of 100")
    assert found.findings[0] == (
        "Closest: “A?” (2.0 of 100 answers would have to move). Furthest: “B?” (20.0 of 100)."
    )


@pytest.mark.parametrize(
    ("nll", "words"),
    [(0.80, "a 5 % higher probability"), (0.851, "hardly helps"), (0.95, "do not use its differences")],
)
def test_what_is_known_about_differences_between_people_is_said(nll, words):
    found = summarise(comparison(nll=nll, training_marginals={"kl": 0.01, "tv": 0.04, "nll": 0.85}))
    assert words in found.findings[-1]


def test_no_technical_word_and_no_people_who_say_things_in_the_summary():
    made = summarise(made_comparison())
    text = " ".join([made.verdict, *made.findings, *(f"{f.value} {f.text} {f.beside}" for f in made.figures)])
    for word in ("KL", "NLL", "nats", "divergence", "people say", "respondents think"):
        assert word not in text


def test_long_questions_are_cut():
    made = made_comparison()
    long = replace(made, questions=tuple(replace(q, text="word " * 100) for q in made.questions))
    assert max(map(len, summarise(long).findings)) < 400
