"""Benchmark of growth: CPU-seconds and memory of a whole study against its number of people x questions.

Each size is a process of its own, one after the other: a generated survey is imported, as many people are
built, a model (the embedded one, with an adapter that changes nothing) is asked, and the simulation is
compared with the respondents. Twice the people should cost twice as much, a log-log slope of 1. The model is
asked once per different profile, so those are counted too.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import JobError

ROOT = Path(__file__).parents[3]
RUN = "core.lab.bench.growth_run"
STEPS = ("import", "population", "simulation", "comparison")
SIZES = 4
LARGEST = (10_000, 40)
"""People (and respondents) and questions of the largest study unless others are asked for."""


@dataclass(frozen=True)
class Size:
    """Costs of a study of one size.

    Attributes
    ----------
    people, questions
        People built, which is also the number of respondents, and questions.
    profiles
        Different profiles that the model was asked.
    cpu_seconds
        Step -> CPU-seconds, with those of processes it started.
    megabytes
        Step -> peak memory during it beyond what the program itself takes.
    """

    people: int
    questions: int
    profiles: int
    cpu_seconds: dict[str, float]
    megabytes: dict[str, float]

    @property
    def answers(self) -> int:
        """People times questions."""
        return self.people * self.questions


@dataclass(frozen=True)
class GrowthBench:
    """Costs of several sizes, smallest first."""

    sizes: tuple[Size, ...]

    @property
    def slopes(self) -> dict[str, float]:
        """Log-log slope against people x questions of each step's CPU-seconds, of all, and of memory."""
        answers = [size.answers for size in self.sizes]
        costs = {name: [size.cpu_seconds[name] for size in self.sizes] for name in STEPS}
        costs["all"] = [sum(size.cpu_seconds.values()) for size in self.sizes]
        costs["memory"] = [max(size.megabytes.values()) for size in self.sizes]
        return {name: slope(answers, values) for name, values in costs.items()}


def bench_growth(people: int = LARGEST[0], questions: int = LARGEST[1], seed: int = 0) -> GrowthBench:
    """Costs of studies up to this size; each next one has 4 times the people and twice the questions."""
    wanted = [(people // 4**k, max(1, questions // 2**k)) for k in reversed(range(SIZES))]
    return GrowthBench(tuple(_measured(n, q, seed) for n, q in wanted))


def slope(sizes: list[int], costs: list[float]) -> float:
    """Log-log slope: the power of the size that the cost grows with, by least squares; NaN for one size."""
    if len(set(sizes)) < 2:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(costs, 1e-3)), 1)[0])


def _measured(people: int, questions: int, seed: int) -> Size:
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run(
            [sys.executable, "-m", RUN, folder, str(people), str(questions), str(seed)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    if found.returncode:
        last = (found.stderr.strip().splitlines() or [""])[-1]
        raise JobError("A study of this size could not be run.", where=f"{people} people", got=last)
    return Size(**json.loads(found.stdout.splitlines()[-1]))
