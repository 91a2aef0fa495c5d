"""The experiment job: every variant taught and tested on the same respondents.

Variants that differ only in how they are read share one model. Scores are kept as soon as they are known
(see `core.experiments.kept`), and a model being taught has checkpoints: an interrupted experiment goes on
where it stopped. Every model has a process of its own: the helpers that share a step among the cores
(`core.tuning.parallel`) are forked before the first gradient of a process.

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
from torch import nn

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.figures import mean_figures, mean_floor
from core.experiments.design import ORDERED_TYPES, Experiment, find_experiment
from core.experiments.kept import Kept, ModelNotes, missing
from core.experiments.resampled import Reading, resample
from core.experiments.row import ExperimentResult, ExperimentRow
from core.experiments.variants import Variant, variants
from core.experiments.verdict import judge
from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.loading import load_base
from core.models.processes import ALONE, Processes, run_together
from core.simulation.scores import Scores
from core.survey.respondents import SurveyData
from core.tuning.checkpoint import Course
from core.tuning.lesson import Lesson, make_targets
from core.tuning.parallel import Helpers, can_fork
from core.tuning.recipe import Recipe
from core.tuning.stepper import add_gradient
from core.tuning.trainer import train
from core.tuning.worker import prepare_model

LEARNING = 0.8
"""Share of a variant's time that goes into learning; the rest into loading and testing."""


class Onlooker:
    """Reports progress over all variants in thousandths; nothing ends a variant early."""

    keep_asked = False

    def __init__(self, reporter: Reporter, work: Sequence[Variant]) -> None:
        """`work`: one variant for every model that has to be made."""
        self.reporter, self.name = reporter, ""
        self._cost = {variant.name: variant.cost for variant in work}
        self._total = sum(self._cost.values()) or 1.0
        self._done = self._now = 0.0

    def start(self, variant: Variant) -> None:
        """The next variant's model is being made."""
        self.name, self._now = variant.name, self._cost[variant.name]
        self._say(0.0, "Preparing")

    def end(self) -> None:
        """Its scores are known."""
        self._done, self._now = self._done + self._now, 0.0
        self._say(0.0, "Done")

    def on_step(self, course: Course, total: int, tokens: int) -> None:
        """Progress of learning; raises when the experiment is cancelled."""
        self._say(LEARNING * course.step / total, "Teaching")

    def on_taught(self) -> None:
        """What follows is scoring, which takes a while with many questions."""
        self._say(LEARNING, "Testing")

    def on_item(self, _: str, done: int, total: int) -> None:
        """The same for the questions a baseline has been fitted to."""
        self._say(done / total, "Fitting")

    def on_check(self, course: Course) -> float | None:
        """No validation during a variant."""

    def _say(self, share: float, what: str) -> None:
        self.reporter.check()
        done = (self._done + share * self._now) / self._total
        self.reporter.progress(int(1000 * done), 1000, f"{what}: {self.name}")


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    spec = folder.spec()
    experiment, recipe = find_experiment(spec["experiment"]), Recipe.from_dict(spec["recipe"])
    data = SurveyData.read(folder.inputs)
    kept = Kept(folder, data)
    planned = variants(experiment, recipe, data)
    kept.take(planned)
    work = missing(folder.path.parent, planned, data)
    onlooker = Onlooker(reporter, work)
    for variant in work:
        onlooker.start(variant)
        _make(variant, kept, onlooker)
        onlooker.end()
    found = {variant.name: kept.read(variant) for variant in planned}
    readings = {v.name: _reading(v, *found[v.name]) for v in planned}
    resampled = resample(data.part("test"), readings, experiment)
    rows = [
        _row(v, experiment, data, readings[v.name], found[v.name][1], resampled.values[v.name])
        for v in planned
    ]
    return ExperimentResult(experiment.key, rows, *judge(experiment.key, rows, resampled)).to_dict()


def _make(variant: Variant, kept: Kept, onlooker: Onlooker) -> None:
    """Keep the scores of the test respondents by this variant's model, and notes about it."""

    def work(processes: Processes, _: str) -> dict[str, Any]:
        make = _fit if variant.baseline else _teach
        kept.write(variant, *make(variant, kept, onlooker))
        return {}

    if torch.cuda.is_available() or not can_fork():
        work(ALONE, "")
    else:
        run_together(work, "", 1, forked=True)


def _teach(variant: Variant, kept: Kept, onlooker: Onlooker) -> tuple[Scores, ModelNotes]:
    started = time.monotonic()
    recipe, data = variant.recipe, kept.data
    loaded = load_base(recipe.base, recipe.adapter)
    base: Any = loaded.model  # of transformers
    weights_mb = base.get_memory_footprint() / 1e6
    lesson = Lesson.of(_with_fewer(data, variant.respondents, recipe.seed), recipe, loaded)
    model = prepare_model(loaded, lesson)
    if variant.taught:
        _learn(model, lesson, kept.checkpoints(variant), onlooker)
    onlooker.on_taught()
    model.eval()
    blank = lesson.score_blank(model)
    calibration = lesson.calibrate(lesson.score(model, lesson.validation), blank)
    found = lesson.score(model, data.part("test"))
    notes = ModelNotes(calibration.temperature, weights_mb, time.monotonic() - started)
    return Scores(found.logprob, found.mass).emphasised(blank, calibration.emphasis), notes


def _learn(model: nn.Module, lesson: Lesson, checkpoints: Path, onlooker: Onlooker) -> None:
    recipe = lesson.recipe
    helpers = Helpers(model, partial(add_gradient, recipe=recipe))
    targets, _ = make_targets(lesson)
    train(model, lesson.examples(targets), recipe, lesson.steps, checkpoints, onlooker, helpers=helpers)
    helpers.close()


def _fit(variant: Variant, kept: Kept, onlooker: Onlooker) -> tuple[Scores, ModelNotes]:
    """A baseline fitted to the same training respondents, its settings chosen on the same validation ones."""
    data, method = kept.data, variant.baseline or ""
    started, total = time.monotonic(), len(data.items)
    train, validation, asked = (data.part(name) for name in ("train", "validation", "test"))
    tables = fit_baselines(
        train,
        validation,
        asked.profiles,
        (method,),
        lambda name, done: onlooker.on_item(name, done, total),
    )[method]
    held_out = variant.recipe.hold_out_questions  # the model is not taught these either
    taught = {item.key for item in data.items if item.column not in held_out}
    tables = {key: table for key, table in tables.items() if key in taught}
    mass = {key: np.ones(len(table)) for key, table in tables.items()}
    return Scores(tables, mass), ModelNotes(1.0, None, time.monotonic() - started)


def _with_fewer(data: SurveyData, share: float, seed: int) -> SurveyData:
    """The survey with a random share of its training respondents; smaller shares are part of larger ones."""
    train = np.flatnonzero(data.split == "train")
    order = np.random.default_rng((seed, 3)).permutation(train)
    kept = order[: max(1, round(share * len(train)))]
    return data.take(np.sort(np.concatenate([kept, np.flatnonzero(data.split != "train")])))


def _reading(variant: Variant, scores: Scores, notes: ModelNotes) -> Reading:
    temperature = notes.temperature if variant.temperature is None else variant.temperature
    return Reading(scores.logprob, temperature, variant.decoder)


def _row(
    variant: Variant,
    experiment: Experiment,
    data: SurveyData,
    reading: Reading,
    notes: ModelNotes,
    values: Mapping[str, np.ndarray],
) -> ExperimentRow:
    """Figures of one variant; `values` are those of the sample and of its replicates."""
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
