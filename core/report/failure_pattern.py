"""Known patterns of the distance to toplines and individual error: what they mean and what to try."""

from core.comparison.comparison import Comparison
from core.comparison.uncertainty import Uncertainty
from core.report.judging import GOOD, OPEN, POOR, carries_nothing, judge


def failure_pattern(comparison: Comparison, uncertainty: Uncertainty) -> str | None:
    """Advice for the pattern that KL and individual error form; None where there is none to give.

    KL is low where the toplines are judged good or close. Individual error is low where single answers are
    predicted better than by the training marginals: by NLL, or by RMSE where there is no NLL.
    """
    level = judge(comparison.overall.model.kl, uncertainty.floor.get("kl"))
    gains = uncertainty.gains.get("training_marginals", {})
    gain = next((gains[m] for m in ("nll", "rmse") if m in gains and gains[m].value is not None), None)
    if level == OPEN or gain is None:
        return None
    close, predicted = level != POOR, gain.low is not None and gain.low > 0
    if carries_nothing(uncertainty) and close:
        return None
    if close and not predicted:
        toplines = "right" if level == GOOD else "close"
        return (
            f"Low KL with high individual error: the toplines are {toplines}, but people are not told apart. "
            "Teach longer, or with more background fields. Where one answer per person is needed, read the "
            "expected one or lower the temperature."
        )
    if predicted and not close:
        return (
            "Low individual error with high KL: people are told apart, but the answers are too alike. Raise "
            "the temperature, or read sampled answers instead of the likeliest one."
        )
    if not close and not predicted:
        return (
            "Both distances are high: the model has not learned this survey. Teach it longer, look at the "
            "flags of the survey for too few or contradictory answers, or try another base model."
        )
    return None
