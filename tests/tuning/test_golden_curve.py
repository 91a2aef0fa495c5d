"""A short run whose losses are written down: whatever changes how a model learns changes them.

Rates of layers and words, warm-up and decay, clipping, the parts of the loss, labels, weights, bundles and
their order, adapter and scoring all leave their mark. Where a change is meant, write the file anew with
``python -m tests.tuning.test_golden_curve`` and say in the commit why the numbers moved.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.models.loading import load_base
from core.tuning.recipe import Recipe
from core.tuning.respondent_loss import mean_nll
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.trainer import train
from core.tuning.worker import prepare_model
from tests.skewed_survey import skewed_survey

GOLDEN = Path(__file__).with_name("golden_curve.json")
RECIPE = Recipe(adapter="lora", rank=4, steps=32, seed=3)
TOLERANCE = 2e-5
"""Of a loss, relative; other instruction sets of a processor move one by 2e-7."""


class Notes:
    """Writes down the loss of every step."""

    keep_asked = False

    def __init__(self):
        self.losses = []

    def on_step(self, state, total, tokens):
        self.losses.append(state.losses[-1])

    def on_check(self, state):
        return None


def run(folder):
    """Loss of every step, what was chosen for the labels, and validation NLL before and after."""
    data = skewed_survey(300, seed=2)
    data = replace(data, split=np.resize(["train"] * 7 + ["validation"] * 3, len(data)).astype(object))
    loaded = load_base(RECIPE.base, RECIPE.adapter)
    setup = TrainingSetup.of(data, RECIPE, loaded)
    model, notes = prepare_model(loaded, setup), Notes()
    targets, chosen, _ = make_targets(setup)

    def nll():
        return mean_nll(setup.score(model, setup.validation), setup.validation, setup.items)

    before = nll()
    train(model, setup.examples(targets), RECIPE, setup.steps, folder, notes)
    return {"losses": notes.losses, "before": before, "after": nll(), **vars(chosen)}


def test_a_short_run_has_the_losses_it_had(tmp_path):
    found, golden = run(tmp_path), json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert found.keys() == golden.keys()
    for name, expected in golden.items():
        assert found[name] == pytest.approx(expected, rel=TOLERANCE), name
    assert found["after"] < found["before"] - 0.02


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        GOLDEN.write_text(json.dumps(run(Path(made)), indent=1) + "\n", encoding="utf-8")
