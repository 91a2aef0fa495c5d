import numpy as np
import pytest

from core.lab.pretraining.world import ItemEffects, World
from core.models.planting import EFFECTS


def test_shares_are_the_softmax_of_base_rates_and_effects():
    directions = np.zeros((2, EFFECTS))
    directions[0, 0], directions[1, 0] = 0.5, -0.5
    effects = ItemEffects(np.array([np.log(3.0), 0.0]), directions)
    assert effects.shares(np.zeros(EFFECTS)) == pytest.approx([0.75, 0.25])
    person = np.zeros(EFFECTS)
    person[0] = -np.log(3.0)  # moves the log-odds by -log 3: to even
    assert effects.shares(person) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_surveys_have_legal_sizes_and_a_person_has_unit_spread(level):
    rng = np.random.default_rng(0)
    for _ in range(30):
        world = World.draw(rng, level)
        effects = ItemEffects.draw(rng, world)
        assert 1 <= len(world.effects) <= 17 and len(world.scale) <= EFFECTS
        assert effects.directions.sum(axis=0) == pytest.approx(np.zeros(EFFECTS), abs=1e-9)
        used = len(world.scale)
        total = sum((table[:, :used] ** 2).mean() for table in world.effects)
        assert total == pytest.approx(1.0)
