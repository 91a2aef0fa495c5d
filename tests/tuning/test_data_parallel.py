"""The gradient of a step worked out by several processes."""

from functools import partial

import pytest
import torch

from core.errors import ModelError
from core.models.loading import load_base
from core.tuning import stepper
from core.tuning.data_parallel import DataParallelWorkers
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.stepper import Stepper, add_gradient, make_optimiser
from core.tuning.worker import prepare_model
from tests.tuning.cars_survey import cars


def gradients(workers):
    found = [p.grad.clone() for p in workers.parameters if p.grad is not None]
    workers.model.zero_grad(set_to_none=True)
    return found


@pytest.fixture
def lesson_and_model():
    recipe = Recipe(rank=2, adapter="lora", targets="individual", steps=2)
    loaded = load_base(recipe.base, recipe.adapter)
    setup = TrainingSetup.of(cars(), recipe, loaded)
    return setup, prepare_model(loaded, setup)


@pytest.mark.parametrize("count", [1, 3, 5])
def test_helpers_leave_the_gradient_of_one_process_also_after_a_step(lesson_and_model, count):
    setup, model = lesson_and_model
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=setup.recipe), count=count)
    examples = setup.examples(make_targets(setup)[0])
    try:
        for start in (0, 4):
            batch = [examples[k] for k in range(start, start + 4)]
            shared = workers.step(batch), gradients(workers)
            alone = add_gradient(model, batch, setup.recipe), gradients(workers)
            assert shared[0] == pytest.approx(alone[0], rel=1e-5)
            for ours, theirs in zip(shared[1], alone[1], strict=True):
                assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-6)
            with torch.no_grad():  # the weights move: helpers have to see it
                for parameter in workers.parameters:
                    parameter.add_(0.01)
    finally:
        workers.close()


def test_a_dead_helper_is_told_in_words(lesson_and_model):
    setup, model = lesson_and_model
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=setup.recipe), count=1)
    examples = setup.examples(make_targets(setup)[0])
    try:
        workers._processes[0].kill()
        workers._processes[0].join()
        with pytest.raises(ModelError, match="helped with learning stopped"):
            workers.step([examples[0], examples[1]])
    finally:
        workers.close()


def test_helpers_end_when_the_process_that_learns_is_gone(lesson_and_model):
    setup, model = lesson_and_model
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=setup.recipe), count=2)
    for line in workers._connections:
        line.close()  # what the end of a process does, also when it is killed
    for process in workers._processes:
        process.join(20)
    assert [process.exitcode for process in workers._processes] == [0, 0]


def test_a_process_with_helpers_computes_on_one_core_until_they_are_gone(lesson_and_model):
    setup, model = lesson_and_model
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        workers = DataParallelWorkers(model, partial(add_gradient, recipe=setup.recipe), count=1)
        assert torch.get_num_threads() == 1
        workers.close()
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_without_helpers_everything_happens_here(lesson_and_model, monkeypatch):
    setup, model = lesson_and_model
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=setup.recipe), count=0)
    batch = [setup.examples(make_targets(setup)[0])[0]]
    assert workers.step(batch) == pytest.approx(add_gradient(model, batch, setup.recipe))
    read_together = stepper.add_gradient

    def short_of_memory(model, batch, *args):
        if len(batch) > 1:
            raise MemoryError
        return read_together(model, batch, *args)

    monkeypatch.setattr(stepper, "add_gradient", short_of_memory)
    step = Stepper(model, make_optimiser(model, setup.recipe), setup.recipe, workers)
    step.step(batch * 4)
    assert step.micro_batch == 1  # nobody helps, so fewer bundles are read at once
    workers.close()
