"""Process groups: several processes that work on one model, usually one per NVIDIA GPU.

All of them run the same code on the same inputs. Each takes its share of what can be divided, sums are
reduced over all of them, and what could differ (the time, a request of the user, a full disk) is decided
by the first one and broadcast, so that all take the same branch. `ALONE` is the case of one process, in which
nothing of this costs anything: code that is given a `Processes` never asks how many there are.

They are started by `run_processes` from a job's process, end when it ends, and meet through a file. The
machinery is torch.multiprocessing and torch.distributed: NCCL among GPUs, gloo elsewhere. Several
machines are not covered.
"""

import contextlib
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed
from torch import Tensor

from core.errors import ModelError, SurveyError
from core.jobs.reporting import DISK_ERROR, MEMORY_ERROR, Cancelled, in_words, tokens_hidden
from core.store.files import read_json, write_json

T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """Place of this process in its group, and the collective operations of the group.

    Attributes
    ----------
    rank
        0 for the first, which writes files and reports progress.
    count
        Number of processes in the group.
    sharded
        Whether each holds only a part of every layer of the base model, so that all have to run the same
        number of forward passes.
    """

    rank: int = 0
    count: int = 1
    sharded: bool = False

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and reports progress."""
        return self.rank == 0

    @property
    def device(self) -> torch.device:
        """Device this process computes on: its current NVIDIA GPU, else the processor."""
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", torch.cuda.current_device())

    def agreed(self, value: float) -> float:
        """Value of the first process, broadcast; a collective operation, to be called by all."""
        if self.count == 1:
            return value
        agreed = torch.tensor([value], dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(agreed, 0)
        return agreed.item()

    def now(self) -> float:
        """Monotonic time of the first process in seconds; a collective operation."""
        return self.agreed(time.monotonic())

    def sum(self, tensor: Tensor) -> Tensor:
        """Sum of `tensor` over all processes, written into it; the same to the bit in each process."""
        if self.count > 1:
            total = tensor.to(self.device)
            torch.distributed.all_reduce(total)
            tensor.copy_(total)
        return tensor

    def shared(self, items: Iterable[T]) -> Iterator[tuple[T, bool]]:
        """Every `count`-th item with True; then the last one with False where this process had one fewer.

        The repeated item does not count: it makes all processes run the same number of forward passes, which
        a sharded model needs.
        """
        place = -1
        for place, item in enumerate(items):
            if place % self.count == self.rank:
                yield item, True
        # the last round stopped before this rank
        if place >= 0 and place % self.count < self.rank:
            yield item, False

    @contextlib.contextmanager
    def rank_rng(self) -> Iterator[None]:
        """Random generator with a seed of its own in each process, for example for dropout.

        Afterwards all generators are in the same state again, so that the state of the first process in a
        checkpoint is enough to resume from.
        """
        if self.count == 1:
            yield
            return
        # drawing the seed moves the common generator on by one, in every process alike
        seed = int(self.agreed(float(torch.randint(2**40, ()))))
        with torch.random.fork_rng([self.device] if torch.cuda.is_available() else []):
            torch.manual_seed(seed + self.rank)
            yield

    def wrote(self, write: Callable[[], None]) -> bool:
        """Whether `write`, called in the first process alone, found room on the disk; the same in all."""
        error = _disk_error(write) if self.first else None
        if error:
            sys.stderr.write(f"Not written: {error}\n")
        return self.agreed(float(error is None)) == 1.0


ALONE = Processes()


def _disk_error(write: Callable[[], None]) -> OSError | None:
    """Error of the file system that `write` raised; None without one."""
    try:
        write()
    except OSError as error:
        return error
    return None


Work = Callable[[Processes, str], dict[str, Any]]
"""Function that every process calls with its `Processes` and the argument; the result of the first is kept.
Unless forked, it is pickled and so has to be defined at the top level of a module."""


def run_processes(
    work: Work, argument: str, count: int, sharded: bool = False, *, forked: bool = False
) -> dict[str, Any]:
    """Result of the first of `count` processes that are started here, call `work` and end.

    Parameters
    ----------
    work, argument
        Called as ``work(processes, argument)`` in every process.
    count
        Number of processes.
    sharded
        Whether the base model is split over them.
    forked
        Fork them, so that they share the memory of this process, instead of starting new interpreters; not
        for NVIDIA GPUs.

    Raises
    ------
    Cancelled
        If the job was cancelled.
    ModelError
        If there are fewer GPUs than processes, or one of them failed; the others are ended. The message
        is that of the process that failed first.
    """
    gpus = torch.cuda.device_count()
    if 0 < gpus < count:
        raise ModelError("There are fewer GPUs than processes.", got=gpus, fix=f"Start {gpus} or fewer.")
    with tempfile.TemporaryDirectory() as meeting:
        try:
            torch.multiprocessing.start_processes(
                _join,
                (work, argument, count, sharded, meeting),
                nprocs=count,
                start_method="fork" if forked else "spawn",
            )
        except torch.multiprocessing.ProcessExitedException:  # the others have been ended
            raise _reason(Path(meeting)) from None
        return read_json(Path(meeting) / "result.json")


def _join(rank: int, work: Work, argument: str, count: int, sharded: bool, meeting: str) -> None:
    """Main function of a process: join the group, do the work, leave the result or why it failed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # sent when the job's process is gone: end at once
    with tokens_hidden():
        try:
            if count > 1:
                _meet(rank, count, Path(meeting) / "store")
            result = work(Processes(rank, count, sharded), argument)
            if rank == 0:
                write_json(Path(meeting) / "result.json", result)
            if count > 1:
                torch.distributed.barrier()
                torch.distributed.destroy_process_group()
        except Exception as error:
            _leave_reason(Path(meeting) / f"reason-{rank}.json", error)
            traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(1)  # a regular exit could wait for ever in a collective operation


def _meet(rank: int, count: int, store: Path) -> None:
    """Join the process group, whose members find each other through the file `store`."""
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(rank)
    torch.distributed.init_process_group(
        "nccl" if on_gpu else "gloo",
        init_method=store.as_uri(),
        rank=rank,
        world_size=count,
        timeout=timedelta(days=1),  # while the first one writes; the dead are noticed by the job's process
        device_id=torch.device("cuda", rank) if on_gpu else None,
    )


def _leave_reason(path: Path, error: Exception) -> None:
    """Write a failure to `path`, for the process that started the group; none that another process caused."""
    if isinstance(error, torch.distributed.DistError) or "third_party/gloo" in str(error):
        return  # the connection to another process broke: the cause is in that process
    sentence = in_words(error)
    mendable = isinstance(error, SurveyError) or sentence in (MEMORY_ERROR, DISK_ERROR)
    kind = "cancelled" if isinstance(error, Cancelled) else "mendable" if mendable else "bug"
    with contextlib.suppress(OSError):
        write_json(path, {"when": time.time(), "kind": kind, "sentence": sentence})


def _reason(meeting: Path) -> Exception:
    """Exception of the process that failed first, from the files of `_leave_reason`."""
    reasons = [read_json(path) for path in meeting.glob("reason-*.json")]
    if not reasons:
        return ModelError(
            "One of the processes that work together stopped without a word, most likely for lack of memory.",
            fix="Close other programs and go on with the run, or choose a smaller base model.",
        )
    first = min(reasons, key=lambda reason: reason["when"])
    if first["kind"] == "cancelled":
        return Cancelled()
    return RuntimeError(first["sentence"]) if first["kind"] == "bug" else ModelError(first["sentence"])
