"""In-option mass: how much of the model's probability fell on legal answers.

No answer is ever parsed here: what falls outside the options is set aside, and said.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class OptionMass:
    """Probability on the options offered, over respondents and items.

    Attributes
    ----------
    mean, low
        Mean and 5th percentile.
    below_half
        Share of the answers with less than half.
    """

    mean: float
    low: float
    below_half: float

    @classmethod
    def of(cls, tables: Iterable[np.ndarray]) -> "OptionMass | None":
        """Mass from one array (n,) per item; None when nothing was recorded.

        >>> OptionMass.of([np.array([1.0, 0.4]), np.array([0.8, 0.8])]).below_half
        0.25
        """
        found = list(tables)
        if not found:
            return None
        mass = np.concatenate(found)
        return cls(float(mass.mean()), float(np.percentile(mass, 5)), float((mass < 0.5).mean()))

    def to_dict(self) -> dict[str, float]:
        """Plain data for JSON."""
        return asdict(self)
