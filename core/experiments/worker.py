"""The experiment job: every variant taught and tested on the same respondents.

Variants that differ only in how they are read share one model. Each model's scores are kept as soon as
they are known, so an interrupted experiment goes on where it stopped.

python -m core.experiments.worker JOB_FOLDER
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.experiments.design import Variant, find_experiment, variants
from core.experiments.verdict import judge
from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.loading import load_base
from core.models.temperature import fit_temperature
from core.simulation.scores import Scores
from core.store.files import read_json, write_json
from core.survey.respondents import SurveyData
from core.tuning.checkpoint import Course
from core.tuning.lesson import Lesson, make_targets
from core.tuning.recipe import Recipe
from core.tuning.trainer import train
from core.tuning.worker import prepare_model

SHOWN = ("kl", "rmse_scaled", "nll", "sd_ratio")


class Onlooker:
    """Reports progress over all variants; nothing ends a variant early."""

    keep_asked = False

    def __init__(self, reporter: Reporter, place: int, count: int, name: str) -> None:
        self.reporter, self.place, self.count, self.name = reporter, place, count, name

    def on_step(self, course: Course, total: int, tokens: int) -> None:
        """Progress in thousandths of the experiment; raises when it is cancelled."""
        self.reporter.check()
        done = 1000 * (self.place + course.step / total) / self.count
        self.reporter.progress(int(done), 1000, f"Teaching: {self.name}")

    def on_item(self, _: str, done: int, total: int) -> None:
        """The same for the questions a baseline has been fitted to."""
        self.reporter.check()
        place = 1000 * (self.place + done / total) / self.count
        self.reporter.progress(int(place), 1000, f"Fitting: {self.name}")

    def on_check(self, course: Course) -> float | None:
        """No validation during a variant."""


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    spec = folder.spec()
    experiment, recipe = find_experiment(spec["experiment"]), Recipe.from_dict(spec["recipe"])
    data = SurveyData.read(folder.inputs)
    planned = [v for v in variants(experiment, recipe, len(data.part("train"))) if _applies(v, data)]
    rows = []
    for place, variant in enumerate(planned):
        onlooker = Onlooker(reporter, place, len(planned), variant.name)
        scores, figures = _scores(variant, data, folder, onlooker)
        rows.append(_row(variant, data, scores, figures, experiment.ordered_only))
        reporter.progress(1000 * (place + 1) // len(planned), 1000, f"Done: {variant.name}")
    verdict, sentence = judge(experiment.key, rows)
    return {"experiment": experiment.key, "rows": rows, "verdict": verdict, "sentence": sentence}


def _applies(variant: Variant, data: SurveyData) -> bool:
    """Support vector regression predicts numbers: without a scale it has nothing to do."""
    return variant.baseline != "svr" or any(item.is_ordered for item in data.items)


def _scores(
    variant: Variant, data: SurveyData, folder: JobFolder, onlooker: Onlooker
) -> tuple[Scores, dict[str, Any]]:
    """Scores of the test respondents by this variant's model, kept in the folder."""
    kept = folder.outputs / "scores"
    kept.mkdir(exist_ok=True)
    name = _model_key(variant)
    path, notes = kept / f"{name}.parquet", kept / f"{name}.json"
    if not notes.exists():
        if variant.baseline:
            scores, figures = _fit(variant, data, onlooker)
        else:
            scores, figures = _teach(variant, data, folder.checkpoints / name, onlooker)
        scores.write(path)
        write_json(notes, figures)
    return Scores.read(path, data.items), read_json(notes)


def _model_key(variant: Variant) -> str:
    what = [variant.recipe.to_dict(), variant.respondents, variant.taught, variant.baseline]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]


def _teach(
    variant: Variant, data: SurveyData, checkpoints: Path, onlooker: Onlooker
) -> tuple[Scores, dict[str, Any]]:
    started = time.monotonic()
    recipe, learned = variant.recipe, _with_fewer(data, variant.respondents, variant.recipe.seed)
    loaded = load_base(recipe.base, recipe.adapter)
    lesson = Lesson.of(learned, recipe, loaded)
    model = prepare_model(loaded, lesson)
    if variant.taught:
        targets, _ = make_targets(lesson)
        train(model, lesson.examples(targets), recipe, lesson.steps, checkpoints, onlooker)
    model.eval()
    people = lesson.validation
    answers = {item.key: people.answers[item.key].to_numpy() for item in lesson.items}
    temperature = fit_temperature(lesson.score(model, people).logprob, answers, people.weights)
    found = lesson.score(model, data.part("test"))
    figures = {"temperature": temperature, "seconds": time.monotonic() - started}
    return Scores(found.logprob, found.mass), figures


def _fit(variant: Variant, data: SurveyData, onlooker: Onlooker) -> tuple[Scores, dict[str, Any]]:
    """A baseline fitted to the same training respondents, its settings chosen on the same validation ones."""
    started, total = time.monotonic(), len(data.items)
    train, validation, asked = (data.part(name) for name in ("train", "validation", "test"))
    tables = fit_baselines(
        train,
        validation,
        asked.profiles,
        (variant.baseline,),
        lambda name, done: onlooker.on_item(name, done, total),
    )[variant.baseline]
    tables = {key: table for key, table in tables.items() if key in _compared(variant, data)}
    mass = {key: np.ones(len(table)) for key, table in tables.items()}
    return Scores(tables, mass), {"temperature": 1.0, "seconds": time.monotonic() - started}


def _compared(variant: Variant, data: SurveyData) -> set[str]:
    """Items the model is taught; baselines leave the others out too."""
    return {item.key for item in data.items if item.column not in variant.recipe.hold_out_questions}


def _with_fewer(data: SurveyData, share: float, seed: int) -> SurveyData:
    """The survey with a random share of its training respondents; smaller shares are part of larger ones."""
    train = np.flatnonzero(data.split == "train")
    order = np.random.default_rng((seed, 3)).permutation(train)
    kept = order[: max(1, round(share * len(train)))]
    return data.take(np.sort(np.concatenate([kept, np.flatnonzero(data.split != "train")])))


def _row(
    variant: Variant, data: SurveyData, scores: Scores, figures: dict[str, Any], ordered_only: bool
) -> dict[str, Any]:
    temperature = figures["temperature"] if variant.temperature is None else variant.temperature
    found = compare(data.part("test"), scores.logprob, {}, temperature, variant.decoder)
    overall = found.overall
    ordered = overall["by_type"].get("ordinal") or overall["by_type"].get("numeric")
    if ordered_only and ordered:
        overall = ordered
    shown = {key: overall["model"].get(key) for key in SHOWN}
    if _compared(variant, data) - set(scores.logprob):  # means over other questions would not compare
        shown |= {"kl": None, "nll": None}
    return {
        "name": variant.name,
        "x": variant.x,
        **shown,
        # the headline leaves numbers out: a survey without scales still has their error
        "rmse_scaled": (ordered or overall)["model"].get("rmse_scaled"),
        "floor_kl": overall["floor"].get("kl"),
        "temperature": temperature,
        "seconds": figures["seconds"],
    }


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
