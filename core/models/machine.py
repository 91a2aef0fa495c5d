"""Hardware of this machine: memory, processors and NVIDIA GPUs; needs no torch."""

import os
import platform
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from core.settings import cuda_visible_devices

GPU_SPEED = {"H200": 400, "H100": 400, "A100": 140, "L40": 120, "L4": 50, "4090": 120, "3090": 50, "T4": 25}
"""Effective 16-bit TFLOP/s of common GPUs while training, about half of their peak."""
OTHER_GPU_SPEED = 30


@dataclass(frozen=True)
class Gpu:
    """NVIDIA GPU: name, total and free memory in bytes."""

    name: str
    total: int
    free: int

    @property
    def speed(self) -> float:
        """Effective FLOP/s while training, by its name; rough."""
        known = (speed for name, speed in GPU_SPEED.items() if name in self.name)
        return 1e12 * next(known, OTHER_GPU_SPEED)


@dataclass(frozen=True)
class Machine:
    """Hardware that runs are planned for: memory in bytes, processor speed in FLOP/s of one core."""

    memory: int
    free_memory: int
    cores: int
    core_speed: float
    gpus: tuple[Gpu, ...] = ()
    system: str = "Linux x86_64"

    @property
    def shares_gpus(self) -> bool:
        """Whether several GPUs can work together: their library, NCCL, is for Linux."""
        return len(self.gpus) > 1 and self.system.startswith("Linux")

    def with_one_gpu(self) -> "Machine":
        """Copy of this machine with at most one GPU, for work that is not shared among GPUs."""
        return replace(self, gpus=self.gpus[:1])

    @property
    def device(self) -> str:
        """Sentence about the device that training will run on."""
        if self.gpus:
            count, kind = len(self.gpus), f"({self.gpus[0].name}, {self.gpus[0].total / 1e9:.0f} GB)"
            if count == 1:
                return f"One NVIDIA GPU {kind}."
            rest = "" if self.shares_gpus else "; one is used, since sharing several needs Linux"
            return f"{count} NVIDIA GPUs {kind}{rest}."
        if self.system.startswith("Darwin"):
            return "The processor; the GPU of an Apple computer is not used, it has no 4-bit layers."
        return (
            f"The processor ({self.cores} cores, {self.memory / 1e9:.0f} GB memory); no NVIDIA GPU was found."
        )


@cache
def this_machine() -> Machine:
    """Hardware of this computer, measured once per process in a tenth of a second."""
    memory = psutil.virtual_memory()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(
        memory=memory.total,
        free_memory=memory.available,
        cores=cores,
        core_speed=_core_speed(),
        gpus=_gpus(),
        system=f"{platform.system()} {platform.machine()}",
    )


def peak_memory() -> int:
    """Peak resident memory of this process in bytes.

    On Linux it is read from ``/proc``: `getrusage` there starts from the peak of the parent process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def _core_speed() -> float:
    """Speed of one core in FLOP/s, multiplying 32-bit matrices; the best of three runs."""
    a = np.ones((512, 512), dtype=np.float32)
    times = []
    with threadpool_limits(1):
        for _ in range(4):
            started = time.perf_counter()
            a @ a
            times.append(time.perf_counter() - started)
    return 2 * 512**3 / max(min(times[1:]), 1e-6)


def _gpus() -> tuple[Gpu, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    ask = [program, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(ask, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return visible_gpus(read_gpus(done.stdout), cuda_visible_devices())


def visible_gpus(found: tuple[Gpu, ...], chosen: str | None) -> tuple[Gpu, ...]:
    """GPUs that ``CUDA_VISIBLE_DEVICES``, given as `chosen`, leaves to this program; None leaves all.

    >>> four = 4 * read_gpus("NVIDIA L4, 23034, 22500")
    >>> len(visible_gpus(four, None)), len(visible_gpus(four, "0,2")), len(visible_gpus(four, ""))
    (4, 2, 0)
    """
    if chosen is None:
        return found
    names = [name.strip() for name in chosen.split(",") if name.strip() not in ("", "-1")]
    if all(name.isdigit() for name in names):
        return tuple(found[int(name)] for name in names if int(name) < len(found))
    return found[: len(names)]  # named by UUID, which `Gpu` does not hold: only the number is right


def read_gpus(text: str) -> tuple[Gpu, ...]:
    """GPUs from the lines of ``nvidia-smi --query-gpu=name,memory.total,memory.free`` in MiB.

    >>> read_gpus("NVIDIA L4, 23034, 22500")
    (Gpu(name='NVIDIA L4', total=24152899584, free=23592960000),)
    """
    found = []
    for line in text.splitlines():
        name, _, numbers = line.partition(",")
        total, _, free = numbers.partition(",")
        try:
            found.append(Gpu(name.strip(), int(total) * 2**20, int(free) * 2**20))
        except ValueError:
            continue
    return tuple(found)
