"""Levels and thresholds of verdicts, the same wherever a result is shown.

Shares are held against what a perfect simulation would score with a sample of this size, found by a
bootstrap of respondents. Thresholds of the other axes are those of the field; sources are the anchors.
"""

from dataclasses import dataclass

from core.comparison.resampling import Interval
from core.comparison.uncertainty import Uncertainty

GOOD, FAIR, POOR, OPEN, EMPTY = "good", "fair", "poor", "open", "empty"
"""Levels of a verdict; `OPEN` while it cannot be said, `EMPTY` where there is nothing to get right."""
LABELS = {
    GOOD: "Good",
    FAIR: "Usable with care",
    POOR: "Do not rely on it",
    EMPTY: "Nothing to get right here",
    OPEN: "Not known yet",
}
"""Level -> its words on pages and in reports."""
NEAR = 4
"""Multiple of the KL of a perfect simulation up to which shares are called close."""
MOST = 80
"""Per cent of a logistic regression's gain that a model has to reach to be called good."""
LITTLE = 0.01
"""Gain in nats per answer below which demographics are said to carry almost nothing."""


@dataclass(frozen=True)
class Verdict:
    """Verdict on one axis.

    Attributes
    ----------
    axis, level
        Name of the axis, and how it reads: `GOOD`, `FAIR`, `POOR`, `OPEN` or `EMPTY`.
    sentence
        The verdict.
    figure, floor
        Main figure and what a perfect simulation (or nothing but chance) would show, as text.
    beside
        What simpler methods reach, in a sentence.
    notes
        Further sentences.
    anchors
        Published figures to compare with.
    """

    axis: str
    level: str
    sentence: str
    figure: str
    floor: str
    beside: str = ""
    notes: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The level in words."""
        return LABELS[self.level]


def judge(kl: float | None, band: Interval | None) -> str:
    """Level of the distance of simulated shares, of one question or the mean of all.

    Parameters
    ----------
    kl
        KL(real || simulated) in nats.
    band
        KL of a perfect simulation over samples of this size: its mean and the range of 95 of 100.

    Returns
    -------
    str
        `GOOD` within the band, `FAIR` up to `NEAR` times its mean, `POOR` beyond, `OPEN` when not known.

    Examples
    --------
    >>> [judge(kl, Interval(0.01, 0.007, 0.014)) for kl in (0.014, 0.03, 0.05, None)]
    ['good', 'fair', 'poor', 'open']
    """
    if kl is None or band is None or band.value is None or band.high is None:
        return OPEN
    return GOOD if kl <= band.high else FAIR if kl <= NEAR * band.value else POOR


def carries_nothing(uncertainty: Uncertainty) -> bool:
    """Whether the demographics are known to say almost nothing about the answers.

    They say something if a logistic regression on them, or the model, clearly predicts answers better than
    the training marginals do. False as well while no regression was fitted.
    """
    offered, gained = (
        uncertainty.demographics_gain,
        uncertainty.gains.get("training_marginals", {}).get("nll"),
    )
    if offered is None or offered.value is None:
        return False
    if gained is not None and gained.low is not None and gained.low > 0:
        return False
    return offers_little(offered)


def offers_little(background: Interval) -> bool:
    """Whether a logistic regression gains less than `LITTLE` over the marginals, or no more than chance."""
    value, low = background.value, background.low
    return value is not None and (value < LITTLE or low is None or low <= 0)
