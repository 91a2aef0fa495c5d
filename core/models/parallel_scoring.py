"""Score on several processor cores: one forked process per share of the items.

Small models gain nothing from more threads per multiplication, but items are independent. Forking
shares the loaded model without copying it. Where forking is not possible, or for models on a GPU,
everything is scored in this process.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
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
    """Like `score_profiles`, with the same result, shared among the processor's cores.

    Where several processes work together already, they share it among themselves.

    Raises
    ------
    ModelError
        If one of the processes died, for example for lack of memory.
    """
    score = partial(score_profiles, model, encoder, template, codebook, profiles)
    workers = min(os.cpu_count() or 1, len(items)) if processes.count == 1 else 1
    forkable = "fork" in multiprocessing.get_all_start_methods() and not next(model.parameters()).is_cuda
    if workers < 2 or not forkable or len(profiles) * len(items) < WORTHWHILE:
        return score(items, on_progress, processes)
    fork = multiprocessing.get_context("fork")
    shares = [items[k::workers] for k in range(workers)]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{k}.npz" for k in range(workers)]
        done = [fork.Value("q", 0, lock=False) for _ in range(workers)]
        forked = [
            fork.Process(target=_score_share, args=(score, share, file, count), daemon=True)
            for share, file, count in zip(shares, files, done, strict=True)
        ]
        try:
            for process in forked:
                process.start()
            while any(process.is_alive() for process in forked):
                time.sleep(0.2)
                on_progress(sum(count.value for count in done), len(profiles) * len(items))
        finally:
            for process in forked:
                process.terminate()
                process.join()
        if any(process.exitcode for process in forked):
            raise ModelError(
                "Scoring stopped before it was finished.",
                got=[process.exitcode for process in forked],
                fix="Close other programs to free memory and start the simulation again.",
            )
        return _collect(files, items)


def _score_share(
    score: Callable[[Sequence[Item], Callable[[int, int], None]], ProfileScores],
    items: Sequence[Item],
    file: Path,
    done: Any,
) -> None:
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
    tables = [np.load(file, allow_pickle=False) for file in files]
    place = {item.key: divmod(k, len(files))[::-1] for k, item in enumerate(items)}  # file, position in it
    logprob = {key: tables[f][f"{k}:logprob"] for key, (f, k) in place.items()}
    mass = {key: tables[f][f"{k}:mass"] for key, (f, k) in place.items()}
    for table in tables:
        table.close()
    return ProfileScores(logprob, mass)
