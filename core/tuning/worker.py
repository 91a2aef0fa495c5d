"""The tuning job: survey snapshot in, adapter and figures out.

python -m core.tuning.worker JOB_FOLDER
"""

import json
import math
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.loading import LoadedModel, add_adapter, load_base
from core.models.parallel import score_on_all_cores
from core.models.profiles import ProfileScores
from core.models.temperature import fit_temperature
from core.prompts.encoding import Encoder
from core.prompts.template import Template, profile_lines, short_labels
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.tuning.examples import SurveyExamples
from core.tuning.main_effects import MainEffects, fit_main_effects, smoothed_marginals
from core.tuning.recipe import Recipe
from core.tuning.targets import IndividualTargets, SmoothedTargets, Targets, choose_smoothing
from core.tuning.trainer import BUNDLES_PER_STEP, train

WATCHED_RESPONDENTS = 24
"""Validation respondents looked at during the run; all of them are used at its end."""
CHECKS = 5


@dataclass(frozen=True)
class Lesson:
    """Everything a run needs besides the model."""

    data: SurveyData
    items: tuple[Item, ...]
    recipe: Recipe
    template: Template
    encoder: Encoder

    @property
    def train(self) -> SurveyData:
        """The respondents the model learns from."""
        return self.data.part("train")

    @property
    def validation(self) -> SurveyData:
        """The respondents that settings are chosen on."""
        return self.data.part("validation")

    @property
    def watched(self) -> SurveyData:
        """A few validation respondents, looked at before and during the run."""
        return self.validation.take(np.arange(min(WATCHED_RESPONDENTS, len(self.validation))))

    def score(self, model: nn.Module, respondents: SurveyData) -> ProfileScores:
        """Score the learned items for these respondents."""
        return score_on_all_cores(
            model, self.encoder, self.template, self.data.codebook, respondents.profiles, self.items
        )


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    started = time.monotonic()
    reporter.progress(0, 0, "Loading the base model")
    recipe = Recipe.from_dict(folder.spec()["recipe"])
    data = SurveyData.read(folder.inputs)
    loaded = load_base(recipe.base, recipe.adapter)
    items = tuple(i for i in data.items if i.column not in recipe.hold_out_questions)
    lesson = Lesson(data, items, recipe, Template(), Encoder(loaded.tokenizer))
    reporter.progress(0, 0, "Reading how groups of respondents answered")
    targets, smoothing = _targets(lesson)
    steps = _steps(lesson)
    model = add_adapter(loaded, rank=recipe.rank, token_rows=_survey_tokens(lesson), seed=recipe.seed)
    watched = lesson.watched
    untuned = mean_nll(lesson.score(model, watched), watched, items)
    _train(model, lesson, targets, steps, folder, reporter, started)
    reporter.progress(steps, steps, "Checking on validation respondents")
    scores = lesson.score(model, lesson.validation)
    answers = {i.key: lesson.validation.answers[i.key].to_numpy() for i in items}
    temperature = fit_temperature(scores.logprob, answers, lesson.validation.weights)
    _save(model, lesson, loaded, folder.outputs / "adapter", temperature)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "temperature": temperature,
        "validation_nll": mean_nll(scores, lesson.validation, items),
        "untuned_validation_nll": untuned,
        "uniform_validation_nll": mean_nll(_constant(lesson, uniform=True), lesson.validation, items),
        "marginals_validation_nll": mean_nll(_constant(lesson, uniform=False), lesson.validation, items),
        "in_option_mass": float(np.mean([m.mean() for m in scores.mass.values()])),
        "steps": steps,
        "seconds": time.monotonic() - started,
        "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in usage),
        "peak_memory_mb": usage[0].ru_maxrss / 1024,
        "base": {"id": loaded.base.id, "revision": loaded.base.revision, "quantisation": loaded.quantisation},
        "template": lesson.template.to_dict(),
        **smoothing,
    }


def mean_nll(scores: ProfileScores, respondents: SurveyData, items: tuple[Item, ...]) -> float | None:
    """Weighted negative log-likelihood of the given answers, nats, averaged over items; None without any."""
    losses = []
    for item in items:
        answers = respondents.answers[item.key].to_numpy()
        given = np.flatnonzero(answers >= 0)
        if len(given):
            chosen = scores.logprob[item.key][given, answers[given]]
            losses.append(-np.average(chosen, weights=respondents.weights[given]))
    return float(np.mean(losses)) if losses else None


def _targets(lesson: Lesson) -> tuple[Targets, dict[str, Any]]:
    """Labels as the recipe asks, and what was chosen for them."""
    if lesson.recipe.targets == "individual":
        return IndividualTargets(lesson.train), {"smoothing_weight": None}
    effects: MainEffects = fit_main_effects(lesson.train, lesson.validation, lesson.items, lesson.recipe.seed)
    rng = np.random.default_rng((lesson.recipe.seed, 2))
    chosen = choose_smoothing(
        SmoothedTargets(lesson.train, effects, 20.0), lesson.validation, lesson.items, rng
    )
    figures = {
        "smoothing_weight": chosen,
        "main_effects_penalty": effects.inverse_penalty,
        "main_effects_validation_nll": effects.validation_nll,
    }
    return SmoothedTargets(lesson.train, effects, chosen), figures


def _steps(lesson: Lesson) -> int:
    """Optimiser steps: as asked for, from epochs, or enough for every question to come up often."""
    recipe, n_items = lesson.recipe, len(lesson.items)
    if recipe.steps:
        return recipe.steps
    if recipe.epochs:
        people_per_bundle = 16
        bundles = recipe.epochs * n_items * math.ceil(len(lesson.train) / people_per_bundle)
        return max(1, round(bundles / BUNDLES_PER_STEP))
    return int(np.clip(16 * n_items, 160, 400))


def _survey_tokens(lesson: Lesson) -> list[int] | None:
    """Ids of the tokens this survey is written in; their embeddings are trained with the adapter.

    Only for small vocabularies such as the embedded model's: a large model knows its words.
    """
    if len(lesson.encoder.tokenizer) > 20_000:
        return None
    encoder, seen = lesson.encoder, set(lesson.encoder.cue)
    for item in lesson.items:
        seen.update(encoder.question(item))
        for branch in encoder.trie(item).branches:
            seen.update(branch.prefix, branch.children.tolist())
    labels = short_labels(lesson.data.codebook)
    for field in lesson.data.codebook.demographics:
        for option in field.options:
            seen.update(encoder.segment(profile_lines({labels[field.column]: option})[0]))
    return sorted(seen)


def _train(
    model: nn.Module,
    lesson: Lesson,
    targets: Targets,
    steps: int,
    folder: JobFolder,
    reporter: Reporter,
    started: float,
) -> None:
    recipe = lesson.recipe
    examples = SurveyExamples(
        lesson.train,
        lesson.items,
        targets,
        lesson.encoder,
        lesson.template,
        count=steps * BUNDLES_PER_STEP,
        seed=recipe.seed,
    )
    watched = lesson.watched
    check_at = {math.ceil(steps * k / CHECKS) for k in range(1, CHECKS)}

    def on_step(step: int, total: int, loss: float) -> bool:
        reporter.check()
        reporter.progress(step, total, "Learning how people answer")
        nll = mean_nll(lesson.score(model, watched), watched, lesson.items) if step in check_at else None
        numbers = {"step": step, "loss": loss, "seconds": time.monotonic() - started}
        reporter.metric(**numbers, **({"validation_nll": nll} if nll is not None else {}))
        return True

    train(model, examples, recipe, steps, folder.checkpoints, on_step)


def _constant(lesson: Lesson, *, uniform: bool) -> ProfileScores:
    """Scores of a forecaster that says the same about everybody."""
    n = len(lesson.validation)
    logprob = {}
    for item in lesson.items:
        k = len(item.answers)
        shares = np.full(k, 1 / k) if uniform else smoothed_marginals(lesson.train, item)
        logprob[item.key] = np.tile(np.log(shares), (n, 1))
    return ProfileScores(logprob, {})


def _save(model: nn.Module, lesson: Lesson, loaded: LoadedModel, folder: Path, temperature: float) -> None:
    """Write the adapter with everything needed to use it elsewhere; no local path, no respondent."""
    model.peft_config["default"].base_model_name_or_path = loaded.base.id
    model.save_pretrained(folder, save_embedding_layers=False)  # else peft looks for the base on the Hub
    (folder / "README.md").unlink(missing_ok=True)
    card = {
        "template": lesson.template.to_dict(),
        "temperature": temperature,
        "base": {"id": loaded.base.id, "revision": loaded.base.revision, "quantisation": loaded.quantisation},
        "learned_questions": sorted({i.column for i in lesson.items}),
        "codebook": lesson.data.codebook.to_dict(),
    }
    (folder / "understudy.json").write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
