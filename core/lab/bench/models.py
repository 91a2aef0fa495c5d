"""Benchmark of model sizes: training random models with the shapes of real ones, against the estimate.

Time and memory depend on a model's shape, not on its weights, so nothing has to be downloaded. Every
model learns a few steps of the generated example survey, or of a published one, with QLoRA and with
LoRA, in a fresh process each, sharing steps among the cores as a tuning job does; and reads the same
answers through a Hugging Face Trainer on one core. Beside what was measured stands what
`core.models.memory` predicts before the start, for bundles of the size that was read.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from core.lab.bench.training import ReadCost, Task, run_apart, run_loop
from core.models.catalogue import CATALOGUE
from core.models.machine import Machine, this_machine
from core.models.memory import MemoryEstimate, estimate
from core.models.shape import Shape
from core.tuning.plan import load_of
from core.tuning.recipe import Recipe

BUILD = "core.lab.bench.random_model"
SMALL = "smollm2-135m"
_LISTED = {entry.id: entry.shape for entry in CATALOGUE}
SHAPES = {
    SMALL: _LISTED["HuggingFaceTB/SmolLM2-135M"],
    "llama-7b": _LISTED["meta-llama/Llama-2-7b-hf"],
}


@dataclass(frozen=True)
class ModelBench:
    """Result for one shape and one kind of adapter.

    Attributes
    ----------
    ours, naive
        Measured costs of the same answers.
    estimated
        Estimate for ours.
    estimated_cpu_seconds
        Predicted processor time of a step, which other programs do not lengthen; None on a GPU.
    """

    model: str
    adapter: str
    ours: ReadCost
    naive: ReadCost
    estimated: MemoryEstimate
    estimated_cpu_seconds: float | None

    @property
    def ratios(self) -> dict[str, float]:
        """Measured over predicted memory and time; processor time and memory of the usual way over ours."""
        cpu_seconds = self.ours.cpu_seconds / self.ours.steps
        return {
            "memory": 1e6 * self.ours.peak_megabytes / self.estimated.needed,
            "time": self.ours.seconds / self.ours.steps / self.estimated.seconds_per_step,
            "cpu_time": cpu_seconds / (self.estimated_cpu_seconds or float("nan")),
            "naive_cpu_seconds": self.naive.cpu_seconds / self.ours.cpu_seconds,
            "naive_memory": self.naive.peak_megabytes / self.ours.peak_megabytes,
        }


def shapes_here(machine: Machine) -> tuple[dict[str, Shape], list[str]]:
    """Shapes this machine can train on its processor or one GPU, and a line for each one it cannot."""
    machine, shapes, lines = _with_one_gpu(machine), {}, []
    for name, shape in SHAPES.items():
        if name != SMALL and not machine.gpus:
            lines.append(f"{name}: left out, it takes an NVIDIA GPU and there is none.")
            continue
        fit = estimate(shape, load_of(Recipe()), machine)
        if fit.verdict == "fits":
            shapes[name] = shape
        else:
            lines.append(f"{name}: left out. {fit.sentence}")
    return shapes, lines


def _with_one_gpu(machine: Machine) -> Machine:
    return replace(machine, gpus=machine.gpus[:1])


def bench_models(
    shapes: Mapping[str, Shape],
    adapters: tuple[Literal["qlora", "lora"], ...] = ("qlora", "lora"),
    survey: Path | None = None,
    respondents: int = 60,
    steps: int = 2,
) -> Iterator[ModelBench]:
    """Results shape by shape, each with every kind of adapter.

    Parameters
    ----------
    shapes
        Name -> shape.
    survey
        Folder of a published survey, see `core.lab.bench.published`; the generated example without.
    respondents, steps
        Training respondents who are asked, and how many steps of their answers are read.

    Raises
    ------
    JobError
        If a model cannot be made or does not learn.
    """
    path = None if survey is None else str(survey.resolve())
    for name, shape in shapes.items():
        with tempfile.TemporaryDirectory() as folder:
            run_apart(BUILD, folder, json.dumps(asdict(shape)))
            for adapter in adapters:
                task = Task("ours", path, respondents, folder, adapter, steps=steps, every_core=True)
                machine = _with_one_gpu(this_machine())
                ours, naive = run_loop(task), run_loop(replace(task, way="naive", every_core=False))
                load = load_of(Recipe(adapter=adapter))
                load = replace(load, tokens=ours.step_tokens, positions=ours.step_positions)
                one_core = estimate(shape, load, replace(machine, cores=1, gpus=()))
                cpu_seconds = None if machine.gpus else one_core.seconds_per_step
                yield ModelBench(name, adapter, ours, naive, estimate(shape, load, machine), cpu_seconds)
