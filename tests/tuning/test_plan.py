from dataclasses import replace

import pytest

from core.errors import ModelError
from core.models.catalogue import find_base
from core.tuning.plan import TuningPlan, load_of
from core.tuning.recipe import Recipe

PLAN = TuningPlan(find_base("embedded"), None, True, 700, None, None, "Two cores.")


def test_a_model_that_is_not_here_has_to_be_downloaded_first():
    PLAN.check()
    with pytest.raises(ModelError, match="not on this machine yet"):
        replace(PLAN, is_here=False).check()
    assert PLAN.sentence == "Size and time are known once the model is on this machine."


def test_a_step_has_four_bundles_of_the_expected_size():
    load = load_of(Recipe(rank=8, optimiser="adamw_8bit", dropout=0.1))
    assert (load.tokens, load.positions, load.bundles) == (1280, 44, 4)
    assert (load.rank, load.eight_bit_adam, load.dropout) == (8, True, True)
