"""Drawn answers: whose probabilities they follow, at which temperature, and that a seed repeats them."""

import numpy as np

from core.simulation.draws import draw_answers

N = 20_000


def test_each_person_draws_from_their_own_profile():
    table = np.log([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    profile_of = np.repeat([0, 1], N)
    drawn = draw_answers({"tea": table}, profile_of, temperature=1.0)["tea"]
    for profile in (0, 1):
        shares = np.bincount(drawn[profile_of == profile], minlength=3) / N
        # four standard errors of a share of 20,000 draws are at most 0.0141
        assert np.abs(shares - np.exp(table[profile])).max() < 0.0141


def test_a_low_temperature_sharpens():
    # at T = 1/2 shares go with the squares: 0.64 to 0.04
    drawn = draw_answers({"tea": np.log([[0.8, 0.2]])}, np.zeros(N, dtype=int), temperature=0.5)["tea"]
    assert abs((drawn == 0).mean() - 16 / 17) < 4 * (16 / 17 / 17 / N) ** 0.5


def test_the_seed_decides():
    tables = {"a": np.log([[0.5, 0.5]]), "b": np.log([[0.5, 0.5]])}
    first, again, other = (draw_answers(tables, np.zeros(50, dtype=int), 1.0, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first[key], again[key]) for key in tables)
    assert not np.array_equal(first["a"], other["a"])
    assert not np.array_equal(first["a"], first["b"])  # items are drawn independently


def test_a_sum_below_one_leaves_the_last_answer():
    drawn = draw_answers({"a": np.log([[1e-9, 1e-9, 1.0]])}, np.zeros(100, dtype=int), 1.0)["a"]
    assert set(drawn.tolist()) == {2}
