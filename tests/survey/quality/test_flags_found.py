"""Flags on small tables whose counts can be checked by eye, and on a real file with a known leak."""

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook
from core.survey.importing import draft_survey
from core.survey.quality.bases import find_constant, find_silent, find_small_bases, find_unused_options
from core.survey.quality.carelessness import find_batteries, find_speeders, find_straight_lining
from core.survey.quality.duplicates import duplicate_rows
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, FlagKind, name_columns
from core.survey.quality.leaks import find_leaks
from core.survey.quality.personal import is_open_end, personal_data, reason_personal
from core.survey.quality.weighting import find_weight_flags
from tests.generated_study import LEAK, LEAK_ANSWER, NAMES, PLAIN

AGREE = ["Disagree", "Neither", "Agree"]


def book(*questions, demographics=None, **more):
    demographics = demographics or [{"column": "sex", "options": ["W", "M"]}]
    return Codebook.from_dict({"demographics": demographics, "questions": list(questions), **more})


def scale(column, options=AGREE, kind="ordinal"):
    return {"column": column, "type": kind, "options": options}


def column(name, *cells):
    return pd.Series(list(cells), name=name, dtype="str")


@pytest.mark.parametrize(
    ("name", "cells", "what"),
    [
        ("q7", ["nothing", "write to ann.lee@example.org please"], "e-mail addresses"),
        ("ip", ["192.168.1.17", "10.0.0.3"], "IP addresses"),
        ("addr", ["2001:db8:85a3::8a2e:370:7334", "fe80::1:2:3:4"], "IP addresses"),
        ("contact", [f"+49 30 12345{i}" for i in range(10)], "telephone numbers"),
        ("contact", [f"(555) 010-12{i:02d}" for i in range(10)], "telephone numbers"),
        ("where", [f"52.52{i:02d}, 13.405{i}" for i in range(9)], "coordinates"),
        ("LocationLatitude", [f"52.520{i}1" for i in range(9)], "coordinates"),
        ("who", [f"{a} {b}" for a in ("Ann", "Bo", "Cy") for b in ("Lee", "Mayer", "O'Neil")], "names"),
        ("Last name", ["x", "y"], "personal data"),
    ],
)
def test_personal_data_is_recognised_by_its_cells(name, cells, what):
    assert personal_data(column(name, *cells)) == what
    assert reason_personal(column(name, *cells)) == "looks like personal data"


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("RespondentID", [str(3436139758 + i) for i in range(30)]),
        ("date", [f"2024-03-{i:02d} 10:1{i % 10}:00" for i in range(1, 29)]),
        ("income", ["$25,000 - $49,999", "50000-99999", "100000-149999"] * 10),
        ("region", ["New England", "Middle Atlantic", "East North Central", "South Atlantic"] * 10),
        ("satisfaction", [f"0.{i}1234" for i in range(20)]),
        ("age", ["18-29", "30-44", None]),
        ("empty", [None, None]),
    ],
)
def test_ordinary_columns_are_no_personal_data(name, cells):
    assert personal_data(column(name, *cells)) == ""
    assert not is_open_end(column(name, *cells))


def test_open_ends_are_told_from_options():
    typed = [f"because my {thing} is far too slow" for thing in "abcdefghij"]
    assert is_open_end(column("q9", *typed, None))
    assert is_open_end(column("Other (please specify)", *"ABCDEFGHIJ"))
    assert not is_open_end(column("why", *(["Because it is cheap and easy to use"] * 5 + typed[:3])))
    assert not is_open_end(column("comment", *map(str, range(50))))


def test_a_second_identifier_is_left_out():
    assert reason_personal(column("TWIN_ID", *map(str, range(20)))) == "an identifier"
    assert reason_personal(column("TWIN_ID", *"abcdabcdabcdabcdabcd")) == ""


def test_personal_data_is_left_out_of_a_guessed_codebook_and_noted():
    rows = "".join(f"a{i}@example.org,{'WM'[i % 2]},{'Yes' if i % 3 else 'No'}\n" for i in range(120))
    draft = draft_survey(("account,sex,tea\n" + rows).encode(), "tea.csv")
    assert [q.column for q in draft.codebook.questions] == ["tea"]
    (flag,) = [f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.PERSONAL_DATA]
    assert flag.is_note and flag.suggested is Action.KEEP
    assert flag.sentence == '"account" looks like e-mail addresses (120 cells); it is left out.'


def test_straight_lining_counts_complete_respondents_with_one_answer():
    codebook = book(*[scale(f"q{i}") for i in range(5)], scale("other", ["a", "b", "c"]))
    assert [len(battery) for battery in find_batteries(codebook)] == [5]
    answers = pd.DataFrame(
        [[1, 1, 1, 1, 1, 0], [0, 1, 2, 1, 0, 0], [2, 2, 2, 2, -1, 0], *[[0, 1, 0, 1, 2, 2]] * 5],
        columns=[q.column for q in codebook.questions],
    )
    (flag,) = find_straight_lining(codebook, answers)
    assert (flag.rows, flag.suggested) == ((0,), Action.DROP_ROWS)
    assert "1 of 7 respondents gave the same answer to all 5 items" in flag.sentence


def test_a_battery_most_people_straight_line_is_kept_by_default():
    codebook = book(*[scale(f"q{i}") for i in range(5)])
    answers = pd.DataFrame(np.zeros((4, 5), dtype=int), columns=[q.column for q in codebook.questions])
    (flag,) = find_straight_lining(codebook, answers)
    assert flag.suggested is Action.KEEP and "go together" in flag.sentence


def test_speeders_took_less_than_a_third_of_the_median():
    table = pd.DataFrame({"Duration (in seconds)": column("d", "90", "89", "270", "300", "270", None, "x")})
    (flag,) = find_speeders(table)  # the median of 90, 89, 270, 300, 270 is 270, a third is 90
    assert flag.rows == (1,)
    assert "1 of 5 respondents" in flag.sentence and "270" in flag.sentence
    assert not list(find_speeders(table.rename(columns=lambda _: "q1")))


def test_equal_answers_are_duplicates_only_when_chance_cannot_explain_them():
    rng = np.random.default_rng(1)
    varied = pd.DataFrame(rng.integers(5, size=(100, 20)).astype(str))
    assert duplicate_rows(pd.concat([varied, varied.iloc[[4, 9]]])).tolist() == [100, 101]
    assert duplicate_rows(varied).tolist() == []
    same = pd.DataFrame([["Never"] * 20] * 50 + [["Always"] * 20] * 50)
    assert duplicate_rows(same).tolist() == []
    assert duplicate_rows(varied.iloc[:, :5].iloc[[0, 0]]).tolist() == []


def test_neighbouring_columns_that_go_together_make_equal_rows_likely():
    """Ten kinds of people, each with its own answer to all twenty questions: equal rows are no evidence.

    One answer in ten, twenty times over, would be; but whoever knows the first answer knows them all. One
    person mixes answers of two kinds at random and is there twice: that chance does not explain.
    """
    rng = np.random.default_rng(4)
    kinds = np.tile(np.arange(10)[rng.integers(0, 10, 120)][:, None], (1, 20))
    assert duplicate_rows(pd.DataFrame(kinds.astype(str))).tolist() == []
    odd = np.where(rng.random((1, 20)) < 0.5, 3, 8)
    again = np.concatenate([kinds, odd, odd])
    assert duplicate_rows(pd.DataFrame(again.astype(str))).tolist() == [121]


def test_a_field_that_is_empty_for_one_answer_leaks():
    codebook = book(scale("fly", ["Never", "Often"], "single"), scale("rude", ["No", "Yes"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *([None] * 25 + ["W", "M"] * 50))})
    answers = pd.DataFrame({"fly": [0] * 23 + [1] * 102, "rude": [-1] * 25 + [0, 1] * 50})
    (flag,) = find_leaks(codebook, profiles, answers)
    assert flag.columns == ("sex",) and flag.suggested is Action.EXCLUDE_COLUMN
    # 23 of 25 are 92 %, none of the other 100
    assert '25 respondents have no answer to "sex", and 92 % answered "Never" to "fly"' in flag.sentence
    assert "but none of the others" in flag.sentence


def test_a_value_that_gives_an_answer_away_leaks_and_a_common_answer_does_not():
    codebook = book(scale("kids", ["No", "Yes"], "single"), scale("hat", ["No", "Yes"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *(["W"] * 30 + ["M"] * 30))})
    answers = pd.DataFrame({"kids": [0] * 30 + [1] * 30, "hat": [0] * 57 + [1] * 3})
    (flag,) = find_leaks(codebook, profiles, answers)
    assert flag.count == 1 and '30 respondents with "W" in "sex"' in flag.sentence
    few = slice(11, 49)  # 19 of each sex prove nothing
    assert not list(find_leaks(codebook, profiles[few], answers[few]))


def test_where_a_car_is_parked_leaks_who_will_not_buy_one(generated_surveys):
    draft = draft_survey((generated_surveys / PLAIN / "raw.csv").read_bytes(), "raw.csv")
    (leak,) = (f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.LEAK)
    assert leak.columns == (LEAK,)
    assert f'answered "{LEAK_ANSWER}" to "What will your next car most likely run on?"' in leak.sentence


def test_height_and_children_leak_who_never_flies(surveys):
    draft = draft_survey((surveys / "flying_etiquette_2014" / "raw.csv").read_bytes(), "raw.csv")
    leaks = {
        f.columns[0]: f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.LEAK
    }
    assert set(leaks) == {"How tall are you?", "Do you have any children under 18?"}
    assert "182 respondents have no answer" in leaks["How tall are you?"].sentence
    assert all('"Never" to "How often do you travel by plane?"' in f.sentence for f in leaks.values())


@pytest.mark.parametrize(
    "study",
    [*NAMES, "comma_2014", "flying_etiquette_2014", "jupyter_2020", "masculinity_2018"],
    indirect=True,
)
def test_cleaned_surveys_have_no_leaks_or_duplicates(study):
    content, codebook = (study / "clean.csv").read_bytes(), (study / "codebook.json").read_bytes()
    draft = draft_survey(content, "clean.csv", codebook)
    kinds = {flag.kind for flag in find_flags(draft.table, draft.codebook, False) if not flag.is_note}
    assert not kinds & {FlagKind.LEAK, FlagKind.DUPLICATES, FlagKind.PERSONAL_DATA, FlagKind.FREE_TEXT}


def test_weights_that_cannot_be_used_are_counted_each_kind_apart():
    table = pd.DataFrame({"w": column("w", "1", "-2", None, "heavy", None), "q": list("ababa")})
    flags = list(find_weight_flags(table, book(scale("q", ["a", "b"], "single"), weight_column="w")))
    assert [(flag.rows, flag.suggested) for flag in flags] == [
        ((2, 4), Action.EXCLUDE_COLUMN),
        ((3,), Action.EXCLUDE_COLUMN),
        ((1,), Action.EXCLUDE_COLUMN),
    ]
    assert "2 of 5 weights are missing" in flags[0].sentence


def test_extreme_weights_and_kish_efficiency():
    # nine ones and one 9: 18 ** 2 / (10 * 90) = 36 %
    table = pd.DataFrame({"w": column("w", *["1"] * 9, "9"), "q": list("ab") * 5})
    flags = list(find_weight_flags(table, book(scale("q", ["a", "b"], "single"), weight_column="w")))
    assert [flag.kind for flag in flags] == [FlagKind.WEIGHTING_EFFICIENCY]  # 9 is exactly 5 times 1.8
    assert "effective base of 36% of the respondents (4 of 10" in flags[0].sentence
    heavier = table.assign(w=["1"] * 9 + ["10"])  # mean 1.9, 10 is 5.3 times it
    assert list(find_weight_flags(heavier, book(scale("q"), weight_column="w")))[1].rows == (9,)


def test_a_weight_column_that_was_taken_for_a_question_is_pointed_out():
    table = pd.DataFrame({"weight": column("weight", *["0.5", "1.5", "-1", "0.8"] * 5)})
    question = {"column": "weight", "type": "numeric", "range": [-1, 2]}
    (flag,) = find_weight_flags(table, book(question))
    assert "5 of 20 weights are negative" in flag.sentence


def test_small_constant_silent_and_unused_are_counted():
    codebook = book(scale("q"), scale("p", ["a", "b"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *(["W"] * 110 + ["M"] * 10))})
    answers = pd.DataFrame({"q": [0] * 60 + [2] * 59 + [-1], "p": [0] * 29 + [-1] * 91})
    (constant,) = find_constant(codebook, profiles, answers)
    assert constant.columns == ("p",)
    question, group = find_small_bases(codebook, profiles, answers)
    assert question.columns == ("p",) and '"p" (29)' in question.sentence
    assert group.is_note and '"M" (10)' in group.sentence
    (unused,) = find_unused_options(codebook, answers)
    assert unused.count == 2 and "'Neither' (q), 'b' (p)" in unused.sentence
    (silent,) = find_silent(codebook, answers)
    assert silent.rows == (119,) and silent.sentence == "1 of 120 respondents answered no question."


def test_who_was_screened_out_is_named_with_the_answer_that_did_it():
    fly = scale("fly", ["Never", "Often", "No answer"], "single") | {"non_substantive_options": ["No answer"]}
    codebook = book(*[scale(f"q{i}") for i in range(9)], fly)
    answers = pd.DataFrame({f"q{i}": [0] * 20 + [-1] * 15 for i in range(9)})
    answers["fly"] = [1] * 20 + [0] * 14 + [2]
    (flag,) = find_silent(codebook, answers)
    assert flag.rows == tuple(range(20, 35)) and flag.suggested is Action.DROP_ROWS
    assert flag.sentence == (
        '15 of 35 respondents answered at most 2 of 10 questions; 14 of them said "Never" to "fly".'
    )


def test_long_lists_of_columns_are_shortened():
    assert name_columns(list("abcdefg")) == '"a", "b", "c", "d", "e" and 2 more'
