"""Protected counts: 2 x 2 tables by hand, what cannot be told from them, and what is left of large tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load

from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData
from core.tuning.partial_profiles import Expectation
from core.tuning.protected_counts import protected_moments
from core.tuning.stacked_regression import fit_stacked_regression


def one_hot_of(codes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    parts = [codes[:, [k]] == np.arange(size) for k, size in enumerate(sizes)]
    return np.concatenate(parts, axis=1).astype(float)


def people_in(table: list[list[int]]) -> np.ndarray:
    """Codes (n, 2) of the people in a table of two demographics."""
    counts = np.array(table)
    return np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)


def moments(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    codes = people_in(table)
    return protected_moments(
        one_hot_of(codes, np.array(table).shape), np.array(table).shape, np.ones(len(codes))
    )


def test_a_small_cell_is_what_independence_gives_at_most_half_of_the_threshold():
    """One of 100 has both first options: of 20 and 40, 8 by independence, so half of 5.

    Table 2.5 20 / 40 40: rows 22.5 and 80, columns 42.5 and 60, in all 102.5. The deviations from 20 % and
    40 % add up to 2.5 - 0.4 * 22.5 - 0.2 * 42.5 + 0.08 * 102.5 = -6.8; the true ones to 1 - 8 = -7.
    """
    centre, covariance = moments([[1, 19], [39, 41]])
    assert centre == pytest.approx([0.2, 0.8, 0.4, 0.6])
    assert covariance[:2, 2:] == pytest.approx(np.array([[-0.068, 0.068], [0.068, -0.068]]))
    assert covariance[:2, :2] == pytest.approx(np.array([[0.16, -0.16], [-0.16, 0.16]]))


def test_where_few_are_expected_a_small_cell_is_independence():
    """Three of 200; of 10 and 20, one by independence.

    Table 1 5 / 15 175: rows 6 and 190, columns 16 and 180, in all 196; 1 - 0.1 * 6 - 0.05 * 16 + 0.005 * 196.
    """
    _, covariance = moments([[3, 7], [17, 173]])
    assert covariance[0, 2] == pytest.approx(0.58 / 200)


def test_nothing_tells_whether_a_pair_was_nobody_one_or_two_people():
    """Not even the rest of its row and its column."""
    found = [moments([[k, 20 - k], [40 - k, 40 + k]]) for k in (0, 1, 2)]
    for centre, covariance in found[1:]:
        assert centre.tobytes() == found[0][0].tobytes()
        assert covariance.tobytes() == found[0][1].tobytes()
    assert moments([[8, 12], [32, 48]])[1][0, 2] != found[0][1][0, 2]


def test_a_rare_option_is_as_rare_as_any_other():
    found = [moments([[k, 0], [50, 50 - k]])[0] for k in (0, 1, 2)]
    assert found[0][:2] == pytest.approx([2.5 / 102.5, 100 / 102.5])
    assert [centre.tolist() for centre in found[1:]] == [found[0].tolist()] * 2


def test_one_heavy_person_is_one_person():
    """Who weighs 6 is still not counted: 2.5 with 25, 45 and 105 in place of 20, 40 and 100.

    Shares 25 / 105 and 45 / 105. Table 2.5 20 / 40 40, rows 22.5, columns 42.5, in all 102.5.
    """
    codes = people_in([[1, 19], [39, 41]])
    weights = np.where(codes.any(axis=1), 1.0, 6.0)
    centre, covariance = protected_moments(one_hot_of(codes, (2, 2)), np.array([2, 2]), weights)
    a, b = 25 / 105, 45 / 105
    assert centre[[0, 2]] == pytest.approx([a, b])
    assert covariance[0, 2] == pytest.approx((2.5 - b * 22.5 - a * 42.5 + a * b * 102.5) / 105)


@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 3), max_size=60), st.integers(0, 99))
def test_the_covariance_is_one_of_options_for_any_survey(people, seed):
    codes, sizes = np.array(people, dtype=int).reshape(-1, 3), np.array([3, 3, 3])
    weights = np.random.default_rng(seed).random(len(codes)) * 3
    found = Expectation.of(one_hot_of(codes, sizes), sizes, weights)
    assert found.centre.reshape(3, 3).sum(axis=1) == pytest.approx(1)
    assert np.array_equal(found.covariance, found.covariance.T)
    assert np.linalg.eigvalsh(found.covariance).min() > 0
    raw = protected_moments(one_hot_of(codes, sizes), sizes, weights)[1]
    assert raw.reshape(9, 3, 3).sum(axis=2) == pytest.approx(0, abs=1e-9)


def test_of_large_tables_almost_everything_is_left():
    """Each of 9 cells is moved by at most 2.5 of 4000 people, and their rows with them."""
    rng = np.random.default_rng(0)
    first = rng.integers(0, 3, 4000)
    codes = np.stack([first, np.where(rng.random(4000) < 0.6, first, rng.integers(0, 3, 4000))], axis=1)
    sizes, one_hot = np.array([3, 3]), one_hot_of(codes, (3, 3))
    found, exact = (f(one_hot, sizes, np.ones(4000)) for f in (Expectation.of, Expectation.exact))
    assert found.centre == pytest.approx(exact.centre, abs=2.5 / 4000)
    assert found.covariance == pytest.approx(exact.covariance, abs=10 / 4000)


def survey_of(table: list[list[int]]) -> SurveyData:
    codes = people_in(table)
    book = Codebook(
        "t",
        (Demographic("a", "A", ("x", "y")), Demographic("b", "B", ("x", "y"))),
        (Question("q", "?", QuestionType.SINGLE, ("Yes", "No")),),
    )
    profiles = pd.DataFrame(np.array(["x", "y"], dtype=object)[codes], columns=["a", "b"])
    answers = pd.DataFrame({"q": np.zeros(len(codes), dtype="int16")})
    ids, split = np.arange(len(codes)).astype(str), np.full(len(codes), "train", dtype=object)
    return SurveyData(book, ids, profiles, answers, np.ones(len(codes)), split)


def test_no_array_of_the_published_teacher_tells_a_small_cell(tmp_path):
    """Nor arrays by which one could find it: everything but effects on answers is the same to the bit."""
    written = []
    for k in (0, 1, 2):
        data = survey_of([[k, 20 - k], [40 - k, 40 + k]])
        fit_stacked_regression(data, data.take(np.arange(0)), data.items).write(tmp_path / str(k))
        written.append(load((tmp_path / str(k) / "stacked_regression.safetensors").read_bytes()))
    demographic = {name for name in written[0] if not name.endswith("effects")}
    assert {name.rpartition(".")[2] for name in demographic} == {
        *("0", "weights", "complete"),  # answers' bands and shares, weights of the members, patterns
        *("sizes", "ordered", "missing", "pairs", "middle", "centre", "covariance"),
    }
    for name in demographic:
        assert all(other[name].tobytes() == written[0][name].tobytes() for other in written[1:]), name
