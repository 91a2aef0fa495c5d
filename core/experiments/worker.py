"""Experiment job: every variant trained and tested on the same respondents.

Variants that differ only in how they are read share one model. Scores are kept as soon as they are known
(see `core.experiments.score_cache`), and a model in training has checkpoints: an interrupted experiment
goes on where it stopped. Every model has a process of its own: the data-parallel workers that share a step
among the cores (`core.tuning.data_parallel`) are forked before the first gradient of a process.

python -m core.experiments.worker JOB_FOLDER
"""

import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.figures import mean_figures, mean_floor
from core.experiments.conclusion import conclude
from core.experiments.design import ORDERED_TYPES, Experiment, find_experiment
from core.experiments.resampled import Predictions, resample
from core.experiments.row import ExperimentResult, ExperimentRow
from core.experiments.score_cache import ModelNotes, ScoreCache, missing
from core.experiments.variants import Variant, variants
from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.language_model import LanguageModel
from core.models.loading import load_base
from core.models.processes import ALONE, Processes, run_processes
from core.simulation.scores import Scores
from core.survey.respondents import SurveyData
from core.tuning.checkpoint import TrainerState
from core.tuning.data_parallel import DataParallelWorkers, can_fork
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.stacked_regression import StackedRegression
from core.tuning.stepper import add_gradient
from core.tuning.trainer import train
from core.tuning.worker import prepare_model

LEARNING = 0.8
"""Share of a variant's time that goes into training; the rest into loading and testing."""


class VariantCallback:
    """Training callback that reports progress over all variants in thousandths; no variant ends early."""

    keep_asked = False

    def __init__(self, reporter: Reporter, work: Sequence[Variant]) -> None:
        """`work`: one variant for every model that has to be made."""
        self.reporter, self.name = reporter, ""
        self._cost = {variant.name: variant.cost for variant in work}
        self._total = sum(self._cost.values()) or 1.0
        self._done = self._now = 0.0

    def start(self, variant: Variant) -> None:
        """Report that the next variant's model is being made."""
        self.name, self._now = variant.name, self._cost[variant.name]
        self._say(0.0, "Preparing")

    def end(self) -> None:
        """Report that the variant's scores are known."""
        self._done, self._now = self._done + self._now, 0.0
        self._say(0.0, "Done")

    def on_step(self, state: TrainerState, total: int, tokens: int) -> None:  # noqa: ARG002 - a `TrainingCallback`
        """Report progress of training; raises when the experiment is cancelled."""
        self._say(LEARNING * state.step / total, "Teaching")

    def on_trained(self) -> None:
        """Report that scoring begins, which takes a while with many questions."""
        self._say(LEARNING, "Testing")

    def on_item(self, _: str, done: int, total: int) -> None:
        """Report progress of fitting a baseline, question by question."""
        self._say(done / total, "Fitting")

    def on_check(self, state: TrainerState) -> None:
        """Losses at a check: none, since variants are not validated while they train."""

    def _say(self, share: float, what: str) -> None:
        self.reporter.check()
        done = (self._done + share * self._now) / self._total
        self.reporter.progress(int(1000 * done), 1000, f"{what}: {self.name}")


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    spec = folder.spec()
    experiment, recipe = find_experiment(spec["experiment"]), Recipe.from_dict(spec["recipe"])
    data = SurveyData.read(folder.inputs)
    cache = ScoreCache(folder, data)
    planned = variants(experiment, recipe, data)
    # models that other experiments trained are copied; what is still missing is made here
    cache.take(planned)
    work = missing(folder.path.parent, planned, data)
    callback = VariantCallback(reporter, work)
    for variant in work:
        callback.start(variant)
        _make(variant, cache, callback)
        callback.end()
    # the same draws of test respondents for every variant, so that differences have intervals
    found = {variant.name: cache.read(variant) for variant in planned}
    readings = {v.name: _predictions(v, *found[v.name]) for v in planned}
    resampled = resample(data.part("test"), readings, experiment)
    rows = [
        _row(v, experiment, data, readings[v.name], found[v.name][1], resampled.values[v.name])
        for v in planned
    ]
    return ExperimentResult(experiment.key, rows, *conclude(experiment.key, rows, resampled)).to_dict()


def _make(variant: Variant, cache: ScoreCache, callback: VariantCallback) -> None:
    """Score the test respondents with this variant's model, and cache the scores and notes about it."""

    def work(_processes: Processes, _argument: str) -> dict[str, Any]:
        make = _fit if variant.baseline else _fine_tune
        cache.write(variant, *make(variant, cache, callback))
        return {}

    # a child process per model: data-parallel workers are forked before its first gradient, which a
    # process that has trained before cannot do; a GPU cannot be used after a fork
    if torch.cuda.is_available() or not can_fork():
        work(ALONE, "")
    else:
        run_processes(work, "", 1, forked=True)


def _fine_tune(variant: Variant, cache: ScoreCache, callback: VariantCallback) -> tuple[Scores, ModelNotes]:
    """Scores of the test respondents, item key -> (n, K), by the fine-tuned or base model, with notes."""
    started = time.monotonic()
    recipe, data = variant.recipe, cache.data
    loaded = load_base(recipe.base, recipe.adapter)
    weights_mb = loaded.model.get_memory_footprint() / 1e6
    setup = TrainingSetup.of(_with_fewer(data, variant.respondents, recipe.seed), recipe, loaded)
    model = prepare_model(loaded, setup)
    teacher = None
    if variant.taught:
        teacher = _train_adapter(model, setup, cache.checkpoints(variant), callback)
    callback.on_trained()
    model.eval()
    # the blend with the teacher, temperature and slope correction are fitted on validation respondents and
    # applied to the test ones; the temperature is kept beside the scores, the others are written into them
    setup, validation = setup.blended(teacher, setup.score(model, setup.validation))
    no_persona = setup.score_no_persona(model)
    calibration = setup.calibrate(validation, no_persona)
    found = setup.score(model, data.part("test"))
    notes = ModelNotes(calibration.temperature, weights_mb, time.monotonic() - started)
    read = Scores(found.logprob, found.mass).with_slope_correction(no_persona, calibration.slope_correction)
    return read, notes


def _train_adapter(
    model: LanguageModel, setup: TrainingSetup, checkpoints: Path, callback: VariantCallback
) -> StackedRegression | None:
    """Train the adapter, from the newest checkpoint if there is one; returns its teacher."""
    recipe = setup.recipe
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=recipe))
    targets, _, teacher = make_targets(setup)
    train(model, setup.examples(targets), recipe, setup.steps, checkpoints, callback, workers=workers)
    workers.close()
    return teacher


def _fit(variant: Variant, cache: ScoreCache, callback: VariantCallback) -> tuple[Scores, ModelNotes]:
    """Scores of the test respondents by a baseline, fitted and chosen on the same people as the model."""
    data, baseline = cache.data, variant.baseline
    if baseline is None:
        raise ValueError(f"{variant.name} is no baseline")
    started, total = time.monotonic(), len(data.items)
    train, validation, asked = (data.part(name) for name in ("train", "validation", "test"))
    tables = fit_baselines(
        train,
        validation,
        asked.profiles,
        (baseline,),
        lambda name, done: callback.on_item(name, done, total),
    )[baseline]
    held_out = variant.recipe.hold_out_questions  # the model does not learn these either
    learned = {item.key for item in data.items if item.column not in held_out}
    tables = {key: table for key, table in tables.items() if key in learned}
    # a baseline puts all probability on legal answers: in-option mass is 1, shape (n,)
    mass = {key: np.ones(len(table)) for key, table in tables.items()}
    return Scores(tables, mass), ModelNotes(1.0, None, time.monotonic() - started)


def _with_fewer(data: SurveyData, share: float, seed: int) -> SurveyData:
    """Survey with a random share of its training respondents; smaller shares are part of larger ones."""
    train = np.flatnonzero(data.split == "train")
    # one permutation per seed, of which a share is the beginning
    order = np.random.default_rng((seed, 3)).permutation(train)
    drawn = order[: max(1, round(share * len(train)))]
    return data.take(np.sort(np.concatenate([drawn, np.flatnonzero(data.split != "train")])))


def _predictions(variant: Variant, scores: Scores, notes: ModelNotes) -> Predictions:
    """Scores with the variant's temperature and decoder; the fitted temperature where it names none."""
    temperature = notes.temperature if variant.temperature is None else variant.temperature
    return Predictions(scores.logprob, temperature, variant.decoder)


def _row(
    variant: Variant,
    experiment: Experiment,
    data: SurveyData,
    reading: Predictions,
    notes: ModelNotes,
    values: Mapping[str, np.ndarray],
) -> ExperimentRow:
    """Figures of one variant; `values` are figure -> (1 + B,), of the sample and its replicates."""
    # position 0 is the sample itself
    figures = {
        name: float(values[name][0]) if name in values else None for name in ("kl", "rmse_scaled", "nll")
    }
    found = compare(data.part("test"), reading.logprob, {}, reading.temperature, reading.decoder).questions
    counted = [q for q in found if q.type in experiment.kinds] or found
    spread = mean_figures(q.model for q in found if q.type in ORDERED_TYPES)
    floor = mean_floor(q.floor for q in counted)
    return ExperimentRow(
        name=variant.name,
        x=variant.x,
        **figures,
        sd_ratio=spread.sd_ratio,
        floor_kl=floor.kl,
        temperature=reading.temperature,
        weights_mb=notes.weights_mb,
        seconds=notes.seconds,
    )


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
