"""Blend of a fine-tuned model and its teacher: what an adapter answers.

The teacher is the stacked regression whose answers the model was taught. A model that has not come as far as
its teacher, or has lost its way, is held by it; where it knows more, it keeps its say. Answers are the
mixture ``(1 - w) * model + w * teacher`` of probabilities, with w from `core.tuning.blend_weight`. The
teacher knows the questions it was fitted to; others are the model's alone. It lies beside the adapter's
weights and holds effects of demographics on answers, training marginals and how demographics go together,
the latter from rounded counts (`core.tuning.protected_counts`): no respondent, and no small cell of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Item
from core.tuning.stacked_regression import StackedRegression

KEY = "blend"
"""Key of the weight in `understudy.json`; adapters without it are the model alone."""


@dataclass(frozen=True)
class Blend:
    """Teacher of an adapter and its weight.

    Attributes
    ----------
    teacher
        Fitted to the survey the adapter was trained on.
    weight
        Of the teacher, 0 to 1.
    taught
        Codebook of that survey: it has the order of demographics and options that the teacher counts in.
    """

    teacher: StackedRegression
    weight: float
    taught: Codebook

    def apply(
        self, logprob: Mapping[str, np.ndarray], profiles: pd.DataFrame, asked: Codebook
    ) -> dict[str, np.ndarray]:
        """Blended log-probabilities.

        Parameters
        ----------
        logprob
            Item key -> array (n, K), natural log, of the model.
        profiles
            The n profiles, columns as in `asked`; missing is NA.
        asked
            Codebook of what is asked. Its columns may be named otherwise than the taught ones: questions and
            demographics are the same if their words are.
        """
        found = dict(logprob)
        known = taught_items(asked.items, self.taught)
        theirs = self.teacher.logprob(taught_codes(profiles, asked, self.taught))
        for key in found.keys() & known.keys():
            if (taught := known[key].key) in theirs:
                found[key] = mix(found[key], theirs[taught], self.weight)
        return found

    def write(self, folder: Path) -> dict[str, Any]:
        """Write the teacher into an adapter's folder; returns what `understudy.json` says of the blend."""
        self.teacher.write(folder)
        return {KEY: {"weight": self.weight}}

    @classmethod
    def read(cls, folder: Path, study: Mapping[str, Any]) -> "Blend | None":
        """Blend of an adapter with this `understudy.json`; None where the model answers alone."""
        if KEY not in study:
            return None
        taught = Codebook.from_dict(study["codebook"])
        return cls(StackedRegression.read(folder), float(study[KEY]["weight"]), taught)


def mix(model: np.ndarray, teacher: np.ndarray, weight: float) -> np.ndarray:
    """Log-probabilities of the mixture, shape (n, K); a weight of 0 is the model to the bit.

    >>> np.exp(mix(np.log([[0.8, 0.2]]), np.log([[0.4, 0.6]]), 0.25)).round(4).tolist()
    [[0.7, 0.3]]
    """
    if weight == 0.0:
        return model
    if weight == 1.0:
        return teacher
    return np.logaddexp(np.log1p(-weight) + model, np.log(weight) + teacher)


def taught_items(asked: Iterable[Item], taught: Codebook) -> dict[str, Item]:
    """Key of each asked item that was taught -> the taught item with the same words and answers."""
    by_words: dict[tuple[str, str | None, tuple[str, ...]], list[Item]] = {}
    for item in taught.items:
        by_words.setdefault(_wording(item), []).append(item)
    found = {}
    for item in asked:
        alike = by_words.get(_wording(item), [])
        if alike:  # the same words may be asked twice; then the column decides
            found[item.key] = next((other for other in alike if other.key == item.key), alike[0])
    return found


def taught_codes(profiles: pd.DataFrame, asked: Codebook, taught: Codebook) -> np.ndarray:
    """Profiles coded as the taught codebook has them, shape (n, D); -1 for what is missing or not asked."""
    codes = np.full((len(profiles), len(taught.demographics)), -1)
    for place, known in enumerate(taught.demographics):
        alike = [d.column for d in asked.demographics if _words(d.label) == _words(known.label)]
        if alike:
            column = known.column if known.column in alike else alike[0]
            of_option = {option: code for code, option in enumerate(known.options)}
            values = profiles[column].to_numpy(dtype=object)  # NA is not hashable by value, but not a str
            codes[:, place] = [of_option.get(v, -1) if isinstance(v, str) else -1 for v in values]
    return codes


def _wording(item: Item) -> tuple[str, str | None, tuple[str, ...]]:
    return _words(item.text), item.part, item.answers


def _words(text: str) -> str:
    return " ".join(text.split())
