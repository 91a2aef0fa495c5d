"""Cache of the scores of variants' models, shared by the experiments of a workspace.

Most experiments compare something with the same model, trained as usual. A model that another experiment of
this workspace trained on the same respondents, by the same recipe and versions, is not trained again. Needs
no torch.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.experiments.variants import Variant
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.models.catalogue import find_base, weights_sha256
from core.simulation.scores import Scores
from core.store.files import read_json, write_json
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe
from core.tuning.registry import data_hash, versions

FOLDER = "scores"
CACHE_VERSION = 3
"""Counts up whenever models are trained or read in another way, so that earlier scores are not found again.
2: slope correction. 3: schedule, blend with the teacher."""


def cache_key(variant: Variant, data: SurveyData) -> str:
    """Cache key of a variant's scores, 12 hex digits; equal wherever the model is the same.

    It hashes what the scores depend on: survey, package versions, share of respondents, recipe and base
    weights; not how they are read.
    """
    recipe = variant.recipe
    what = [_survey(data), variant.respondents, variant.taught, variant.baseline]
    if variant.baseline or not variant.taught:  # what concerns training does not matter
        recipe = Recipe(recipe.base, recipe.adapter, hold_out_questions=recipe.hold_out_questions)
    if not variant.baseline:
        what.append(_weights(recipe.base))
    what.append(recipe.to_dict())
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:12]


def cached_scores(jobs_folder: Path, name: str) -> Path | None:
    """Path of the notes of scores with that `cache_key` in any experiment; None if there are none."""
    return next(iter(sorted(jobs_folder.glob(f"{JobKind.EXPERIMENT}-*/outputs/{FOLDER}/{name}.json"))), None)


def missing(jobs_folder: Path, variants: Sequence[Variant], data: SurveyData) -> list[Variant]:
    """Variants to train or fit: one for every model that no experiment has made yet."""
    found: dict[str, Variant] = {}
    for variant in variants:
        name = cache_key(variant, data)
        if cached_scores(jobs_folder, name) is None:
            found.setdefault(name, variant)
    return list(found.values())


@dataclass(frozen=True)
class ModelNotes:
    """Notes on a variant's model, stored beside its scores.

    Attributes
    ----------
    temperature
        Fitted on the validation respondents; 1 for baselines.
    weights_mb
        Size of the base model in memory; None for baselines.
    seconds
        Time to train and test it.
    """

    temperature: float
    weights_mb: float | None
    seconds: float


@dataclass(frozen=True)
class ScoreCache:
    """Cache of the scores of one experiment's models, in its job folder."""

    folder: JobFolder
    data: SurveyData

    def take(self, variants: Sequence[Variant]) -> None:
        """Copy the scores of these variants' models from other experiments, which may be deleted any time."""
        for here in map(self._path, variants):
            found = cached_scores(self.folder.path.parent, here.stem)
            if found is not None and not here.exists():
                shutil.copy(found.with_suffix(".parquet"), here.with_suffix(".parquet"))
                write_json(here, read_json(found))

    def read(self, variant: Variant) -> tuple[Scores, ModelNotes]:
        """Scores of the test respondents, and notes about the model."""
        here = self._path(variant)
        return Scores.read(here.with_suffix(".parquet"), self.data.items), ModelNotes(**read_json(here))

    def write(self, variant: Variant, scores: Scores, notes: ModelNotes) -> None:
        """Store scores and notes of this variant's model, and delete its checkpoints."""
        path = self._path(variant)
        scores.write(path.with_suffix(".parquet"))
        write_json(path, asdict(notes))  # last: scores without it are not whole
        shutil.rmtree(self.checkpoints(variant), ignore_errors=True)

    def checkpoints(self, variant: Variant) -> Path:
        """Folder of the checkpoints of this variant's model."""
        return self.folder.checkpoints / cache_key(variant, self.data)

    def _path(self, variant: Variant) -> Path:
        folder = self.folder.outputs / FOLDER
        folder.mkdir(exist_ok=True)
        return folder / f"{cache_key(variant, self.data)}.json"


def _survey(data: SurveyData) -> list[Any]:
    return [CACHE_VERSION, data_hash(data), versions()]


@cache
def _weights(base: str) -> str | None:
    return weights_sha256(find_base(base))
