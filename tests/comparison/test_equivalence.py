import numpy as np
import pytest

from core.comparison.equivalence import interviews_worth


def test_interviews_worth_recovers_the_size_of_a_sample():
    """Shares taken from 80 interviews are worth about 80 interviews."""
    rng, q, worth = np.random.default_rng(3), np.array([0.4, 0.3, 0.2, 0.1]), []
    for _ in range(400):
        real, simulated = rng.multinomial(4000, q) / 4000, (rng.multinomial(80, q) + 0.5) / 82
        worth.append(float((real * np.log(real / simulated)).sum()))
    pooled = interviews_worth(worth, [4] * 400, [4000.0] * 400)
    assert pooled == pytest.approx(80, rel=0.15)


def test_a_perfect_simulation_cannot_be_distinguished_from_the_truth():
    rng, q = np.random.default_rng(5), np.full(4, 0.25)
    distances = [float((s * np.log(s / q)).sum()) for s in rng.multinomial(300, q, 50) / 300]
    assert interviews_worth(distances, [4] * 50, [300.0] * 50) is None or sum(distances) > 50 * 3 / 600
