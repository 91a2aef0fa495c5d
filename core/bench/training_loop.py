"""One pass over the answers of a published survey, the usual way or ours; the figures as JSON.

python -m core.bench.training_loop naive|ours SURVEY_FOLDER RESPONDENTS
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from torch import nn

from core.bench.published import load_published
from core.models.loading import LoadedModel, load_base
from core.prompts.bundle import BundleBuilder
from core.prompts.template import profile_lines, short_labels
from core.survey.codebook import Item
from core.tuning.examples import BUNDLE_TOKENS, Example
from core.tuning.lesson import Lesson
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe
from core.tuning.trainer import Stepper, make_optimiser
from core.tuning.worker import prepare_model

ROWS_PER_STEP = 8
Figures = dict[str, Any]


def main(way: str, survey: Path, respondents: int) -> Figures:
    """Load, learn, measure."""
    torch.set_num_threads(1)
    recipe = Recipe(targets="individual", adapter="lora")
    data = load_published(survey)
    people = np.flatnonzero(data.split == "train")[:respondents]
    loaded = load_base(recipe.base, recipe.adapter)
    lesson = Lesson.of(data.take(people), recipe, loaded)
    model = prepare_model(loaded, lesson).train()
    read = {"naive": naive, "ours": bundled}[way](model, lesson, loaded)
    held, started = psutil.Process().memory_info().rss, time.process_time()
    figures = read()
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return figures | {"cpu_seconds": seconds, "megabytes": (peak - held) / 1e6}


def asked(lesson: Lesson) -> Iterator[tuple[Item, list[tuple[list[str], int]]]]:
    """Every item with the background lines and the answer of those who gave one, alike ones together."""
    labels = list(short_labels(lesson.data.codebook).values())
    rows = lesson.train.profiles.to_numpy(dtype=object)
    lines = [
        profile_lines({label: v for label, v in zip(labels, row, strict=True) if isinstance(v, str)})
        for row in rows
    ]
    for item in lesson.items:
        answers = lesson.train.answers[item.key].to_numpy()
        given = sorted(np.flatnonzero(answers >= 0), key=lambda r: lines[r])
        yield item, [(lines[r], int(answers[r])) for r in given]


def naive(model: nn.Module, lesson: Lesson, loaded: LoadedModel) -> Callable[[], Figures]:
    """A row per answer through transformers' Trainer: prompt not learned, answer and line end learned."""
    from transformers import DataCollatorForSeq2Seq, Trainer, TrainingArguments

    encoder, rows = lesson.encoder, []
    for item, given in asked(lesson):
        answers, question = encoder.answers(item), encoder.question(item)
        for lines, answer in given:
            parts = [encoder.start, question, *encoder.lines(lines), encoder.cue]
            prompt, said = [t for part in parts for t in part], list(answers[answer])
            rows.append({"input_ids": prompt + said, "labels": [-100] * len(prompt) + said})
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
                learning_rate=lesson.recipe.learning_rate,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
                use_cpu=not torch.cuda.is_available(),
                remove_unused_columns=False,
                seed=lesson.recipe.seed,
            )
            Trainer(model, arguments, train_dataset=rows, data_collator=counted).train()
        return {"answers": len(rows), "sequences": len(rows), "tokens": sum(read)}

    return learn


def bundled(model: nn.Module, lesson: Lesson, loaded: LoadedModel) -> Callable[[], Figures]:
    """The same answers in bundles, through the steps of `core.tuning.trainer`."""
    examples = [example for item, given in asked(lesson) for example in _bundles(lesson, item, given)]
    stepper = Stepper(model, make_optimiser(model, lesson.recipe), lesson.recipe)

    def learn() -> Figures:
        tokens = 0
        for start in range(0, len(examples), BUNDLES_PER_STEP):
            batch = examples[start : start + BUNDLES_PER_STEP]
            stepper.step(batch)
            tokens += len(batch) * max(len(example.bundle.tokens) for example in batch)  # padding too
        answers = sum(len(given) for _, given in asked(lesson))
        return {"answers": answers, "sequences": len(examples), "tokens": tokens}

    return learn


def _bundles(lesson: Lesson, item: Item, given: list[tuple[list[str], int]]) -> Iterator[Example]:
    """Bundles of one item: people with the same background are one prompt, labelled with their shares."""
    shares: dict[tuple[str, ...], np.ndarray] = {}
    for lines, answer in given:
        shares.setdefault(tuple(lines), np.zeros(len(item.answers)))[answer] += 1
    builder, labels = BundleBuilder(lesson.encoder, lesson.template), []
    for lines, counts in shares.items():
        builder.add(item, lines)
        labels.append(counts / counts.sum())
        if builder.size > BUNDLE_TOKENS:
            yield Example(builder.build(), (np.array(labels),))
            builder, labels = BundleBuilder(lesson.encoder, lesson.template), []
    if labels:
        yield Example(builder.build(), (np.array(labels),))


if __name__ == "__main__":
    found = main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(found) + "\n")
