"""The optimiser: the words of the survey learn faster than the layers."""

import torch

from core.models.processes import Processes
from core.tuning import checkpoint, stepper
from core.tuning.recipe import Recipe
from core.tuning.stepper import WORD_RATE, make_optimiser
from tests.tuning.cars_survey import cars
from tests.tuning.test_trainer import lesson_of


def test_words_of_the_survey_have_a_rate_of_their_own():
    setup, model = lesson_of(cars(40), learning_rate=1e-3)
    rate_of = {
        id(p): (group["lr"], group["initial_lr"])
        for group in make_optimiser(model, setup.recipe).param_groups
        for p in group["params"]
    }
    trained = checkpoint.trained(model)
    words = {name for name in trained if "trainable_tokens" in name}
    assert words and len(words) < len(trained) == len(rate_of)
    for name, parameter in trained.items():
        rate = 1e-3 * (WORD_RATE if name in words else 1)
        assert rate_of[id(parameter)] == (rate, rate)
    assert WORD_RATE == 5


class TwoAlike(Processes):
    """The second of two processes whose numbers are always the same."""

    def agreed(self, value):
        return value

    def sum(self, tensor):
        return tensor.mul_(2)


def test_two_processes_pass_equally_often_and_both_have_the_whole_gradient(monkeypatch):
    """Of three bundles the first process reads two; the second reads one, and one that does not count."""
    model, passes = torch.nn.Linear(1, 1, bias=False), []

    def add_gradient(model, batch, recipe, weight):
        passes.append((list(batch), weight))
        (weight * model.weight.sum()).backward()
        return weight

    monkeypatch.setattr(stepper, "add_gradient", add_gradient)
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    steps = stepper.Stepper(model, optimiser, Recipe(), processes=TwoAlike(1, 2))
    steps.micro_batch = 1
    assert steps._gradient(["a", "b", "c"]) == 2
    assert passes == [(["b"], 1.0), (["a"], 0.0)]
    assert model.weight.grad.tolist() == [[2.0]]
