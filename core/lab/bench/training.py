"""Benchmark of training: a Hugging Face Trainer with a row per answer against our bundles.

Both read the same prompts once, with the same model, adapter and optimiser, one after the other, each in a
process of its own on one core: every answer of some respondents ("individual"), and what a default run
asks, where people are also shown in part ("smoothed"). The usual way is a row per answer: the whole prompt,
padded to the longest of eight, the language-model head at every position. Ours merges identical prompts,
lays many into one bundle and applies the head where answers branch. Where every answer is read, question or
person is in front, whichever takes fewer tokens; a tuning run has the question in front (why is in
`core.prompts.template`). What is learned is not compared here: `core.lab.bench.quality` does that. That
loss and gradients are those of rows is a test.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import psutil

from core.errors import JobError
from core.lab.bench.published import published_surveys
from core.models.catalogue import EMBEDDED

LOOP = "core.lab.bench.training_loop"
ROOT = Path(__file__).parents[3]
LESSON_STEPS = 10
"""Steps of a default run that are measured."""
LOOK_EVERY = 0.1
"""Seconds between two measurements of the memory of a loop."""


@dataclass(frozen=True)
class Task:
    """Task of one training loop.

    Attributes
    ----------
    way
        "naive": a row per answer; "ours": bundles.
    survey
        Folder of a published survey; None for the generated example.
    respondents
        Number of training respondents whose answers are read.
    base, adapter
        As in a recipe.
    targets
        As in a recipe: "individual" reads every answer once, "smoothed" what a default run asks.
    steps
        Steps of ours whose answers are read; None for all of these respondents' individual answers.
    every_core
        Whether ours shares a step among the processor's cores, as a tuning job does.
    """

    way: Literal["naive", "ours"]
    survey: str | None
    respondents: int
    base: str = EMBEDDED
    adapter: Literal["qlora", "lora"] = "lora"
    targets: Literal["individual", "smoothed"] = "individual"
    steps: int | None = None
    every_core: bool = False


@dataclass(frozen=True)
class ReadCost:
    """Measured cost of one pass over the answers.

    Attributes
    ----------
    answers
        Answers trained on; of smoothed targets, one for each prompt.
    sequences
        Rows or bundles they were read in.
    tokens
        Tokens the model read, padding included.
    steps
        Optimiser steps.
    step_tokens, step_positions
        Of the largest step: its tokens, and the positions the language-model head was applied to.
    seconds, cpu_seconds
        Of learning, without loading; the latter of all processes that took part.
    megabytes
        Most memory while learning, less what the process held before it.
    peak_megabytes
        Most memory from start to end, of all processes, what they share once; on an NVIDIA GPU, its own.
    """

    answers: int
    sequences: int
    tokens: int
    steps: int
    step_tokens: int
    step_positions: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    peak_megabytes: float


@dataclass(frozen=True)
class TrainingBench:
    """Costs of both ways on one survey; `targets` as in `Task`."""

    survey: str
    targets: str
    naive: ReadCost
    ours: ReadCost

    @property
    def ratios(self) -> dict[str, float]:
        """Costs of the usual way divided by ours."""
        return {
            "tokens": self.naive.tokens / self.ours.tokens,
            "cpu_seconds": self.naive.cpu_seconds / self.ours.cpu_seconds,
            "megabytes": self.naive.megabytes / max(self.ours.megabytes, 1.0),
        }


def bench_training(
    folder: Path | None = None,
    only: tuple[str, ...] = (),
    respondents: int = 60,
    targets: tuple[Literal["individual", "smoothed"], ...] = ("individual", "smoothed"),
) -> Iterator[TrainingBench]:
    """Costs of both ways on published surveys, one by one.

    Parameters
    ----------
    folder
        With a folder per survey, see `core.lab.bench.published`.
    only
        Names of surveys; all without.
    respondents
        Training respondents whose answers are read.
    targets
        What is read of each survey, one after the other.

    Raises
    ------
    NotFoundError
        If there is no survey, or none of a name in `only`.
    JobError
        If one of the loops fails.
    """
    for survey in published_surveys(folder, only):
        for kind in targets:
            steps = None if kind == "individual" else LESSON_STEPS
            task = Task("naive", str(survey.resolve()), respondents, targets=kind, steps=steps)
            yield TrainingBench(survey.name, kind, run_loop(task), run_loop(replace(task, way="ours")))


def run_loop(task: Task) -> ReadCost:
    """Cost of one pass, measured in a process of its own.

    Raises
    ------
    JobError
        If it fails.
    """
    output, peak = run_apart(LOOP, json.dumps(asdict(task)))
    found = json.loads(output.splitlines()[-1])
    found["peak_megabytes"] = max(found["peak_megabytes"], 0.0 if found.pop("on_gpu") else peak / 1e6)
    return ReadCost(**found)


def run_apart(module: str, *arguments: str) -> tuple[str, int]:
    """Output of a module run in a process of its own, and its peak memory in bytes.

    Raises
    ------
    JobError
        If it fails.
    """
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = psutil.Popen(command, cwd=ROOT, stdout=output, stderr=errors)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(LOOK_EVERY)
        output.seek(0), errors.seek(0)
        if process.returncode:
            raise JobError("A loop of the benchmark failed.", where=module, got=errors.read()[-500:])
        return output.read(), peak


def _memory(process: psutil.Process) -> int:
    """Resident bytes of a process and unshared bytes of its children: forks share the rest with it."""
    try:
        own = process.memory_info().rss
        return own + sum(child.memory_full_info().uss for child in process.children(recursive=True))
    except psutil.Error:
        return 0  # ended meanwhile
