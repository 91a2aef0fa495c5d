"""The tuning job: survey snapshot in, adapter and figures out; by one process, or by one for each GPU.

python -m core.tuning.worker JOB_FOLDER
"""

import json
import math
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from core.jobs.folder import JobFolder
from core.jobs.reporting import Bystander, Reporter, run_worker
from core.models.catalogue import weights_sha256
from core.models.emphasis import Calibration
from core.models.fit import Placement
from core.models.loading import LoadedModel, add_adapter, load_base
from core.models.machine import peak_memory
from core.models.processes import ALONE, Processes, run_together
from core.models.profiles import ProfileScores
from core.models.sharding import shard
from core.survey.respondents import SurveyData
from core.tuning.checkpoint import Course, newest
from core.tuning.lesson import Lesson, make_targets, mean_nll
from core.tuning.parallel import Helpers
from core.tuning.plan import plan
from core.tuning.recipe import Recipe
from core.tuning.registry import data_hash, machine, versions
from core.tuning.result import BaseModel, RunResult
from core.tuning.stepper import add_gradient
from core.tuning.trainer import train

CHECKS = (5, 20)
"""Fewest and most validation checks during a run; one every 160 steps in between."""


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    reporter.progress(0, 0, "Loading the base model")
    placement = _placement(folder)
    if placement.processes == 1:
        return _told(teach(folder, reporter, ALONE))
    try:
        return run_together(teach_together, str(folder.path), placement.processes, placement.sharded)
    finally:  # the last word is this process's: it goes on from where the first of them came to
        status = folder.status()
        reporter.step, reporter.total, reporter.message = status.step, status.total, status.message


def teach_together(processes: Processes, folder_path: str) -> dict[str, Any]:
    """What each of several processes does; only the first one reports."""
    folder = JobFolder(Path(folder_path))
    return _told(teach(folder, Reporter(folder) if processes.first else Bystander(folder), processes))


def _told(result: RunResult | None) -> dict[str, Any]:
    return result.to_dict() if result else {}


def _placement(folder: JobFolder) -> Placement:
    """As the job asks, else as suits this machine now: it may be another one than when the job was made."""
    spec = folder.spec()
    if spec.get("processes"):
        return Placement(spec["processes"], bool(spec.get("sharded")))
    data, recipe = SurveyData.read(folder.inputs), Recipe.from_dict(spec["recipe"])
    fit = plan(recipe, data.codebook, len(data.part("train"))).fit
    if fit is None or fit.placement.processes > torch.cuda.device_count():
        return Placement()
    return fit.placement


def teach(folder: JobFolder, reporter: Reporter, processes: Processes) -> RunResult | None:
    """Teach the model; figures and adapter are left by the first process only."""
    started = time.monotonic()
    recipe = Recipe.from_dict(folder.spec()["recipe"])
    data = SurveyData.read(folder.inputs)
    loaded = load_base(recipe.base, recipe.adapter, processes.sharded)
    lesson = Lesson.of(data, recipe, loaded, processes)
    model = prepare_model(loaded, lesson)
    if processes.sharded:
        shard(model, processes, recipe.base)
    # before the first gradient of this process
    helpers = Helpers(model, partial(add_gradient, recipe=recipe)) if processes.count == 1 else None
    reporter.progress(0, 0, "Reading how groups of respondents answered")
    targets, smoothing = make_targets(lesson)
    reporter.progress(0, lesson.steps, _resuming(folder))
    watch = Lookout(model, lesson, folder, reporter)
    course, ending = train(
        model,
        lesson.examples(targets),
        recipe,
        lesson.steps,
        folder.checkpoints,
        watch,
        _checks(lesson.steps),
        helpers,
        processes,
    )
    if helpers:
        helpers.close()
    reporter.progress(course.step, course.step, "Checking on validation respondents")
    figures, calibration = _figures(model, lesson, partial(watch.on_end, course))
    cpu_seconds, peak_memory = processes.sum(torch.tensor(_used(), dtype=torch.double)).tolist()
    if not processes.first:
        return None
    _save(model, lesson, loaded, folder.outputs / "adapter", calibration)
    return replace(
        figures,
        untuned_validation_nll=course.untuned_nll,
        steps=course.step,
        planned_steps=lesson.steps,
        best_step=course.best_step,
        ending=ending,
        seconds=time.monotonic() - started,
        learning_seconds=course.seconds,
        tokens_per_second=watch.tokens_per_second,
        cpu_seconds=cpu_seconds,
        peak_memory_mb=peak_memory,
        base=_base(loaded),
        template=lesson.template,
        data_hash=data_hash(data),
        versions=versions(),
        machine=machine(),
        processes=processes.count,
        sharded=processes.sharded,
        **vars(smoothing),
    )


def _used() -> tuple[float, float]:
    """CPU-seconds of this process and its helpers, and its peak memory in MB."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage), peak_memory() / 1e6


def prepare_model(loaded: LoadedModel, lesson: Lesson) -> nn.Module:
    """The base model with fresh LoRA weights, as the recipe asks."""
    recipe = lesson.recipe
    model: Any = add_adapter(
        loaded,
        rank=recipe.rank,
        alpha=recipe.alpha,
        token_rows=lesson.survey_tokens(),
        dropout=recipe.dropout,
        modules=recipe.modules,
        rslora=recipe.rslora,
        dora=recipe.dora,
        gradient_checkpointing=recipe.gradient_checkpointing,
        seed=recipe.seed,
    )
    model.config.use_cache = False
    return model


class Lookout:
    """Reports a run's progress and looks at validation respondents; see `core.tuning.trainer.Watch`."""

    def __init__(self, model: nn.Module, lesson: Lesson, folder: JobFolder, reporter: Reporter) -> None:
        self.model, self.lesson, self.folder, self.reporter = model, lesson, folder, reporter
        self.watched = lesson.watched
        self.tokens, self.started = 0, time.monotonic()
        self._checked: dict[str, float] = {}

    @property
    def keep_asked(self) -> bool:
        """Whether the user wants to stop here and keep what was learned."""
        return self.folder.keep_flag.exists()

    @property
    def tokens_per_second(self) -> float:
        """Tokens read per second of learning since this process started."""
        return self.tokens / max(time.monotonic() - self.started, 1e-9)

    def on_step(self, course: Course, total: int, tokens: int) -> None:
        """Write progress and curve; raises Cancelled when asked to stop."""
        self.reporter.check()
        total = course.steps_in_time(total, self.lesson.recipe.max_seconds)
        self.reporter.progress(course.step, total, "Learning how people answer")
        if not self.tokens:
            self.started = time.monotonic()  # the first step warms up
        self.tokens += tokens
        self.reporter.metric(
            step=course.step,
            loss=float(np.mean(course.losses)),
            seconds=course.seconds,
            tokens_per_second=round(self.tokens_per_second) if self.tokens > tokens else None,
        )

    def on_check(self, course: Course) -> float | None:
        """Score the watched respondents; the curve gets their NLL and in-option mass.

        Before the first step all items are asked, as in the figures at the end it is compared with.
        """
        before, watched = time.monotonic(), self.lesson.watched_items
        scores = self.lesson.score(self.model, self.watched, watched if course.step else None)
        nll = mean_nll(scores, self.watched, watched)
        if nll is not None:
            mass = float(np.mean([m.mean() for m in scores.mass.values()]))
            self.reporter.metric(step=course.step, validation_nll=nll, in_option_mass=mass)
        self.started += time.monotonic() - before  # throughput is about learning
        return nll if course.step else mean_nll(scores, self.watched, self.lesson.items)

    def on_end(self, course: Course, scores: ProfileScores) -> None:
        """The curve's last point, from scores of all validation respondents; the watched come first."""
        n = len(self.watched)
        watched = ProfileScores({key: table[:n] for key, table in scores.logprob.items()}, {})
        nll = mean_nll(watched, self.watched, self.lesson.items)
        if nll is not None:
            self.reporter.metric(step=course.step, validation_nll=nll)


def _resuming(folder: JobFolder) -> str:
    found = newest(folder.checkpoints)
    return (
        f"Going on after step {int(found.name.split('-')[1])}" if found else "Looking at the untaught model"
    )


def _checks(steps: int) -> list[int]:
    count = int(np.clip(steps // 160, *CHECKS))
    return sorted({math.ceil(steps * k / count) for k in range(1, count)})


def _figures(
    model: nn.Module, lesson: Lesson, tell: Callable[[ProfileScores], None]
) -> tuple[RunResult, Calibration]:
    """Figures of the validation respondents, whose scores `tell` hears, and what is fitted on them."""
    people, items = lesson.validation, lesson.items
    scores = lesson.score(model, people)
    tell(scores)
    calibration = lesson.calibrate(scores, lesson.score_blank(model))
    figures = RunResult(
        temperature=calibration.temperature,
        emphasis=calibration.emphasis,
        validation_nll=mean_nll(scores, people, items),
        uniform_validation_nll=mean_nll(lesson.constant(uniform=True), people, items),
        marginals_validation_nll=mean_nll(lesson.constant(uniform=False), people, items),
        in_option_mass=float(np.mean([m.mean() for m in scores.mass.values()])),
    )
    if lesson.held_out:
        unseen = lesson.score(model, people, lesson.held_out)
        uniform = {
            i.key: np.full((len(people), len(i.answers)), -np.log(len(i.answers))) for i in lesson.held_out
        }
        figures = replace(
            figures,
            held_out_validation_nll=mean_nll(unseen, people, lesson.held_out),
            held_out_uniform_nll=mean_nll(type(scores)(uniform, {}), people, lesson.held_out),
        )
    return figures, calibration


def _base(loaded: LoadedModel) -> BaseModel:
    return BaseModel(loaded.base.id, loaded.base.revision, weights_sha256(loaded.base), loaded.quantisation)


def _save(model: Any, lesson: Lesson, loaded: LoadedModel, folder: Path, calibration: Calibration) -> None:
    """Write the adapter with everything needed to use it elsewhere; no local path, no respondent."""
    model.peft_config["default"].base_model_name_or_path = loaded.base.id
    model.save_pretrained(folder, save_embedding_layers=False)  # else peft looks for the base on the Hub
    (folder / "README.md").unlink(missing_ok=True)
    card = {
        "template": lesson.template.to_dict(),
        **asdict(calibration),
        "base": asdict(_base(loaded)),
        "chat": loaded.talks,
        "learned_questions": sorted({i.column for i in lesson.items}),
        "codebook": lesson.data.codebook.to_publish(),
    }
    (folder / "understudy.json").write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
