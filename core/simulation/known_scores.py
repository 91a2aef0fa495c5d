"""Known scores of a run's models: a second population of the same model is asked only what is new in it.

They lie in the folder of the run, beside its outputs: deleting the run deletes them, and nothing that is
published is taken from there. A file holds what one job found and is never changed, so that jobs that run at
once do not disturb each other. What is known is not computed again; scores of short prompts do not depend on
who is asked together (see `core.models.path_attention`) and are the same to the bit without the files, those
of longer ones to the last digits. Needs no torch.
"""

import contextlib
import hashlib
import json
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.jobs.folder import JobFolder
from core.simulation.scores import Scores
from core.store.files import write_bytes
from core.survey.codebook import Item

KNOWN_FOLDER = "scores"
KNOWN_BYTES = 256 * 2**20
"""Size of all files of one run; the oldest are dropped when there are more."""
VERSION = 1
"""Counts up whenever a prompt or its reading changes without a new template or package version."""


def digest(*what: Any) -> str:
    """Digest of plain data, 32 hex digits."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]


def adapter_digest(folder: Path) -> str:
    """Digest of the files that decide what an adapter's model computes."""
    files = sorted(folder.glob("adapter_*"))
    return digest([[path.name, hashlib.sha256(path.read_bytes()).hexdigest()] for path in files])


@dataclass(frozen=True)
class KnownScores:
    """Known scores of one model on the items of one codebook.

    Attributes
    ----------
    run
        Folder of the tuning job; None for a model without one, of which nothing is kept.
    model
        Digest of what the scores depend on besides the profile: weights, template, questions, versions.
    items
        The items, all of which a known profile was asked.
    """

    run: Path | None
    model: str
    items: Sequence[Item]

    @classmethod
    def beside(cls, job: JobFolder, items: Sequence[Item], *model: Any) -> "KnownScores":
        """Known scores in the folder of the run that a simulation belongs to; `model` is plain data."""
        run_id = job.spec().get("run_id")
        run = job.path.parent / run_id if run_id else None
        return cls(run if run and run.is_dir() else None, digest(VERSION, *model), items)

    def lookup(self, profiles: pd.DataFrame) -> "Lookup":
        """What is known of these profiles."""
        names = [digest(row)[:24] for row in _plain_rows(profiles)]
        place: dict[str, tuple[Path, int]] = {}
        for path in self._files():
            for (held,) in _arrays(path, ["profiles"]):
                place.update({str(name): (path, row) for row, name in enumerate(held)})
        found = Lookup.nothing(self.items if place or not names else (), names)
        by_file: dict[Path, list[tuple[int, int]]] = {}
        for at, name in enumerate(names):
            if name in place:
                path, row = place[name]
                by_file.setdefault(path, []).append((at, row))
        for path, pairs in by_file.items():
            at, rows = np.array(pairs).T
            for arrays in _arrays(path, [name for pair in _table_names(self.items) for name in pair]):
                found.fill(
                    at,
                    [
                        (logprob[rows], mass[rows])
                        for logprob, mass in zip(arrays[::2], arrays[1::2], strict=True)
                    ],
                )
        return found

    def add(self, names: Sequence[str], scores: Scores) -> None:
        """Keep scores of profiles, one row per name of `Lookup.names`; drop the oldest files if need be."""
        size = sum(t.nbytes for tables in (scores.logprob, scores.mass) for t in tables.values()) // 2
        if self.run is None or not names or size > KNOWN_BYTES:
            return
        content = BytesIO()
        tables = {}
        for item, (logprob, mass) in zip(self.items, _table_names(self.items), strict=True):
            # computed in single precision, so nothing is lost
            tables[logprob] = scores.logprob[item.key].astype(np.float32)
            tables[mass] = scores.mass[item.key].astype(np.float32)
        np.savez(content, allow_pickle=False, profiles=np.array(names), **tables)
        with contextlib.suppress(FileNotFoundError):  # the run was deleted meanwhile
            folder = self.run / KNOWN_FOLDER
            folder.mkdir(exist_ok=True)
            write_bytes(folder / f"{self.model}-{uuid.uuid4().hex[:8]}.npz", content.getvalue())
            _drop_oldest(folder)

    def _files(self) -> list[Path]:
        return sorted((self.run / KNOWN_FOLDER).glob(f"{self.model}-*.npz")) if self.run else []


@dataclass(frozen=True)
class Lookup:
    """Scores of profiles, as far as they are known.

    Attributes
    ----------
    names
        Digest of each profile.
    scores
        One row per profile; those that are not known hold nothing yet.
    known
        Shape (n_profiles,), whether each is.
    """

    names: list[str]
    scores: Scores
    known: np.ndarray

    @classmethod
    def nothing(cls, items: Sequence[Item], names: list[str]) -> "Lookup":
        """Lookup of profiles of which nothing is known."""
        logprob = {item.key: np.zeros((len(names), len(item.answers))) for item in items}
        mass = {item.key: np.zeros(len(names)) for item in items}
        return cls(names, Scores(logprob, mass), np.zeros(len(names), dtype=bool))

    def fill(self, at: np.ndarray, tables: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
        """Put in log-probabilities and mass of the profiles at these positions, a pair per item."""
        for key, (logprob, mass) in zip(self.scores.logprob, tables, strict=True):
            self.scores.logprob[key][at], self.scores.mass[key][at] = logprob, mass
        self.known[at] = True


def score_unknown(
    known: KnownScores,
    profiles: pd.DataFrame,
    score: Callable[[pd.DataFrame], Scores],
) -> tuple[Scores, int]:
    """Scores of profiles, asking the model only those that are not known; and how many were.

    Parameters
    ----------
    score
        Asks the model: one row per profile it is given; called only if there are any.
    """
    found = known.lookup(profiles)
    new = np.flatnonzero(~found.known)
    if len(new):
        asked = score(profiles.iloc[new].reset_index(drop=True))
        known.add([found.names[k] for k in new], asked)
        if len(new) == len(profiles):
            return asked, 0
        found.fill(new, [(asked.logprob[item.key], asked.mass[item.key]) for item in known.items])
    return found.scores, len(profiles) - len(new)


def _table_names(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Names of each item's arrays in a file: log-probabilities and mass."""
    return [(f"{k}:logprob", f"{k}:mass") for k in range(len(items))]


def _arrays(path: Path, names: Sequence[str]) -> list[list[np.ndarray]]:
    """The arrays of these names in a file, once; nothing where another job dropped it or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return [[held[name] for name in names]]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return []


def _plain_rows(profiles: pd.DataFrame) -> list[list[list[str]]]:
    """Each profile as its pairs of column and value; missing values are left out."""
    columns = [str(column) for column in profiles]
    return [
        [[c, v] for c, v in zip(columns, row, strict=True) if isinstance(v, str)]
        for row in profiles.itertuples(index=False, name=None)
    ]


def _drop_oldest(folder: Path) -> None:
    """Drop files until those left have at most `KNOWN_BYTES` together."""
    files = []
    for path in folder.glob("*.npz"):
        with contextlib.suppress(FileNotFoundError):
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= KNOWN_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
