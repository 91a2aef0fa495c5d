"""Record of a tuning run: what repeating it needs, and how runs differ.

A run's folder holds its recipe (`spec.json`), the survey it learned (`inputs`), its figures and the
rest of what is recorded here (`result.json`). Nothing is stored twice. Needs no torch.
"""

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from core.jobs.status import JobStatus
from core.models.catalogue import EMBEDDED
from core.survey.respondents import SurveyData
from core.tuning.result import RunResult
from core.tuning.run_figures import RUN_FIGURES

PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers", "numpy")


@dataclass(frozen=True)
class Run:
    """Tuning run: identifier, settings and result.

    Attributes
    ----------
    id
        Identifier of the job.
    recipe
        Every setting it was started with, as asked for: runs of earlier versions have fewer.
    result
        Figures, model revision, data hash, versions and machine; all None while it has none.
    """

    id: str
    recipe: Mapping[str, Any]
    result: RunResult

    @property
    def base(self) -> str:
        """Base model as it was asked for; may be a path of this machine."""
        return str(self.recipe.get("base", EMBEDDED))

    @property
    def held_out(self) -> tuple[str, ...]:
        """Columns of the questions left out of training."""
        return tuple(self.recipe.get("hold_out_questions") or ())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what a simulation keeps of the run."""
        return {"run_id": self.id, "recipe": dict(self.recipe), **self.result.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Run":
        """Read what `to_dict` wrote."""
        return cls(str(data.get("run_id", "")), data.get("recipe", {}), RunResult.from_dict(data))


@dataclass(frozen=True)
class RunRecord(Run):
    """Tuning run as the registry shows it, with the `status` of its job."""

    status: JobStatus

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that may explain why two runs differ: recipe, survey, versions, machine and model."""
        kept = ("base", "data_hash", "versions", "machine", "processes", "sharded", "ending")
        found = self.result.to_dict()
        known = {key: found[key] for key in kept if key in found}
        known["model"] = known.pop("base", {})  # the recipe has a base of its own: as it was asked for
        return {**self.recipe, **known}

    @property
    def figures(self) -> dict[str, float | None]:
        """Figures of `RUN_FIGURES` by key; None where a run has none."""
        known = self.result.to_dict()
        return {key: known.get(key) for key in RUN_FIGURES}


def data_hash(data: SurveyData) -> str:
    """SHA-256 of codebook, profiles, answers, weights and split, its first 16 hex digits.

    The order of the respondents counts, since runs depend on it; their identifiers do not.
    """
    digest = hashlib.sha256(json.dumps(data.codebook.to_dict(), sort_keys=True).encode())
    table = pd.concat([data.profiles, data.answers], axis=1).assign(_weight=data.weights, _split=data.split)
    digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Versions of Python and of the installed packages that decide a result."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """Description of this machine (system, processor, cores), which explains differences in speed."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flat dictionary of nested settings, with dotted names.

    >>> flatten({"seed": 1, "base": {"id": "a/b"}})
    {'seed': 1, 'base.id': 'a/b'}
    """
    flat: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        flat |= flatten(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return flat


def differences(runs: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """Settings that are not the same in all runs: name -> value per run, None where a run lacks it.

    >>> differences([{"rank": 8, "seed": 0}, {"rank": 16, "seed": 0}])
    {'rank': (8, 16)}
    """
    flat = [flatten(run) for run in runs]
    names = dict.fromkeys(name for run in flat for name in run)
    table = {name: tuple(run.get(name) for run in flat) for name in names}
    return {name: row for name, row in table.items() if any(value != row[0] for value in row[1:])}
