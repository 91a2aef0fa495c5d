"""Training loop of the benchmark: one pass over answers, the usual way or ours; prints figures as JSON.

python -m core.lab.bench.training_loop TASK_AS_JSON          (see `core.lab.bench.training.Task`)
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch

from core.lab.bench.portions import Portion, answers_once, default_portions, rows_of
from core.lab.bench.published import load_published
from core.lab.bench.training import Task
from core.models.batch import PaddedBundles
from core.models.language_model import LanguageModel
from core.models.loading import LoadedModel, load_base
from core.models.machine import peak_memory
from core.survey.example import EXAMPLE_FILE, example_csv, example_survey
from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData
from core.tuning.data_parallel import DataParallelWorkers
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup
from core.tuning.stepper import Stepper, add_gradient, make_optimiser
from core.tuning.worker import prepare_model

ROWS_PER_STEP = 8
Figures = dict[str, Any]


def main(task: Task) -> Figures:
    """Figures of the loop of a task, in this process."""
    torch.set_num_threads(1)
    recipe = Recipe(base=task.base, targets=task.targets, adapter=task.adapter)
    data = _survey(task)
    people = np.flatnonzero(data.split == "train")[: task.respondents]
    validation = np.flatnonzero(data.split == "validation")  # chooses how far targets are smoothed
    loaded = load_base(recipe.base, recipe.adapter)
    setup = TrainingSetup.of(data.take(np.concatenate([people, validation])), recipe, loaded)
    model = prepare_model(loaded, setup).train()
    found = answers_once(setup) if task.targets == "individual" else default_portions(setup)
    portions = list(islice(found, task.steps and task.steps * BUNDLES_PER_STEP))
    if task.way == "naive":
        learn = naive(model, setup, loaded, portions)
    else:
        learn = bundled(model, setup, portions, task.every_core)
    return _measured(learn)


def _survey(task: Task) -> SurveyData:
    if task.survey is not None:
        return load_published(Path(task.survey))
    return build_survey(draft_survey(example_csv(), EXAMPLE_FILE, example_survey()[1].to_dict()))


def _measured(learn: Callable[[], Figures]) -> Figures:
    """Figures that `learn` returns, with its time and memory."""
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
        in_use = torch.cuda.memory_allocated()
    held, before, started = psutil.Process().memory_info().rss, _cpu_seconds(), time.perf_counter()
    figures = learn()
    peak = peak_memory()
    if on_gpu:
        held, peak = in_use, torch.cuda.max_memory_allocated()
    return figures | {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": _cpu_seconds() - before,
        "megabytes": (peak - held) / 1e6,
        "peak_megabytes": peak / 1e6,
        "on_gpu": on_gpu,
    }


def _cpu_seconds() -> float:
    """CPU-seconds of this process and its children that have ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def naive(
    model: LanguageModel, setup: TrainingSetup, loaded: LoadedModel, portions: list[Portion]
) -> Callable[[], Figures]:
    """Loop with a row per answer through transformers' Trainer; the loss is on answer and line end alone."""
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    rows = [
        {"input_ids": prompt + said, "labels": [-100] * len(prompt) + said}
        for portion in portions
        for prompt, said in rows_of(portion, setup.encoder)
    ]
    collate, read = DataCollatorForSeq2Seq(loaded.tokenizer), []

    def counted(batch: list[dict[str, Any]]) -> Any:
        padded = collate(batch)
        read.append(padded["input_ids"].numel())
        return padded

    def learn() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                output_dir=folder,
                per_device_train_batch_size=ROWS_PER_STEP,
                num_train_epochs=1,
                learning_rate=setup.recipe.learning_rate,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
                use_cpu=not torch.cuda.is_available(),
                remove_unused_columns=False,
                seed=setup.recipe.seed,
            )
            Trainer(model, arguments, train_dataset=rows, data_collator=counted).train()
        return {
            "answers": len(rows),
            "sequences": len(rows),
            "tokens": sum(read),
            "steps": len(read),
            "step_tokens": max(read),
            "step_positions": max(read),  # the head is applied everywhere
        }

    return learn


def bundled(
    model: LanguageModel, setup: TrainingSetup, portions: list[Portion], every_core: bool
) -> Callable[[], Figures]:
    """Loop over the same answers in bundles, through the steps of `core.tuning.stepper`."""
    recipe = setup.recipe
    workers = DataParallelWorkers(model, partial(add_gradient, recipe=recipe)) if every_core else None
    stepper = Stepper(model, make_optimiser(model, recipe), recipe, workers)

    def learn() -> Figures:
        sizes = []
        for start in range(0, len(portions), BUNDLES_PER_STEP):
            batch = [portion.example for portion in portions[start : start + BUNDLES_PER_STEP]]
            stepper.step(batch)
            padded = PaddedBundles.of([example.bundle for example in batch])
            sizes.append((padded.tokens.numel(), len(padded.read)))
        if workers:
            workers.close()
        return {
            "answers": sum(len(a) for p in portions for group in p.answers for a in group),
            "sequences": len(portions),
            "tokens": sum(tokens for tokens, _ in sizes),
            "steps": len(sizes),
            "step_tokens": max(tokens for tokens, _ in sizes),
            "step_positions": max(positions for _, positions in sizes),
        }

    return learn


if __name__ == "__main__":
    found = main(Task(**json.loads(sys.argv[1])))
    sys.stdout.write(json.dumps(found) + "\n")
