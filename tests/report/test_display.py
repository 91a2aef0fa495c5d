from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.report.display import bars, label_lines, wrap


def question(answers, kind, simulated=None):
    k = len(answers)
    real = np.full(k, 1 / k)
    simulated = np.tile(real, (3, 1)) if simulated is None else simulated
    return SimpleNamespace(
        column="q", text="Q", type=kind, answers=tuple(answers), real=real, simulated=simulated
    )


def test_a_hundred_and_one_numbers_become_eleven_bars_and_dont_know_keeps_its_own():
    shown = bars(question([str(i) for i in range(101)] + ["Don't know"], "numeric"))
    assert shown.answers[:2] == ("0 to 9", "10 to 19")
    assert shown.answers[-2:] == ("100", "Don't know")
    assert len(shown.answers) == 12
    assert shown.binned
    np.testing.assert_allclose(shown.real[0], 10 / 102)
    np.testing.assert_allclose(shown.simulated[:, -2], 1 / 102)


def test_bars_of_numbers_keep_the_exact_total():
    simulated = np.random.default_rng(0).dirichlet(np.ones(101), size=5)
    shown = bars(question([str(i) for i in range(101)], "numeric", simulated))
    np.testing.assert_allclose(shown.simulated.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(shown.simulated[:, 3], simulated[:, 30:40].sum(axis=1))


def test_few_numbers_and_options_that_look_like_numbers_stay_as_they_are():
    assert bars(question(["0", "1", "2"], "numeric")).answers == ("0", "1", "2")
    options = tuple(str(i) for i in range(40))
    assert bars(question(options, "single")).answers == options
    assert not bars(question(options, "single")).binned


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
