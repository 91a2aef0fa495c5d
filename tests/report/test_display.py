from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.comparison.sweep import sweep
from core.report.display import bars, label_lines, wrap
from core.survey.answer_bands import answer_bands
from core.survey.codebook import Codebook, Question, QuestionType
from core.survey.respondents import SurveyData
from tests.comparison.survey_factory import small_survey


def question(asked, simulated=None):
    """A question of a sweep; everybody says its first answer unless shares are given."""
    (item,) = asked.items
    data = SurveyData(
        codebook=Codebook("t", (), (asked,)),
        ids=np.array(["r"], dtype=object),
        profiles=pd.DataFrame(index=[0]),
        answers=pd.DataFrame({"q": [0]}, dtype="int16"),
        weights=np.ones(1),
        split=np.array(["test"], dtype=object),
    )
    k = len(item.answers)
    (found,) = sweep(data, {"q": np.full((1, k), -np.log(k))}).questions
    return found if simulated is None else replace(found, simulated=simulated)


def numbers(low, high, *refusals):
    return Question("q", "Q", QuestionType.NUMERIC, range=(low, high), non_substantive=refusals)


def test_a_hundred_and_one_numbers_become_eleven_bars_and_dont_know_keeps_its_own():
    shown = bars(question(numbers(0, 100, "Don't know")))
    assert shown.answers[:2] == ("0 to 9", "10 to 19")
    assert shown.answers[-2:] == ("100", "Don't know")
    assert len(shown.answers) == 12
    assert shown.binned
    np.testing.assert_allclose(shown.real[0], 1)
    np.testing.assert_allclose(shown.simulated[:, -2], 1 / 102)


def test_bars_of_numbers_keep_the_exact_total():
    simulated = np.random.default_rng(0).dirichlet(np.ones(101), size=5)
    shown = bars(question(numbers(0, 100), simulated))
    np.testing.assert_allclose(shown.simulated.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(shown.simulated[:, 3], simulated[:, 30:40].sum(axis=1))


def test_few_numbers_and_options_that_look_like_numbers_stay_as_they_are():
    assert bars(question(numbers(0, 2))).answers == ("0", "1", "2")
    shown = bars(question(Question("q", "Q", QuestionType.SINGLE, tuple(str(i) for i in range(40)))))
    assert shown.answers == tuple(str(i) for i in range(40))
    assert not shown.binned


def test_select_all_that_apply_has_a_bar_for_each_option_and_numbers_those_of_their_distances():
    data = small_survey()
    uniform = {i.key: np.full((len(data), len(i.answers)), -np.log(len(i.answers))) for i in data.items}
    found = sweep(data, uniform)
    uses, liking = bars(found.question("uses")), bars(found.question("liking"))
    assert uses.answers == ("Work", "Shopping", "Leisure") and not uses.binned
    assert liking.answers == answer_bands(data.codebook.question("liking").items[0]).labels
    assert liking.real.sum() == pytest.approx(1)


@given(st.text(max_size=200))
def test_wrapping_loses_no_word(text):
    lines = wrap(text)
    assert lines
    if text.split():
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_long_labels_take_at_most_three_lines():
    answer = "Yes, a very rude thing to do when the person behind is having a full meal on a small tray table"
    lines = label_lines((answer, "No"))
    assert len(lines[0]) <= 3
    assert " ".join(lines[0]) == answer
    assert lines[1] == ["No"]
