"""Scoring on several processor cores: one forked process per share of the items.

Small models gain nothing from more threads per multiplication, but items are independent. Forking
shares the loaded model without copying it. Where forking is not possible or not worth it, or for models on a
GPU, everything is scored in this process, by one thread if the model is small.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from core.errors import ModelError
from core.models.language_model import LanguageModel
from core.models.processes import ALONE, Processes
from core.models.profiles import ProfileScores, score_profiles
from core.prompts.encoding import Encoder
from core.prompts.template import Template
from core.survey.codebook import Codebook, Item

WORTHWHILE = 2_000
"""Fewer profile x item pairs than this are scored in one process."""
SMALL = 10_000_000
"""Parameters up to which a second thread on a processor costs CPU-seconds and saves no time."""


def score_on_all_cores(
    model: LanguageModel,
    encoder: Encoder,
    template: Template,
    codebook: Codebook,
    profiles: pd.DataFrame,
    items: Sequence[Item],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    processes: Processes = ALONE,
) -> ProfileScores:
    """Result of `score_profiles`, computed by a forked process per processor core.

    Parameters
    ----------
    on_progress
        Called with (pairs done, pairs in all) a few times a second.
    processes
        Where several processes work together already, they share the items and nothing is forked.

    Raises
    ------
    ModelError
        If one of the processes died, for example for lack of memory.
    """
    score = partial(score_profiles, model, encoder, template, codebook, profiles)
    count = min(os.cpu_count() or 1, len(items)) if processes.count == 1 else 1
    forkable = "fork" in multiprocessing.get_all_start_methods() and not next(model.parameters()).is_cuda
    if count < 2 or not forkable or len(profiles) * len(items) < WORTHWHILE:
        with _few_threads(model):
            return score(items, on_progress, processes)
    fork = multiprocessing.get_context("fork")
    shares = [items[k::count] for k in range(count)]  # every count-th item: costs are even on average
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{k}.npz" for k in range(count)]
        # a counter each, written by one process only: no lock needed
        done = [fork.Value("q", 0, lock=False) for _ in range(count)]
        workers = [
            fork.Process(target=_score_share, args=(score, share, file, pairs), daemon=True)
            for share, file, pairs in zip(shares, files, done, strict=True)
        ]
        try:
            for worker in workers:
                worker.start()
            while any(worker.is_alive() for worker in workers):
                time.sleep(0.2)
                on_progress(sum(pairs.value for pairs in done), len(profiles) * len(items))
        finally:  # also when `on_progress` raises because the job was cancelled
            for worker in workers:
                worker.terminate()
                worker.join()
        if any(worker.exitcode for worker in workers):
            raise ModelError(
                "Scoring stopped before it was finished.",
                got=[worker.exitcode for worker in workers],
                fix="Close other programs to free memory and start the simulation again.",
            )
        return _collect(files, items)


@contextmanager
def _few_threads(model: LanguageModel) -> Iterator[None]:
    """One thread inside for a small model on a processor, and as many as before afterwards."""
    threads = torch.get_num_threads()
    if next(model.parameters()).is_cuda or sum(p.numel() for p in model.parameters()) > SMALL:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _score_share(
    score: Callable[[Sequence[Item], Callable[[int, int], None]], ProfileScores],
    items: Sequence[Item],
    file: Path,
    done: Any,
) -> None:
    """Work of one forked process: score its items, count pairs in `done` and write the arrays to `file`."""

    def on_progress(count: int, _: int) -> None:
        done.value = count

    torch.set_num_threads(1)  # every core has a process; and threads begun before a fork are not in it
    scores = score(items, on_progress)
    np.savez(
        file,
        allow_pickle=False,
        **{f"{k}:logprob": scores.logprob[i.key] for k, i in enumerate(items)},
        **{f"{k}:mass": scores.mass[i.key] for k, i in enumerate(items)},
    )


def _collect(files: Sequence[Path], items: Sequence[Item]) -> ProfileScores:
    """Scores of all items, in the order of `items`, from the files of the workers."""
    tables = [np.load(file, allow_pickle=False) for file in files]
    # item k went to worker k mod count, as its (k div count)-th: (file, position in it)
    place = {item.key: divmod(k, len(files))[::-1] for k, item in enumerate(items)}
    logprob = {key: tables[f][f"{k}:logprob"] for key, (f, k) in place.items()}
    mass = {key: tables[f][f"{k}:mass"] for key, (f, k) in place.items()}
    for table in tables:
        table.close()
    return ProfileScores(logprob, mass)
