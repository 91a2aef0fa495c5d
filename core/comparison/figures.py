"""Figures by which simulated answers are compared with real ones, and means of them over questions."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class Figures:
    """Figures of a model or baseline on an item, or means over items; None where one has no meaning.

    `rmse` and `mae` are in units of the scale, `_scaled` and the three decoders' `rmse_sampled`,
    `rmse_expected` and `rmse_greedy` are shares of its length, `rmse_of_sd` is in standard deviations of the
    real answers (a constant guess of the mean scores 1). `nll_permuted` is the NLL with profiles reassigned
    at random, `spread` the mean TV between a person's distribution and the mean one: both say whether
    profiles are used at all. From `rmse` on they exist for ordinal and numeric questions only.
    """

    nll: float | None = None
    nll_permuted: float | None = None
    accuracy: float | None = None
    brier: float | None = None
    kl: float | None = None
    kl_reverse: float | None = None
    js: float | None = None
    tv: float | None = None
    tv_uniform: float | None = None
    entropy_gap: float | None = None
    spread: float | None = None
    rmse: float | None = None
    rmse_scaled: float | None = None
    rmse_of_sd: float | None = None
    rmse_sampled: float | None = None
    rmse_expected: float | None = None
    rmse_greedy: float | None = None
    mae: float | None = None
    mae_scaled: float | None = None
    rank_correlation: float | None = None
    rps: float | None = None
    w1: float | None = None
    mean_shift: float | None = None
    sd_ratio: float | None = None
    sd_within: float | None = None
    sd_between: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class FloorFigures:
    """Figures a perfect simulation would show, see `core.comparison.floors`; None where not known."""

    kl: float | None = None
    js: float | None = None
    tv: float | None = None
    w1: float | None = None
    kl_one_sampled_answer: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """Plain data for JSON."""
        return asdict(self)


def mean_figures(all_figures: Iterable[Figures]) -> Figures:
    """Mean of each figure over those that have it; None where none has.

    >>> mean = mean_figures([Figures(kl=1.0, nll=0.5), Figures(kl=3.0)])
    >>> mean.kl, mean.nll, mean.w1
    (2.0, 0.5, None)
    """
    return Figures(**_means([figures.to_dict() for figures in all_figures]))


def mean_floor(all_floors: Iterable[FloorFigures]) -> FloorFigures:
    """Mean of each figure of a perfect simulation."""
    return FloorFigures(**_means([figures.to_dict() for figures in all_floors]))


def _means(rows: list[dict[str, float | None]]) -> dict[str, float | None]:
    known: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            known.setdefault(name, []).extend([] if value is None else [value])
    return {name: float(np.mean(values)) if values else None for name, values in known.items()}
