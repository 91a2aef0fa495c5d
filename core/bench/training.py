"""Benchmark of training: a Hugging Face Trainer that reads every answer in a row of its own, against ours.

Both read the same answers of the same respondents once, with the same model, adapter and optimiser, one
after the other, each in a process of its own on one core. The usual way is a row per answer: the whole
prompt, padded to the longest of eight, the language-model head at every position. Ours merges identical
prompts, lays many into one bundle and applies the head where answers branch. What is learned by one
reading is not compared here (`core.bench.quality` judges models); that loss and gradients are those of
rows is a test.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.bench.published import published_surveys
from core.errors import JobError

LOOP = "core.bench.training_loop"


@dataclass(frozen=True)
class Reading:
    """One pass over the answers.

    Attributes
    ----------
    answers
        Answers learned from.
    sequences
        Rows or bundles they were read in.
    tokens
        Tokens the model read, padding included.
    cpu_seconds
        Of learning, without loading.
    megabytes
        Most memory while learning, less what the process held before it.
    """

    answers: int
    sequences: int
    tokens: int
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class TrainingBench:
    """Both ways on one survey."""

    survey: str
    naive: Reading
    ours: Reading

    @property
    def ratios(self) -> dict[str, float]:
        """How many times as much the usual way takes."""
        return {
            "tokens": self.naive.tokens / self.ours.tokens,
            "cpu_seconds": self.naive.cpu_seconds / self.ours.cpu_seconds,
            "megabytes": self.naive.megabytes / max(self.ours.megabytes, 1.0),
        }


def bench_training(
    folder: Path | None = None, only: tuple[str, ...] = (), respondents: int = 60
) -> Iterator[TrainingBench]:
    """Measure published surveys one by one.

    Parameters
    ----------
    folder
        With a folder per survey, see `core.bench.published`.
    only
        Names of surveys; all without.
    respondents
        Training respondents whose answers are read.

    Raises
    ------
    NotFoundError
        If there is no survey, or none of a name in `only`.
    JobError
        If one of the loops fails.
    """
    for survey in published_surveys(folder, only):
        found = [_read(way, survey, respondents) for way in ("naive", "ours")]
        yield TrainingBench(survey.name, *found)


def _read(way: str, survey: Path, respondents: int) -> Reading:
    done = subprocess.run(
        [sys.executable, "-m", LOOP, way, str(survey.resolve()), str(respondents)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise JobError("A training loop failed.", where=f"{way}, {survey.name}", got=done.stderr[-500:])
    return Reading(**json.loads(done.stdout.splitlines()[-1]))
