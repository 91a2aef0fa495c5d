"""Stand-in for the stacked regression: main effects with the interface of `StackedRegression`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from core.models.temperature import temper
from core.store.files import read_json, write_bytes, write_json
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.tuning.main_effects import ProfileCodes, fit_main_effects

_NAME = "stacked_regression"


@dataclass(frozen=True)
class StackedRegression:
    """Main effects: item key -> intercept (K,) and effects (width, K); `starts` (D,) of the demographics."""

    intercept: dict[str, np.ndarray]
    effects: dict[str, np.ndarray]
    starts: np.ndarray
    validation_nll: float

    def logprob(self, codes: np.ndarray) -> dict[str, np.ndarray]:
        """Log-probabilities, item key -> (n, K), of profiles coded as (n, D), -1 hidden or missing."""
        width = len(next(iter(self.effects.values())))
        table = ProfileCodes(codes, self.starts, width).one_hot().astype(float)
        return {key: temper(row + table @ self.effects[key], 1.0) for key, row in self.intercept.items()}

    def write(self, folder: Path) -> None:
        """Write it into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"starts": self.starts}
        for k, key in enumerate(self.intercept):
            arrays |= {f"intercept.{k}": self.intercept[key], f"effects.{k}": self.effects[key].copy()}
        write_bytes(folder / f"{_NAME}.safetensors", save(arrays))
        write_json(
            folder / f"{_NAME}.json", {"keys": list(self.intercept), "validation_nll": self.validation_nll}
        )

    @classmethod
    def read(cls, folder: Path) -> "StackedRegression":
        """Read what `write` wrote."""
        arrays = load((folder / f"{_NAME}.safetensors").read_bytes())
        known = read_json(folder / f"{_NAME}.json")
        keys = list(enumerate(known["keys"]))
        return cls(
            {key: arrays[f"intercept.{k}"] for k, key in keys},
            {key: arrays[f"effects.{k}"] for k, key in keys},
            arrays["starts"],
            known["validation_nll"],
        )


def fit_stacked_regression(
    train: SurveyData, validation: SurveyData, items: tuple[Item, ...], seed: int = 0
) -> StackedRegression:
    """Model fitted on the training respondents, its penalty chosen on the validation ones."""
    found = fit_main_effects(train, validation, items, seed)
    return StackedRegression(
        found.intercept, found.effects, ProfileCodes.of(train).starts, found.validation_nll
    )
