"""Settings and figures of a run as people read them: the same words as the form they are chosen in."""

from collections.abc import Mapping
from typing import Any

from app.widgets.recipe_form import MODULES, OPTIMISERS, PENALTIES, TARGETS

NAMES = {
    "base": "Base model",
    "adapter": "Method",
    "penalty": "Penalty for scales and numbers",
    "penalty_weight": "Weight of the penalty (lambda)",
    "penalty_slope": "Slope of the penalty",
    "penalty_width": "Width that costs nothing",
    "contrast": "Weight of differences between people",
    "targets": "What it learned from",
    "modules": "Layers that learn",
    "learning_rate": "Learning rate",
    "steps": "Steps asked for",
    "epochs": "Passes over the survey (epochs)",
    "max_seconds": "Time limit (seconds)",
    "patience": "Stop after checks without a gain",
    "rslora": "rsLoRA",
    "dora": "DoRA",
    "hold_out_questions": "Hold-out questions",
    "data_hash": "Survey as taught (fingerprint)",
    "ending": "How it ended",
    "model.id": "Base model used",
    "model.revision": "Base model's version",
    "model.sha256": "Base model's fingerprint",
    "model.quantisation": "Base model's precision",
}
WORDS: Mapping[str, Mapping[Any, str]] = {
    "base": {"embedded": "Embedded"},
    "adapter": {"qlora": "QLoRA", "lora": "LoRA"},
    "penalty": PENALTIES,
    "targets": TARGETS,
    "modules": MODULES,
    "optimiser": OPTIMISERS,
    "alpha": {None: "As the rank"},
    "steps": {None: "Automatic"},
    "epochs": {None: "Automatic"},
    "ending": {
        "steps": "All steps",
        "time": "Time limit",
        "kept": "Stopped and kept",
        "early": "No more gain",
    },
}

FIGURES: Mapping[str, tuple[str, str]] = {
    "validation_nll": (
        ".3f",
        "Surprise at an answer of the hold-out respondents, in nats; lower is better.",
    ),
    "untuned_validation_nll": (".3f", "The same surprise before the model was taught."),
    "held_out_validation_nll": (".3f", "The same surprise at questions that were not taught."),
    "temperature": (
        ".2f",
        "Whether answers are evened out (above 1) or sharpened (below 1); chosen on hold-out respondents.",
    ),
    "emphasis": (
        "+.2f",
        "How much further the answers of different people were set apart than the model did by itself, "
        "chosen on the hold-out respondents: 0 is not at all, +0.30 by 30 %.",
    ),
    "in_option_mass": (
        ".1%",
        "What the model gave to the answers offered; the rest is set aside.",
    ),
    "steps": (",.0f", "How often the model was corrected."),
    "seconds": (",.0f", "How long it learned."),
    "tokens_per_second": (",.0f", "How fast it read; a token is a word or a part of one."),
    "peak_memory_mb": (",.0f", "The most memory it took."),
}
"""Figure of a run, by its key in `core.studio.tuning.FIGURES` -> how it is printed, and what it says."""


def figure_value(key: str, value: float | None) -> str:
    """A figure of a run as it is printed; nothing where the run has none.

    >>> figure_value("emphasis", 0.1733), figure_value("steps", None)
    ('+0.17', '')
    """
    return "" if value is None else format(value, FIGURES[key][0])


def setting_name(key: str) -> str:
    """What a setting is called, by its key in a run's record.

    >>> setting_name("max_seconds"), setting_name("versions.torch")
    ('Time limit (seconds)', 'Version of torch')
    """
    if key.startswith("versions."):
        return f"Version of {key.removeprefix('versions.')}"
    return NAMES.get(key) or key.replace("_", " ").capitalize()


def setting_value(key: str, value: Any) -> str:
    """A setting's value in words.

    >>> setting_value("adapter", "qlora"), setting_value("dora", False), setting_value("epochs", None)
    ('QLoRA', 'Off', 'Automatic')
    >>> setting_value("hold_out_questions", ["age", "income"]), setting_value("learning_rate", 0.002)
    ('age, income', '0.002')
    """
    words = WORDS.get(key, {})
    if not isinstance(value, list | tuple | dict) and value in words:
        return words[value]
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "None"
    if value is None:
        return "Not recorded"
    return f"{value:g}" if isinstance(value, float) else str(value)
