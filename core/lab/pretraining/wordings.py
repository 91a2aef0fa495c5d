"""Word lists for random surveys: topics, question stems, answer scales, demographics; read from `words/`.

Written for this project, in the register of ordinary market and social research, without looking
at the surveys the model is evaluated on. The generator mixes them freely and adds invented words, so that
the model has to rely on its prompt.
"""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "words"


def _read(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"), object_hook=_frozen)


def _frozen(found: dict[str, Any]) -> dict[str, Any]:
    return {key: _tuples(value) for key, value in found.items()}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


TOPICS: dict[str, tuple[str, ...]] = _read("topics")
"""Topic -> subjects. The curriculum adds topics, and subjects of each, from the first to the last."""
STEMS: dict[str, tuple[str, ...]] = _read("stems")
"""Kind of question -> wordings; ``{s}`` stands for the subject."""
SCALES: dict[str, tuple[tuple[str, ...], ...]] = _read("scales")
"""Kind of question -> scales, each a tuple of ordered options."""
FIELDS: tuple[tuple[tuple[str, ...], bool, tuple[tuple[str, ...], ...]], ...] = tuple(
    (found["labels"], found["ordinal"], found["options"]) for found in _read("demographics")
)
"""Demographics: wordings of the label, whether its options are ordered, and lists of options."""
DONT_KNOW: tuple[str, ...] = _read("other")["dont_know"]
SYLLABLES: tuple[str, ...] = _read("other")["syllables"]
"""Invented words are made of two or three of these."""
PLAIN_WORDS: tuple[str, ...] = tuple(
    word
    for language in ("english", "german", "spanish")
    for word in (_FOLDER / f"{language}.txt").read_text(encoding="utf-8").split()
)
"""Common words of questionnaires and reports, for training the tokenizer: surveys are not all in English."""
