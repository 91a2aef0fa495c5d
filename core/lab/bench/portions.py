"""Training data of the training benchmark: prompts in bundles, and the same prompts as rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from core.prompts.bundle import BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Order, Template, labelled, profile_lines
from core.survey.codebook import Item
from core.tuning.examples import Example
from core.tuning.setup import TrainingSetup, make_targets

BENCH_BUNDLE_TOKENS = 384
"""Smaller bundles repeat what is in front more often, larger ones compare more tokens with each other: on
two surveys 256 took a tenth more processor time, 512 as much and a third more memory, 1,024 a third more."""
Lines = tuple[str, ...]


@dataclass(frozen=True)
class Portion:
    """Training example, and the answers given to each prompt of each of its groups."""

    example: Example
    answers: list[list[list[int]]]


def default_portions(setup: TrainingSetup) -> Iterator[Portion]:
    """Portions of a default tuning run; as rows, each prompt has its likeliest answer."""
    examples = setup.examples(make_targets(setup)[0])
    for k in range(len(examples)):
        example = examples[k]
        yield Portion(example, [[[int(best)] for best in labels.argmax(axis=1)] for labels in example.labels])


def answers_once(setup: TrainingSetup) -> list[Portion]:
    """Portions with every answer, in the order of prompts that takes fewer tokens.

    People with the same profile are one prompt. Demographics with few values come first, as in a simulation,
    so that people share the beginnings of their lines.
    """
    found = (every_answer(replace(setup, template=Template(order=order))) for order in get_args(Order))
    return min(found, key=lambda portions: sum(len(p.example.bundle.tokens) for p in portions))


def every_answer(setup: TrainingSetup) -> list[Portion]:
    """Portions with every answer in the order of the setup's template: by question, or by person."""
    records = setup.train.profiles.to_dict("records")
    profiles = [{str(column): value for column, value in record.items()} for record in records]
    lines = [tuple(profile_lines(labelled(setup.data.codebook, profile))) for profile in profiles]
    # prompts that are equal are read once, with all answers given to them
    alike: dict[tuple[Item, Lines], list[int]] = {}
    for item in setup.items:
        answers = setup.train.answers[item.key].to_numpy()
        for r in np.flatnonzero(answers >= 0):
            alike.setdefault((item, lines[r]), []).append(int(answers[r]))
    places = {item.key: k for k, item in enumerate(setup.items)}

    def place(pair: tuple[Item, Lines]) -> tuple[Any, ...]:
        at, shown = places[pair[0].key], pair[1]
        return (at, shown) if setup.template.order == "question_first" else (shown, at)

    return list(_bundles(setup, [(*pair, alike[pair]) for pair in sorted(alike, key=place)]))


def _bundles(setup: TrainingSetup, asked: Sequence[tuple[Item, Lines, list[int]]]) -> Iterator[Portion]:
    """Portions of prompts, labelled with the shares of the answers given to each."""
    builder, waiting = BundleBuilder(setup.encoder, setup.template), dict[str, list[list[int]]]()
    for item, lines, answers in asked:
        builder.add(item, lines)
        waiting.setdefault(item.key, []).append(answers)
        if builder.size > BENCH_BUNDLE_TOKENS:
            yield _portion(builder, waiting)
            builder, waiting = BundleBuilder(setup.encoder, setup.template), {}
    if waiting:
        yield _portion(builder, waiting)


def _portion(builder: BundleBuilder, answers: dict[str, list[list[int]]]) -> Portion:
    bundle, labels = builder.build(), []
    for group in bundle.groups:
        counts = [np.bincount(a, minlength=len(group.item.answers)) for a in answers[group.item.key]]
        labels.append(np.array(counts) / np.sum(counts, axis=1, keepdims=True))
    return Portion(Example(bundle, tuple(labels)), list(answers.values()))


def rows_of(portion: Portion, encoder: Encoder) -> Iterator[tuple[list[int], list[int]]]:
    """Rows of the naive way: tokens of prompt and of answer, for every answer to a prompt of the bundle."""
    bundle = portion.example.bundle
    for group, answers in zip(bundle.groups, portion.answers, strict=True):
        said = encoder.answers(group.item)
        ahead = len(group.trie.branches[0].prefix)  # tokens all answers begin with
        for node, given in zip(group.nodes[:, 0], answers, strict=True):
            path = bundle.tokens[bundle.visible[node]].tolist()
            for answer in given:
                yield path[: len(path) - ahead], list(said[answer])
