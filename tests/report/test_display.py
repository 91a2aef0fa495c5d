from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.comparison.bands import answer_bands
from core.report.display import bars, label_lines, wrap
from core.survey.questions import Question, QuestionType


def question(kind, simulated=None, **settings):
    """Of a question with these settings every answer is equally likely, or as `simulated` says."""
    (item,) = Question("q", "Q", kind, **settings).items
    real = np.full(len(item.answers), 1 / len(item.answers))
    simulated = np.tile(real, (3, 1)) if simulated is None else simulated
    return SimpleNamespace(answers=item.answers, bands=answer_bands(item), real=real, simulated=simulated)


def test_a_hundred_and_one_numbers_become_eleven_bars_and_dont_know_keeps_its_own():
    shown = bars(question(QuestionType.NUMERIC, range=(0, 100), non_substantive=("Don't know",)))
    assert shown.answers[:2] == ("0 to 9", "10 to 19")
    assert shown.answers[-2:] == ("100", "Don't know")
    assert len(shown.answers) == 12
    assert shown.binned
    np.testing.assert_allclose(shown.real[0], 10 / 102)
    np.testing.assert_allclose(shown.simulated[:, -2], 1 / 102)


def test_bars_of_numbers_keep_the_exact_total():
    simulated = np.random.default_rng(0).dirichlet(np.ones(101), size=5)
    shown = bars(question(QuestionType.NUMERIC, simulated, range=(0, 100)))
    np.testing.assert_allclose(shown.simulated.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(shown.simulated[:, 3], simulated[:, 30:40].sum(axis=1))


def test_few_numbers_and_options_that_look_like_numbers_stay_as_they_are():
    assert bars(question(QuestionType.NUMERIC, range=(0, 2))).answers == ("0", "1", "2")
    options = tuple(str(i) for i in range(40))
    shown = bars(question(QuestionType.SINGLE, options=options))
    assert shown.answers == options
    assert not shown.binned


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
