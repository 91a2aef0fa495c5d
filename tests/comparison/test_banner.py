"""Banner tables against tables counted by hand, the toplines and the rules about what is never shown."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

from core.comparison.banner import SimulatedPeople, banner
from core.comparison.stub import RowKind
from core.errors import CodebookError
from core.survey.codebook import Codebook, Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import effective_base
from core.survey.topline import toplines
from tests.comparison.survey_factory import small_survey


def guesses(data, seed=0):
    """Made-up answer probabilities of the respondents."""
    rng = np.random.default_rng(seed)
    return {item.key: np.log(rng.dirichlet(np.ones(len(item.answers)), len(data))) for item in data.items}


def as_respondents(data):
    return SimulatedPeople(data.profiles, guesses(data), data.weights, np.ones(len(data)), respondents=True)


@pytest.fixture(scope="module")
def data():
    return small_survey(600, weighted=True)


@pytest.fixture(scope="module")
def made(data):
    return banner(data, as_respondents(data), ["age", "area"])


def by_hand():
    """Twenty women and twenty men: 15 women and 5 men say yes; ratings 0 to 10."""
    book = {
        "title": "By hand",
        "demographics": [{"column": "sex", "label": "Sex", "options": ["Women", "Men"]}],
        "questions": [
            {"column": "yes", "text": "Yes?", "type": "single", "options": ["Yes", "No"]},
            {"column": "rating", "text": "Recommend?", "type": "numeric", "range": [0, 10],
             "non_substantive_options": ["Don't know"]},
        ],
    }  # fmt: skip
    sex = np.repeat(["Women", "Men"], 40)
    yes = np.where(np.tile(np.arange(40), 2) < np.where(sex == "Women", 30, 10), 0, 1)
    rating = np.tile(np.repeat([10, 8, 0, 11], 10), 2)  # promoter, passive, detractor, don't know
    answers = pd.DataFrame({"yes": yes, "rating": rating}).astype("int16")
    profiles = pd.DataFrame({"sex": sex}, dtype="str")
    return SurveyData(
        Codebook.from_dict(book),
        np.arange(80).astype(str),
        profiles,
        answers,
        np.ones(80),
        np.repeat("test", 80),
    )


def test_a_table_counted_by_hand():
    data = by_hand()
    sure = {
        "yes": np.log(np.tile([0.25, 0.75], (80, 1))),
        "rating": np.log(np.tile([0.5, *[1e-300] * 9, 0.25, 0.25], (80, 1))),
    }
    found = banner(data, SimulatedPeople(data.profiles, sure, np.ones(80), np.ones(80)), ["sex"])
    yes, rating = found.tables
    assert [c.label for c in found.columns] == ["Total", "Women", "Men"]
    assert [c.letter for c in found.columns] == ["", "A", "B"]
    np.testing.assert_allclose(yes.rows[0].real, [0.5, 0.75, 0.25])
    np.testing.assert_allclose(yes.rows[0].simulated, [0.25] * 3)
    assert yes.rows[0].letters == ("", "B", "")
    assert yes.rows[1].letters == ("", "", "A")
    assert yes.rows[0].outside.tolist() == [True, True, False]  # margins 0.110, 0.134, 0.134
    assert yes.n.tolist() == [80, 40, 40]
    mean, nps = rating.rows[-2:]
    assert (mean.kind, nps.kind) == (RowKind.MEAN, RowKind.NPS)
    np.testing.assert_allclose(mean.real, [6.0] * 3)  # (10 + 8 + 0) / 3, don't knows left out
    np.testing.assert_allclose(nps.real, [0.0] * 3, atol=1e-12)
    np.testing.assert_allclose(mean.simulated, [10 / 3] * 3)  # 0 twice as often as 10
    np.testing.assert_allclose(nps.simulated, [-100 / 3] * 3)


def test_the_total_is_the_topline(data, made):
    for topline, table in zip(toplines(data), made.tables, strict=True):
        assert (table.n[0], table.effective[0]) == (topline.n, pytest.approx(topline.effective_base))
        assert table.weighted[0] == pytest.approx(topline.weighted_base)
        if topline.question.type is not QuestionType.NUMERIC:  # the topline's steps of numbers are others
            for row, expected in zip(table.rows, topline.rows, strict=False):
                assert row.label == expected.answer
                assert row.real[0] == pytest.approx(expected.share)
                assert row.margin[0] == pytest.approx(expected.margin)
        if topline.mean is not None:
            mean = next(row for row in table.rows if row.kind is RowKind.MEAN)
            assert (mean.real[0], mean.margin[0]) == pytest.approx((topline.mean, topline.mean_margin))


def test_letters_agree_with_statsmodels_on_weighted_counts(data, made):
    ages = [i for i, column in enumerate(made.columns) if column.column == "age"]
    for table in made.tables:
        for row in (row for row in table.rows if row.kind.is_share):
            for i in ages:
                larger_than = {
                    made.columns[j].letter if p < 0.05 else made.columns[j].letter.lower()
                    for j in ages
                    if j != i and row.real[j] < row.real[i] and row.real[j] > 0
                    for p in [
                        proportions_ztest((row.real * table.effective)[[i, j]], table.effective[[i, j]])[1]
                    ]
                    if p < 0.1
                }
                assert set(row.letters[i]) == larger_than, (table.question.column, row.label)
    assert any(letter for table in made.tables for row in table.rows for letter in row.letters)


def test_columns_with_a_small_effective_base_are_hidden_on_both_sides(data):
    answers = data.answers.copy()
    oldest = (data.profiles["age"] == "55+").fillna(False).to_numpy(dtype=bool)
    answers.loc[np.flatnonzero(oldest)[25:], "car"] = -1
    found = banner(replace(data, answers=answers), as_respondents(data), ["age"])
    table, hidden = found.table("car"), [c.label for c in found.columns].index("55+")
    assert table.suppressed.tolist() == [False, False, False, True]
    for row in table.rows:
        assert np.isnan([row.real[hidden], row.simulated[hidden], row.margin[hidden]]).all()
        assert "C" not in "".join(row.letters).upper()


def test_a_category_with_a_small_effective_base_in_the_whole_survey_is_left_out(data):
    weights = data.weights.copy()
    middle = (data.profiles["age"] == "35-54").fillna(False).to_numpy(dtype=bool)
    weights[np.flatnonzero(middle)[0]] = 500  # over 200 people, but one of them decides
    uneven = replace(data, weights=weights / weights.mean())
    found = banner(uneven, as_respondents(uneven), ["age"])
    assert [(c.label, c.letter) for c in found.columns] == [("Total", ""), ("18-34", "A"), ("55+", "B")]
    assert [(c.group, c.label) for c in found.left_out] == [("Age", "35-54")]


def test_more_simulated_people_change_nothing_but_their_number(data):
    few = as_respondents(data)
    many = replace(few, weights=few.weights * 1000, count=few.count * 1000)
    one, other = (banner(data, people, ["age", "area"]) for people in (few, many))
    for a, b in zip(one.tables, other.tables, strict=True):
        np.testing.assert_array_equal(a.people * 1000, b.people)
        for left, right in zip(a.rows, b.rows, strict=True):
            assert left.letters == right.letters
            np.testing.assert_array_equal(left.margin, right.margin)
            np.testing.assert_allclose(left.simulated, right.simulated)


def test_distinct_profiles_with_counts_are_the_people_they_stand_for(data):
    people = SimulatedPeople(data.profiles, guesses(data), np.ones(len(data)), np.ones(len(data)))
    twice = np.repeat(np.arange(len(data)), 2)
    tables = {key: table[twice] for key, table in people.logprob.items()}
    copied = SimulatedPeople(
        data.profiles.iloc[twice].reset_index(drop=True), tables, np.ones(len(twice)), np.ones(len(twice))
    )
    counted = replace(people, weights=np.full(len(data), 2.0), count=np.full(len(data), 2.0))
    for a, b in zip(banner(data, copied, ["age"]).tables, banner(data, counted, ["age"]).tables, strict=True):
        for left, right in zip(a.rows, b.rows, strict=True):
            np.testing.assert_allclose(left.simulated, right.simulated)


def test_the_same_people_stand_on_both_sides_of_a_comparison_with_respondents(data, made):
    for table in made.tables:
        np.testing.assert_array_equal(table.people, table.n)
    agree = made.table("agree")
    answered = (data.answers["agree"] >= 0).to_numpy()
    expected = np.average(np.exp(guesses(data)["agree"])[answered], axis=0, weights=data.weights[answered])
    np.testing.assert_allclose([row.simulated[0] for row in agree.rows[:4]], expected)
    assert agree.effective[0] == pytest.approx(effective_base(data.weights[answered]))


def test_generated_respondents_get_no_letters_and_no_margins(data):
    book = data.codebook
    generated = replace(data, codebook=replace(book, extra={**book.extra, "generated": True}))
    found = banner(generated, as_respondents(generated), ["age", "area"])
    assert not found.tested
    for row in (row for table in found.tables for row in table.rows):
        assert not any(row.letters)
        assert np.isnan(row.margin).all() and not row.outside.any()
    assert banner(generated, as_respondents(generated), ["area"], tested=True).tested


def test_a_stricter_correction_never_adds_letters(data):
    found = {
        c: banner(data, as_respondents(data), ["age"], correction=c) for c in ("none", "fdr", "bonferroni")
    }
    count = {
        name: sum(len(text) for table in made.tables for row in table.rows for text in row.letters)
        for name, made in found.items()
    }
    assert count["bonferroni"] <= count["fdr"] <= count["none"]
    assert count["none"] > 0


def test_temperature_acts_on_the_simulated_side_only(data, made):
    cold = banner(data, as_respondents(data), ["age", "area"], temperature=0.2)
    for a, b in zip(made.tables[0].rows, cold.tables[0].rows, strict=True):
        np.testing.assert_array_equal(a.real, b.real)
        assert not np.allclose(a.simulated, b.simulated)


def test_an_unknown_demographic_is_named(data):
    with pytest.raises(CodebookError, match=r"no such demographic.*shoe size.*sex, age, area"):
        banner(data, as_respondents(data), ["shoe size"])


def test_who_did_not_give_the_demographic_is_in_the_total_only(data, made):
    table = made.table("car")
    ages = [i for i, column in enumerate(made.columns) if column.column == "age"]
    assert table.n[ages].sum() == data.profiles["age"].notna().sum() < table.n[0]


def test_a_box_is_the_sum_of_the_shares_it_names(data):
    question = Question("agree", "Q", QuestionType.ORDINAL, ("a", "b", "c", "d"))
    book = replace(data.codebook, questions=(question,))
    (table,) = banner(replace(data, codebook=book), as_respondents(data), ["age"]).tables
    shares = [row for row in table.rows if row.kind is RowKind.SHARE]
    top, bottom = (row for row in table.rows if row.kind is RowKind.BOX)
    assert (top.label, bottom.label) == ("Top 2 box: c, d", "Bottom 2 box: a, b")
    for side in ("real", "simulated"):
        np.testing.assert_allclose(getattr(top, side), getattr(shares[2], side) + getattr(shares[3], side))
        np.testing.assert_allclose(getattr(bottom, side), getattr(shares[0], side) + getattr(shares[1], side))


def test_a_question_without_simulated_or_without_real_answers_has_no_table():
    data = by_hand()
    simulated = as_respondents(data)
    only = replace(simulated, logprob={"rating": simulated.logprob["rating"]})
    assert [t.question.column for t in banner(data, only).tables] == ["rating"]
    silent = replace(data, answers=data.answers.assign(rating=np.int16(-1)))
    assert [t.question.column for t in banner(silent, simulated).tables] == ["yes"]
