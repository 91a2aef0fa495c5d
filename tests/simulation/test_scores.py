"""Scores of distinct profiles: their file, whose they are, and the slope correction by hand."""

import numpy as np
import pandas as pd
import pytest

from core.simulation.scores import Scores, distinct_profiles
from tests.tuning.cars_survey import CODEBOOK


def test_scores_survive_their_file(tmp_path):
    items = CODEBOOK.items
    rng = np.random.default_rng(0)
    scores = Scores(
        {i.key: np.log(rng.dirichlet(np.ones(len(i.answers)), 3)) for i in items},
        {i.key: rng.random(3) for i in items},
    )
    scores.write(tmp_path / "scores.parquet")
    again = Scores.read(tmp_path / "scores.parquet", items)
    for item in items:
        assert np.array_equal(again.logprob[item.key], scores.logprob[item.key])
        assert np.array_equal(again.mass[item.key], scores.mass[item.key])


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    """They were written as one frame, its row groups anywhere: here in the middle of an item."""
    items = CODEBOOK.items[:2]
    tables = {i.key: np.log(np.full((3, len(i.answers)), 1 / len(i.answers))) for i in items}
    frames = [
        pd.DataFrame(
            {
                "cell_id": np.repeat(np.arange(3), table.shape[1]),
                "question": key,
                "option_index": np.tile(np.arange(table.shape[1]), 3),
                "logprob": table.ravel(),
                "in_option_mass": np.repeat([0.1, 0.2, 0.3], table.shape[1]),
            }
        )
        for key, table in tables.items()
    ]
    pd.concat(frames, ignore_index=True).to_parquet(tmp_path / "s.parquet", index=False, row_group_size=4)
    again = Scores.read(tmp_path / "s.parquet", items)
    for key, table in tables.items():
        assert np.array_equal(again.logprob[key], table)
        assert again.mass[key].tolist() == [0.1, 0.2, 0.3]


def test_equal_profiles_are_scored_once_and_missing_is_a_value():
    profiles = pd.DataFrame({"a": ["x", None, "x", None], "b": ["y", "y", "y", None]})
    distinct, profile_of = distinct_profiles(profiles)
    assert profile_of.tolist() == [0, 1, 0, 2] and len(distinct) == 3
    assert distinct.iloc[profile_of].reset_index(drop=True).equals(profiles)


def test_people_get_the_row_of_their_profile():
    scores = Scores({"owns": np.log([[0.8, 0.2], [0.4, 0.6]])}, {"owns": np.ones(2)})
    rows = np.exp(scores.of(np.array([1, 0, 1]))["owns"])
    assert rows[:, 0] == pytest.approx([0.4, 0.8, 0.4])
    assert np.exp(scores.rows_of(1, CODEBOOK.items[:1])["owns"]) == pytest.approx([0.4, 0.6])


def test_the_slope_correction_moves_only_the_items_it_is_given():
    table = np.log([[0.8, 0.2]])
    scores = Scores({"owns": table, "rating": table}, {})
    moved = scores.with_slope_correction({"owns": np.log([0.5, 0.5])}, 1.0)
    # odds of 4 against 1 to 1 of the no-persona prompt become 16
    assert np.exp(moved.logprob["owns"]) == pytest.approx(np.array([[16 / 17, 1 / 17]]))
    assert moved.logprob["rating"] is table and scores.logprob["owns"] is table
