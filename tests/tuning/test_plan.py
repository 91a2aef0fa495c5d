from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import ModelError
from core.models.catalogue import find_base
from core.models.machine import Machine
from core.tuning import plan as planning
from core.tuning.plan import TuningPlan, load_of
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import CODEBOOK

PLAN = TuningPlan(find_base("embedded"), None, True, 700, None, None, "Two cores.")
MACHINE = Machine(16_000_000_000, 8_000_000_000, 2, 1e10)


def test_a_model_that_is_not_here_has_to_be_downloaded_first():
    PLAN.check()
    with pytest.raises(ModelError, match="not on this machine yet"):
        replace(PLAN, is_here=False).check()
    assert PLAN.sentence == "Size and time are known once the model is on this machine."


def test_a_step_has_four_bundles_of_the_expected_size():
    load = load_of(Recipe(base="Qwen/Qwen2.5-0.5B", rank=8, optimiser="adamw_8bit", dropout=0.1))
    assert (load.tokens, load.positions, load.bundles) == (1280, 44, 4)
    assert load_of(Recipe()).positions == 4 * 82  # a token for each line: more prompts in as many tokens
    assert (load.rank, load.eight_bit_adam, load.dropout) == (8, True, True)


def test_time_is_that_of_the_steps_or_the_limit_and_15_seconds_to_start(monkeypatch):
    monkeypatch.setattr(planning, "estimate", lambda *_: SimpleNamespace(seconds_per_step=2.0))
    planned = [
        planning.plan(Recipe(steps=40, max_seconds=limit), CODEBOOK, 100, MACHINE) for limit in (None, 90, 60)
    ]
    assert [(p.steps, p.seconds) for p in planned] == [(40, 95), (40, 95), (40, 75)]


def test_without_a_shape_there_is_neither_time_nor_memory(monkeypatch):
    monkeypatch.setattr(planning, "local_folder", lambda _: None)
    monkeypatch.setattr(planning, "listed", lambda _: None)
    planned = planning.plan(Recipe(steps=40), CODEBOOK, 100, MACHINE)
    assert (planned.shape, planned.fit, planned.seconds, planned.is_here) == (None, None, None, False)
