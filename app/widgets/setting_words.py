"""Names and values of a run's settings in the words of the form they are chosen in."""

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
    "steps": "Steps at most",
    "epochs": "Passes over the survey at most (epochs)",
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
    "max_seconds": {None: "None"},
    "ending": {
        "steps": "All steps",
        "time": "Time limit",
        "kept": "Stopped and kept",
        "early": "No more gain",
    },
}


def setting_name(key: str) -> str:
    """Name of a setting, by its key in a run's record.

    >>> setting_name("max_seconds"), setting_name("versions.torch")
    ('Time limit (seconds)', 'Version of torch')
    """
    if key.startswith("versions."):
        return f"Version of {key.removeprefix('versions.')}"
    return NAMES.get(key) or key.replace("_", " ").capitalize()


def setting_value(key: str, value: Any) -> str:
    """Value of a setting in words.

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
