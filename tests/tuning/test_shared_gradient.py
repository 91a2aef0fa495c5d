"""The gradient of a step worked out by several processes."""

from functools import partial

import pytest
import torch

from core.errors import ModelError
from core.models.loading import load_base
from core.tuning import stepper
from core.tuning.lesson import Lesson, make_targets
from core.tuning.parallel import Helpers
from core.tuning.recipe import Recipe
from core.tuning.stepper import Stepper, add_gradient, make_optimiser
from core.tuning.worker import prepare_model
from tests.tuning.cars_survey import cars


def gradients(helpers):
    found = [p.grad.clone() for p in helpers.parameters if p.grad is not None]
    helpers.model.zero_grad(set_to_none=True)
    return found


@pytest.fixture
def lesson_and_model():
    recipe = Recipe(rank=2, adapter="lora", targets="individual", steps=2)
    loaded = load_base(recipe.base, recipe.adapter)
    lesson = Lesson.of(cars(), recipe, loaded)
    return lesson, prepare_model(loaded, lesson)


@pytest.mark.parametrize("count", [1, 3, 5])
def test_helpers_leave_the_gradient_of_one_process_also_after_a_step(lesson_and_model, count):
    lesson, model = lesson_and_model
    helpers = Helpers(model, partial(add_gradient, recipe=lesson.recipe), count=count)
    examples = lesson.examples(make_targets(lesson)[0])
    try:
        for start in (0, 4):
            batch = [examples[k] for k in range(start, start + 4)]
            shared = helpers.step(batch), gradients(helpers)
            alone = add_gradient(model, batch, lesson.recipe), gradients(helpers)
            assert shared[0] == pytest.approx(alone[0], rel=1e-5)
            for ours, theirs in zip(shared[1], alone[1], strict=True):
                assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-6)
            with torch.no_grad():  # the weights move: helpers have to see it
                for parameter in helpers.parameters:
                    parameter.add_(0.01)
    finally:
        helpers.close()


def test_a_dead_helper_is_told_in_words(lesson_and_model):
    lesson, model = lesson_and_model
    helpers = Helpers(model, partial(add_gradient, recipe=lesson.recipe), count=1)
    examples = lesson.examples(make_targets(lesson)[0])
    try:
        helpers._processes[0].kill()
        helpers._processes[0].join()
        with pytest.raises(ModelError, match="helped with learning stopped"):
            helpers.step([examples[0], examples[1]])
    finally:
        helpers.close()


def test_helpers_end_when_the_process_that_learns_is_gone(lesson_and_model):
    lesson, model = lesson_and_model
    helpers = Helpers(model, partial(add_gradient, recipe=lesson.recipe), count=2)
    for line in helpers._lines:
        line.close()  # what the end of a process does, also when it is killed
    for process in helpers._processes:
        process.join(20)
    assert [process.exitcode for process in helpers._processes] == [0, 0]


def test_a_process_with_helpers_computes_on_one_core_until_they_are_gone(lesson_and_model):
    lesson, model = lesson_and_model
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        helpers = Helpers(model, partial(add_gradient, recipe=lesson.recipe), count=1)
        assert torch.get_num_threads() == 1
        helpers.close()
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_without_helpers_everything_happens_here(lesson_and_model, monkeypatch):
    lesson, model = lesson_and_model
    helpers = Helpers(model, partial(add_gradient, recipe=lesson.recipe), count=0)
    batch = [lesson.examples(make_targets(lesson)[0])[0]]
    assert helpers.step(batch) == pytest.approx(add_gradient(model, batch, lesson.recipe))
    read_together = stepper.add_gradient

    def short_of_memory(model, batch, *args):
        if len(batch) > 1:
            raise MemoryError
        return read_together(model, batch, *args)

    monkeypatch.setattr(stepper, "add_gradient", short_of_memory)
    step = Stepper(model, make_optimiser(model, lesson.recipe), lesson.recipe, helpers)
    step.step(batch * 4)
    assert step.together == 1  # nobody helps, so fewer bundles are read at once
    helpers.close()
