"""Not asked and not answered are told apart: filters, skipped blocks, people who stop, plain gaps."""

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData
from core.survey.routing import find_routing
from tests.generated_study import NOT_ASKED, PLAIN


def survey(answers, sex=None):
    n = len(next(iter(answers.values())))
    questions = [
        {"column": c, "text": c.upper() + "?", "type": "single", "options": ["a", "b", "c"]} for c in answers
    ]
    book = {
        "demographics": [{"column": "sex", "label": "Sex", "options": ["W", "M"]}],
        "questions": questions,
    }
    return SurveyData(
        codebook=Codebook.from_dict(book),
        ids=np.arange(n).astype(str),
        profiles=pd.DataFrame({"sex": pd.Series(sex or ["W"] * n, dtype="str")}),
        answers=pd.DataFrame(answers).astype("int16"),
        weights=np.ones(n),
        split=np.array(["train"] * n),
    )


def test_a_filter_question_explains_who_was_not_asked():
    # 40 say "a" to the filter and are not asked; of the 60 others 5 do not answer
    gate = [0] * 40 + [1] * 60
    routing = find_routing(survey({"gate": gate, "q": [-1] * 40 + [-1] * 5 + [1] * 55}))["q"]
    assert routing.not_asked.tolist() == [True] * 40 + [False] * 60
    assert int(routing.missing.sum()) == 5
    assert routing.reasons == ('"a" to "GATE?"',)


def test_one_slip_in_fifty_does_not_hide_a_filter():
    gate = [0] * 50 + [1] * 50
    routing = find_routing(survey({"gate": gate, "q": [2] + [-1] * 49 + [1] * 50}))["q"]
    assert int(routing.not_asked.sum()) == 49
    assert routing.answered[0] and not routing.not_asked[0]


def test_a_demographic_may_be_the_filter():
    sex = ["W"] * 30 + ["M"] * 30
    routing = find_routing(survey({"q": [0, 1] * 15 + [-1] * 30}, sex))["q"]
    assert routing.reasons == ('"M" to "Sex"',)
    assert int(routing.not_asked.sum()) == 30


def test_filters_in_a_row_add_up():
    first = [0] * 30 + [1] * 70
    second = [-1] * 30 + [0] * 30 + [1] * 40
    routing = find_routing(survey({"first": first, "second": second, "q": [-1] * 60 + [0, 1] * 20}))["q"]
    assert int(routing.not_asked.sum()) == 60
    assert set(routing.reasons) == {'"a" to "FIRST?"', '"a" to "SECOND?"'}


def test_a_block_skipped_by_some_who_go_on_was_not_shown_to_them():
    rng = np.random.default_rng(0)
    shown = rng.random(200) < 0.5
    answers = {"start": rng.integers(3, size=200)}
    answers |= {f"b{i}": np.where(shown, rng.integers(3, size=200), -1) for i in range(4)}
    answers["end"] = rng.integers(3, size=200)
    found = find_routing(survey(answers))
    for i in range(4):
        assert (found[f"b{i}"].not_asked == ~shown).all()
    assert not found["end"].not_asked.any()


def test_people_who_stop_early_and_plain_gaps_are_missing():
    rng = np.random.default_rng(1)
    answers = {f"q{i}": rng.integers(3, size=200) for i in range(6)}
    for i in range(3, 6):
        answers[f"q{i}"][:40] = -1  # they stop after the third question
    answers["q1"][rng.choice(200, 60, replace=False)] = -1
    found = find_routing(survey(answers))
    assert not any(routing.not_asked.any() for routing in found.values())
    assert int(found["q5"].missing.sum()) == 40


def test_a_rare_answer_is_no_filter():
    rng = np.random.default_rng(2)
    q = rng.integers(3, size=300)
    q[:150] = -1
    gate = np.ones(300, dtype=int)
    gate[:11] = 0  # eleven people, all without an answer; half of all have none
    assert not find_routing(survey({"gate": gate, "q": q}))["q"].not_asked.any()


def test_people_without_a_car_were_not_asked_how_satisfied_they_are_with_it(generated_surveys):
    raw = (generated_surveys / PLAIN / "raw.csv").read_bytes()
    data = build_survey(draft_survey(raw, "raw.csv"))
    found = find_routing(data)
    satisfied = found.pop("How satisfied are you with the car you drive most?")
    assert satisfied.reasons == (NOT_ASKED,)
    assert satisfied.not_asked.tolist() == (data.profiles["Cars in the household"] == "None").tolist()
    assert not any(routing.not_asked.any() for routing in found.values())


def test_people_who_never_fly_were_not_asked_about_flying(surveys):
    raw = (surveys / "flying_etiquette_2014" / "raw.csv").read_bytes()
    data = build_survey(draft_survey(raw, "raw.csv"))
    routing = find_routing(data)["Is itrude to recline your seat on a plane?"]
    assert int(routing.not_asked.sum()) == pytest.approx(166, abs=3)
    assert routing.reasons[0] == '"Never" to "How often do you travel by plane?"'


def test_who_stops_before_a_block_is_missing_in_it_and_who_goes_on_after_it_was_not_asked():
    """30 skip the block and answer the question after it; 20 answer nothing from the block on."""
    rng = np.random.default_rng(3)
    answers = {
        column: rng.integers(3, size=200) for column in ("start", "b0", "b1", "b2", "b3", "after", "end")
    }
    for column in ("b0", "b1", "b2", "b3"):
        answers[column][:50] = -1
    answers["after"][30:50] = answers["end"][30:50] = -1
    found = find_routing(survey(answers))
    for column in ("b0", "b1", "b2", "b3"):
        assert found[column].not_asked.tolist() == [True] * 30 + [False] * 170
        assert np.flatnonzero(found[column].missing).tolist() == list(range(30, 50))
    assert not found["after"].not_asked.any() and int(found["after"].missing.sum()) == 20
