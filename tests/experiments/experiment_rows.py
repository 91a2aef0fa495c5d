"""Figures of variants written by hand, and replicates around them."""

import numpy as np

from core.experiments.resampled import Resampled
from core.experiments.row import ExperimentRow


def row(name, kl=0.1, rmse=0.3, nll=1.0, x=None, sd=1.0, floor=0.01):
    figures = {"kl": kl, "rmse_scaled": rmse, "nll": nll, "sd_ratio": sd, "floor_kl": floor}
    return ExperimentRow(name, x, **figures)


def drawn(rows, noise=1e-4):
    """Replicates that scatter around every figure, independently."""
    rng = np.random.default_rng(0)
    return Resampled(
        {
            r.name: {
                figure: np.r_[getattr(r, figure), getattr(r, figure) + noise * rng.standard_normal(500)]
                for figure in ("kl", "rmse_scaled", "nll")
                if getattr(r, figure) is not None
            }
            for r in rows
        }
    )
