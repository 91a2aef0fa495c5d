import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodebookError
from core.survey.splits import draw_split, read_split


def test_the_file_may_say_val_and_dev():
    named = pd.Series(["train", "Val", "TEST ", "training", "dev", "holdout"], name="s")
    assert read_split(named).tolist() == ["train", "validation", "test", "train", "validation", "test"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["train", "test", "maybe"], "no split.*first: 4.*'maybe'"),
        (["train", "test", None], "an empty cell"),
        (["train", "test"], "has no respondents.*Got: validation"),
    ],
)
def test_a_split_that_cannot_be_used_is_named(cells, message):
    with pytest.raises(CodebookError, match=message):
        read_split(pd.Series(cells, name="s", dtype="str"))


@given(st.integers(3, 300), st.integers(0, 5))
def test_nobody_is_lost_and_no_split_is_empty(n, seed):
    ids = np.arange(n).astype(str)
    split = draw_split(ids, seed)
    sizes = [(split == name).sum() for name in ("train", "validation", "test")]
    assert sum(sizes) == n and min(sizes) >= 1
    assert sizes[2] == max(1, round(0.2 * n)) and sizes[1] == max(1, round(0.1 * n))
    assert (split == draw_split(ids, seed)).all()


def test_rows_of_one_respondent_stay_together():
    ids = np.repeat(np.arange(50), 3).astype(str)
    split = draw_split(ids, 1).reshape(50, 3)
    assert (split == split[:, :1]).all()
    assert not (draw_split(ids, 1) == draw_split(ids, 2)).all()
