"""Known patterns of the distance to toplines and individual error: what they mean and what to try."""

from core.comparison.comparison import Comparison
from core.comparison.uncertainty import Uncertainty
from core.report.judging import GOOD, OPEN, POOR, carries_nothing, judge


def signature(comparison: Comparison, found: Uncertainty) -> str | None:
    """What a known pattern of both distances means and what to try; None when there is nothing to say.

    KL is low where the toplines are judged good or close. Individual error is low where single answers are
    foreseen better than by everybody's shares: by NLL, or by RMSE where there is no NLL.
    """
    level = judge(comparison.overall.model.kl, found.floor.get("kl"))
    gains = found.gains.get("training_marginals", {})
    gain = next((gains[m] for m in ("nll", "rmse") if m in gains and gains[m].value is not None), None)
    if level == OPEN or gain is None:
        return None
    close, foreseen = level != POOR, gain.low is not None and gain.low > 0
    if carries_nothing(found) and close:
        return None
    if close and not foreseen:
        toplines = "right" if level == GOOD else "close"
        return (
            f"Low KL with high individual error: the toplines are {toplines}, but people are not told apart. "
            "Teach longer, or with more background fields. Where one answer per person is needed, read the "
            "expected one or lower the temperature."
        )
    if foreseen and not close:
        return (
            "Low individual error with high KL: people are told apart, but the answers are too alike. Raise "
            "the temperature, or read sampled answers instead of the likeliest one."
        )
    if not close and not foreseen:
        return (
            "Both distances are high: the model has not learned this survey. Teach it longer, look at the "
            "flags of the survey for too few or contradictory answers, or try another base model."
        )
    return None
