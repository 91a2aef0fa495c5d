"""What the weighted functions have in common: figures of the same people on differently written sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.comparison.baselines import fit_baselines
from tests.skewed_survey import NAMES, Sheets, skewed_survey

DATA = skewed_survey()
PLAIN = Sheets.of(len(DATA))
TABLES = fit_baselines(DATA.part("train"), DATA.part("validation"), DATA.profiles, NAMES)
MODEL = TABLES["logistic_regression"]
PROBABILITY = {key: np.exp(table) for key, table in MODEL.items()}
PEOPLE = DATA.profiles.iloc[np.linspace(0, len(DATA) - 1, 40).astype(int)].reset_index(drop=True)
"""People to predict or to weigh to: the same however the respondents are written down."""
NOBODY = np.zeros(len(DATA), dtype=bool)


@dataclass(frozen=True)
class Case:
    """One weighted function.

    Attributes
    ----------
    name
        Of the case.
    covers
        The functions it is about.
    figures
        Sheets -> figures; numbers, texts, arrays and tables in dictionaries and lists.
    scale
        Whether only the proportions of the weights count; not where a prior is given in respondents.
    single
        Shape (600,), people who stay on one sheet.
    relative
        Accepted difference: that of the solver for what is fitted.
    """

    name: str
    covers: tuple[Callable[..., Any], ...]
    figures: Callable[[Sheets], Any]
    scale: bool = True
    single: np.ndarray = field(default_factory=NOBODY.copy)
    relative: float = 1e-8


def assert_same(found: Any, expected: Any, relative: float, where: str = "") -> None:
    """The same figures, whatever they are nested in."""
    if isinstance(expected, Mapping):
        assert list(found) == list(expected), where
        for key in expected:
            assert_same(found[key], expected[key], relative, f"{where} {key}")
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    elif isinstance(expected, np.ndarray) and expected.dtype.kind in "fiub":
        assert found.shape == expected.shape, where
        np.testing.assert_allclose(found, expected, relative, 1e-7, err_msg=where)
    elif isinstance(expected, (list, tuple)):
        assert len(found) == len(expected), where
        for i, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, relative, f"{where} {i}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=relative, abs=1e-7, nan_ok=True), where
    else:
        assert found == expected, where


def per_person(sheets: Sheets, values: np.ndarray) -> np.ndarray:
    """Sum of the values of each person's sheets, shape (600,)."""
    return np.bincount(sheets.rows, values, minlength=len(DATA))


def without(figures: Any, *names: str) -> Any:
    """The same without these keys, at any depth."""
    if isinstance(figures, Mapping):
        return {key: without(value, *names) for key, value in figures.items() if key not in names}
    if isinstance(figures, (list, tuple)):
        return [without(value, *names) for value in figures]
    return figures
