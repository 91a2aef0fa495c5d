"""Figures of a tuning run that are shown side by side: name, format and meaning of each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RunFigure:
    """Name, format and meaning of a figure as it is shown.

    Attributes
    ----------
    name
        Name on the page.
    format
        Format specification of its value.
    meaning
        Explanation as a sentence.
    """

    name: str
    format: str
    meaning: str


RUN_FIGURES: Mapping[str, RunFigure] = {
    "validation_nll": RunFigure(
        "NLL (validation)",
        ".3f",
        "Surprise at an answer of the hold-out respondents, in nats; lower is better.",
    ),
    "untuned_validation_nll": RunFigure(
        "NLL before teaching", ".3f", "The same surprise before the model was taught."
    ),
    "model_validation_nll": RunFigure(
        "NLL of the model alone", ".3f", "The same surprise without the simple method blended in."
    ),
    "teacher_validation_nll": RunFigure(
        "NLL of the simple method alone",
        ".3f",
        "The same surprise when only the simple method answers: the regression the model was taught by.",
    ),
    "blend_weight": RunFigure(
        "Share of the simple method",
        ".0%",
        "How much of every answer comes from the simple method and not from the model, chosen on hold-out "
        "respondents: about half where they cannot tell which is better.",
    ),
    "held_out_validation_nll": RunFigure(
        "NLL of held-out questions", ".3f", "The same surprise at questions that were not taught."
    ),
    "temperature": RunFigure(
        "Temperature",
        ".2f",
        "Whether answers are evened out (above 1) or sharpened (below 1); chosen on hold-out respondents.",
    ),
    "emphasis": RunFigure(
        "Background emphasised by",
        "+.2f",
        "How much further the answers of different people were set apart than the model did by itself, "
        "chosen on the hold-out respondents: 0 is not at all, +0.30 by 30 %.",
    ),
    "in_option_mass": RunFigure(
        "Probability on legal answers",
        ".1%",
        "What the model gave to the answers offered; the rest is set aside.",
    ),
    "steps": RunFigure("Steps", ",.0f", "How often the model was corrected."),
    "seconds": RunFigure("Seconds", ",.0f", "How long it learned."),
    "tokens_per_second": RunFigure(
        "Tokens per second", ",.0f", "How fast it read; a token is a word or a part of one."
    ),
    "peak_memory_mb": RunFigure("Peak memory (MB)", ",.0f", "The most memory it took."),
}
"""Key in a run's result -> figure, in the order of the page."""


def figure_text(key: str, value: float | None) -> str:
    """Formatted value of a figure; empty where the run has none.

    >>> figure_text("emphasis", 0.1733), figure_text("steps", None)
    ('+0.17', '')
    """
    return "" if value is None else format(value, RUN_FIGURES[key].format)
