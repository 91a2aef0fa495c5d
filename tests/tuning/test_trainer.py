"""Runs that end early, are kept, killed and taken up again, or run out of memory."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.models.loading import load_base
from core.models.processes import Processes
from core.tuning import checkpoint, stepper, trainer
from core.tuning.recipe import Recipe
from core.tuning.respondent_loss import RespondentLosses
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.stepper import Stepper, batch_loss, make_optimiser
from core.tuning.trainer import train
from core.tuning.worker import prepare_model
from tests.tuning.cars_survey import cars


def losses(nll, n=4):
    """Everybody loses so much, so every difference is beyond chance."""
    return RespondentLosses(np.full(n, nll), np.full(n, 1 / n))


class VariantCallback:
    """Sees every step; `nlls` are what the checks say, `at` is called with every step."""

    def __init__(self, nlls=(), at=lambda step: None):
        self.nlls, self.at, self.keep_asked, self.steps = list(nlls), at, False, []

    def on_step(self, state, total, tokens):
        self.steps.append(state.step)
        self.at(state.step)

    def on_check(self, state):
        return losses(self.nlls.pop(0)) if self.nlls else None


@pytest.fixture(scope="module")
def survey():
    return cars()


def lesson_of(survey, **settings):
    recipe = Recipe(**{"steps": 8, "rank": 2, "targets": "individual"} | settings)
    loaded = load_base(recipe.base, recipe.adapter)
    setup = TrainingSetup.of(survey, recipe, loaded)
    return setup, prepare_model(loaded, setup)


def run(survey, folder, callback, check_every=None, **settings):
    setup, model = lesson_of(survey, **settings)
    examples = setup.examples(make_targets(setup)[0])
    state, ending = train(model, examples, setup.recipe, setup.steps, folder, callback, check_every)
    return {name: p.detach().clone() for name, p in checkpoint.trained(model).items()}, state, ending


class Killed(Exception):
    pass


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.2}, {"dora": True, "adapter": "lora"}])
def test_a_killed_run_goes_on_to_the_same_weights(survey, tmp_path, monkeypatch, settings):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    whole, state, _ = run(survey, tmp_path / "whole", VariantCallback(), **settings)

    def kill(step):
        if step == 5:
            raise Killed

    with pytest.raises(Killed):
        run(survey, tmp_path / "killed", VariantCallback(at=kill), **settings)
    torch.manual_seed(99)  # whatever else the new process did
    callback = VariantCallback()
    resumed, again, _ = run(survey, tmp_path / "killed", callback, **settings)
    assert callback.steps == [5, 6, 7, 8]  # step 5 was not saved before the kill
    assert again.losses == state.losses
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def test_a_checkpoint_that_was_being_written_is_not_used(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    run(survey, tmp_path, VariantCallback(), steps=3)
    (tmp_path / ".step-0000009").mkdir()
    assert checkpoint.newest(tmp_path).name == "step-0000003"


def test_only_the_newest_checkpoint_is_kept(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    run(survey, tmp_path, VariantCallback(), steps=3)
    assert [p.name for p in tmp_path.iterdir()] == ["step-0000003"]


def test_a_full_disk_costs_a_checkpoint_and_not_the_run(survey, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_bytes", full)
    _, state, ending = run(survey, tmp_path, VariantCallback(nlls=[2.0, 1.0, 1.0, 1.0]), 1, steps=3)
    assert (state.step, ending) == (3, "steps")
    assert "No space left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_stop_and_keep_ends_after_the_step(survey, tmp_path):
    callback = VariantCallback()

    def ask(step):
        callback.keep_asked = step == 2

    callback.at = ask
    _, state, ending = run(survey, tmp_path, callback)
    assert (state.step, ending) == (2, "kept")


def test_a_run_settles_when_validation_no_longer_improves(survey, tmp_path):
    """Checks after steps 1-3 say 1.5, 1.6, 1.7: two without gain, so the rate falls for one step more.

    The last look says 1.8, so the weights of the first check come back: those of step 1, averaged alone.
    """
    weights = {}
    callback = VariantCallback(nlls=[2.0, 1.5, 1.6, 1.7, 1.8])
    setup, model = lesson_of(survey, patience=2)
    callback.at = lambda step: weights.update(
        {step: {n: p.detach().clone() for n, p in checkpoint.trained(model).items()}}
    )
    examples = setup.examples(make_targets(setup)[0])
    state, ending = train(model, examples, setup.recipe, 20, tmp_path, callback, 1)
    assert (state.decay_from, state.step, state.best_step, ending) == (3, 4, 1, "early")
    assert state.untuned_nll == 2.0
    assert all(torch.equal(p, weights[1][n]) for n, p in checkpoint.trained(model).items())


def test_a_check_looks_at_the_average_of_the_weights_since_the_last_one(survey, tmp_path):
    """Also after a kill between two checks; the weights themselves go on undisturbed."""
    setup, model = lesson_of(survey, steps=12)
    seen, checked = {}, {}

    def weights():
        return {n: p.detach().clone() for n, p in checkpoint.trained(model).items()}

    class Looking(VariantCallback):
        def on_step(self, state, total, tokens):
            seen[state.step] = weights()

        def on_check(self, state):
            checked[state.step] = weights()

    train(model, setup.examples(make_targets(setup)[0]), setup.recipe, 12, tmp_path, Looking(), 4)
    for last in (4, 8):
        for name, found in checked[last].items():
            mean = torch.stack([seen[step][name] for step in range(last - 3, last + 1)]).mean(0)
            assert torch.allclose(found, mean, atol=1e-6)
    assert all(torch.equal(checked[12][name], found) for name, found in seen[12].items())  # the last weights
    plain, _, _ = run(survey, tmp_path / "plain", VariantCallback(), steps=12)
    assert all(torch.equal(plain[name], found) for name, found in seen[12].items())


def test_the_average_survives_a_kill(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    checked = []

    class Looking(VariantCallback):
        def on_check(self, state):
            if state.step == 4:
                checked.append({n: p.detach().clone() for n, p in checkpoint.trained(self.model).items()})

    def look(folder, at=lambda step: None):
        setup, model = lesson_of(survey, steps=6)
        callback = Looking(at=at)
        callback.model = model
        train(model, setup.examples(make_targets(setup)[0]), setup.recipe, 6, folder, callback, 4)

    def kill(step):
        if step == 3:
            raise Killed

    look(tmp_path / "whole")
    with pytest.raises(Killed):
        look(tmp_path / "killed", kill)
    look(tmp_path / "killed")
    whole, resumed = checked
    assert all(torch.equal(whole[name], found) for name, found in resumed.items())


def test_the_last_weights_stay_when_earlier_ones_are_not_better_beyond_chance(survey, tmp_path):
    """Better by 0.01 on average, by 0.03 to worse by 0.01: a standard error of 0.008, of which 2 count."""
    earlier, last = np.array([1.49, 1.47, 1.51, 1.49]), np.full(4, 1.5)
    said = [
        losses(2.0),
        RespondentLosses(earlier, np.full(4, 0.25)),
        RespondentLosses(last, np.full(4, 0.25)),
    ]
    callback = VariantCallback()
    callback.on_check = lambda state: said.pop(0)
    _, state, _ = run(survey, tmp_path, callback, 2, steps=3, targets="smoothed")
    assert (state.best_step, state.best_nll) == (3, 1.5)


def test_a_time_limit_ends_the_run_and_its_rate_falls_before(survey, tmp_path, monkeypatch):
    """A second a step: of 12 seconds, 10 are learned as usual."""
    clock = [0.0]
    callback = VariantCallback(at=lambda step: clock.__setitem__(0, float(step)))
    monkeypatch.setattr(Processes, "now", lambda _: clock[0])
    _, state, ending = run(survey, tmp_path, callback, steps=10_000, max_seconds=12.0)
    assert (state.decay_from, state.step, ending) == (10, 12, "time")


def test_a_time_limit_cuts_a_run_that_has_become_slow(survey, tmp_path, monkeypatch):
    clock = [0.0]
    callback = VariantCallback(at=lambda step: clock.__setitem__(0, 0.1 * step + 100 * (step > 3)))
    monkeypatch.setattr(Processes, "now", lambda _: clock[0])
    _, state, ending = run(survey, tmp_path, callback, steps=10_000, max_seconds=13.0)
    assert (state.step, ending) == (4, "time")


def test_a_busy_machine_learns_the_same_adapter(survey, tmp_path, monkeypatch):
    """Every step takes an hour by the clock, and checkpoints are written at other steps."""
    nlls = [2.0, 1.5, 1.6, 1.7, 1.6]
    idle, state, ending = run(survey, tmp_path / "idle", VariantCallback(nlls), 2, steps=40, patience=2)
    clock = [0.0]
    callback = VariantCallback(nlls, at=lambda step: clock.__setitem__(0, 3600.0 * step))
    monkeypatch.setattr(Processes, "now", lambda _: clock[0])
    busy, slow, _ = run(survey, tmp_path / "busy", callback, 2, steps=40, patience=2)
    assert (state.step, slow.step, ending, slow.seconds) == (8, 8, "early", 8 * 3600.0)
    assert all(torch.equal(idle[name], busy[name]) for name in idle)


def test_a_killed_run_remembers_its_checks(survey, tmp_path, monkeypatch):
    """Killed after the first check without a gain: the second one ends it as if nothing had happened."""
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    nlls, settings = [2.0, 1.5, 1.6, 1.7, 1.4], {"steps": 40, "patience": 2}
    whole, state, _ = run(survey, tmp_path / "whole", VariantCallback(nlls), 2, **settings)

    def kill(step):
        if step == 5:
            raise Killed

    with pytest.raises(Killed):
        run(survey, tmp_path / "killed", VariantCallback(nlls, at=kill), 2, **settings)
    resumed, again, ending = run(survey, tmp_path / "killed", VariantCallback(nlls[3:]), 2, **settings)
    assert ending == "early"
    assert replace(again, seconds=state.seconds) == state
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def test_fewer_bundles_are_read_at_once_when_memory_runs_out(survey, monkeypatch):
    setup, model = lesson_of(survey)
    examples = setup.examples(make_targets(setup)[0])
    batch = [examples[k] for k in range(4)]
    sizes = []

    def short_of_memory(model, part, recipe):
        sizes.append(len(part))
        if len(part) > 1:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return batch_loss(model, part, recipe)

    monkeypatch.setattr(stepper, "batch_loss", short_of_memory)
    taker = Stepper(model, make_optimiser(model, setup.recipe), setup.recipe)
    loss = taker.step(batch)
    assert sizes == [4, 2, 1, 1, 1, 1]
    with torch.no_grad():
        fresh = lesson_of(survey)[1]
        assert loss == pytest.approx(float(batch_loss(fresh, batch, setup.recipe)) / 4, rel=1e-5)


def test_no_memory_for_a_single_bundle_is_told_in_words(survey, monkeypatch):
    setup, model = lesson_of(survey)

    def never(model, part, recipe):
        raise MemoryError

    monkeypatch.setattr(stepper, "batch_loss", never)
    taker = Stepper(model, make_optimiser(model, setup.recipe), setup.recipe)
    with pytest.raises(ModelError, match="ran out of memory.*gradient checkpointing"):
        taker.step([None] * 4)


def test_another_error_is_not_taken_for_a_lack_of_memory(survey, monkeypatch):
    setup, model = lesson_of(survey)

    def broken(model, part, recipe):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(stepper, "batch_loss", broken)
    taker = Stepper(model, make_optimiser(model, setup.recipe), setup.recipe)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        taker.step([None] * 4)


class BrokenGradient(torch.autograd.Function):
    """The loss is fine, its gradient is not: what 4-bit layers in a type that cannot be sharded do."""

    @staticmethod
    def forward(ctx, loss):
        return loss.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * float("nan")


@pytest.mark.parametrize("breaking", [lambda loss: loss * float("nan"), BrokenGradient.apply])
def test_learning_that_blows_up_is_told_in_words(survey, monkeypatch, breaking):
    setup, model = lesson_of(survey, learning_rate=0.5)

    def infinite(model, part, recipe):
        return breaking(batch_loss(model, part, recipe))

    monkeypatch.setattr(stepper, "batch_loss", infinite)
    examples = setup.examples(make_targets(setup)[0])
    taker = Stepper(model, make_optimiser(model, setup.recipe), setup.recipe)
    with pytest.raises(ModelError, match="not a number.*learning rate 0.5"):
        taker.step([examples[k] for k in range(4)])


@pytest.mark.parametrize(
    "settings",
    [
        {"rslora": True, "alpha": 8.0},
        {"dora": True},
        {"modules": "attention", "dropout": 0.1},
        {"gradient_checkpointing": True},
        {"optimiser": "paged_adamw_8bit"},
    ],
)
def test_every_variant_of_the_adapter_learns(survey, tmp_path, settings):
    _, state, _ = run(survey, tmp_path, VariantCallback(), steps=2, **settings)
    assert np.isfinite(state.losses).all()


def test_checkpointing_changes_memory_and_not_gradients(survey):
    def gradients(**settings):
        setup, model = lesson_of(survey, **settings)
        model.train()
        examples = setup.examples(make_targets(setup)[0])
        batch_loss(model, [examples[0], examples[1]], setup.recipe).backward()
        return torch.cat([p.grad.ravel() for n, p in checkpoint.trained(model).items() if "lora_B" in n])

    plain, checkpointed = gradients(), gradients(gradient_checkpointing=True)
    assert torch.allclose(plain, checkpointed, rtol=1e-4, atol=1e-7)
