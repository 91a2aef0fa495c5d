"""Form of the recipe: base model and three presets for everyone, every setting under "Advanced"."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.session import Key
from app.widgets.base_picker import base_picker
from core.studio.tuning import PRESETS, preset_recipe
from core.tuning.recipe import Recipe

if TYPE_CHECKING:
    from core.survey.codebook import Codebook

ADAPTERS = {"qlora": "QLoRA (4-bit base, least memory)", "lora": "LoRA (unquantised base)"}
PENALTIES = {
    "rps": "Ranked probability score (keeps the spread)",
    "squared_mean": "Squared error of the mean",
    "distance": "Distance, as in arXiv 2403.20252 (narrows the spread)",
    "none": "None (cross-entropy only)",
}
TARGETS = {
    "smoothed": "Smoothed over similar respondents",
    "cells": "Shares of the matching respondents",
    "individual": "Each respondent's own answer",
}
TARGETS_HELP = (
    "Smoothed: what groups of similar respondents said, pulled towards a stack of regressions on age, "
    "region and so on. Shares: exactly what the matching respondents said, however few. Own answer: every "
    "person alone. On published surveys, smoothed answers foretold people the model had not seen best."
)
MODULES = {"all-linear": "All linear layers", "attention": "Query and value only"}
OPTIMISERS = {
    "adamw": "AdamW",
    "adamw_8bit": "AdamW in 8 bits (NVIDIA GPU)",
    "paged_adamw_8bit": "Paged AdamW in 8 bits (NVIDIA GPU)",
}


def recipe_form(codebook: "Codebook", study_id: str) -> Recipe:
    """Draw base model, preset and advanced settings; returns the recipe.

    Raises
    ------
    RecipeError
        If the settings contradict each other.
    """
    preset = st.segmented_control(
        "How long should it learn?",
        list(PRESETS),
        default="quick",
        required=True,
        format_func=lambda name: PRESETS[name].label,
        key=Key.TUNING_PRESET,
        persist_state="session",
    )
    st.caption(PRESETS[preset].words)
    base = base_picker()
    held_out = _hold_out(codebook, study_id)
    recipe = preset_recipe(preset, base, len(codebook.items))
    recipe = replace(recipe, hold_out_questions=tuple(held_out))
    with st.expander("Advanced", icon=":material/tune:"):
        about = (preset, base)  # other defaults, other widgets
        return replace(recipe, **_learning(recipe, about), **_adapter(recipe, about))


def _hold_out(codebook: "Codebook", study_id: str) -> list[str]:
    texts = {q.column: q.text for q in codebook.questions}
    return st.multiselect(
        "Hold-out questions",
        list(texts),
        format_func=texts.__getitem__,
        key=Key.TUNING_HOLD_OUT.of(study_id),
        persist_state="session",
        placeholder="None: teach every question",
        help="The model is not taught these. Shows how well it answers a question it has never seen.",
    )


def _learning(recipe: Recipe, about: tuple[str, str]) -> dict[str, Any]:
    """Settings of loss, labels and length."""
    st.markdown("**What it learns, and how long**")
    left, right = st.columns(2)
    with left:
        found = _loss(recipe)
    with right:
        return found | _length(recipe, about)


def _loss(recipe: Recipe) -> dict[str, Any]:
    """Settings of the loss and of the labels."""
    penalty = _choice(
        recipe,
        "penalty",
        "Penalty for scales and numbers",
        PENALTIES,
        Key.TUNING_PENALTY,
        "What a wrong number costs besides being wrong: more, the further it is from the real answer.",
    )
    weight = _number(recipe.penalty_weight, "Weight (lambda)", Key.TUNING_WEIGHT, 0.0, 100.0)
    found = {"penalty": penalty, "penalty_weight": weight}
    if penalty == "distance":
        found["penalty_slope"] = _number(1.0, "Slope of the penalty", Key.TUNING_SLOPE, 0.1, 20.0)
        found["penalty_width"] = _number(0.0, "Width that costs nothing", Key.TUNING_WIDTH, 0.0, 0.9, 0.05)
    found["contrast"] = _number(
        recipe.contrast,
        "Weight of differences between people",
        Key.TUNING_CONTRAST,
        0.0,
        100.0,
        help="How much it matters who is asked, beside the toplines. Only for smoothed answers.",
    )
    found["targets"] = _choice(
        recipe, "targets", "What to learn from", TARGETS, Key.TUNING_TARGETS, TARGETS_HELP
    )
    return found


def _length(recipe: Recipe, about: tuple[str, str]) -> dict[str, Any]:
    """Settings of how long a run learns, and its seed."""
    found: dict[str, Any] = {
        "max_seconds": st.number_input(
            "Time limit for learning (seconds)",
            min_value=5.0,
            max_value=604800.0,
            value=recipe.max_seconds,
            step=30.0,
            placeholder="None",
            key=Key.TUNING_SECONDS,
            persist_state="session",
            help="Ends the run wherever it is, so that the result depends on how fast this machine is.",
        )
    }
    epochs = st.number_input(
        "Passes over the survey at most (epochs)",
        min_value=0.1,
        max_value=100.0,
        value=None,
        placeholder="Automatic",
        key=Key.TUNING_EPOCHS,
        persist_state="session",
    )
    if epochs:
        found |= {"epochs": epochs, "steps": None}
    found["patience"] = int(
        _number(
            recipe.patience,
            "Stop after checks without a gain",
            Key.TUNING_PATIENCE.of(*about),
            1,
            50,
            help="Now and then it looks at hold-out respondents; after that many times in a row without "
            "predicting them better, it settles on what it has learned.",
        )
    )
    found["seed"] = int(_number(recipe.seed, "Seed", Key.TUNING_SEED, 0, 2**31 - 1))
    return found


def _adapter(recipe: Recipe, about: tuple[str, str]) -> dict[str, Any]:
    """Settings of the adapter and its optimiser."""
    st.markdown("**How the model is changed**")
    left, right = st.columns(2)
    with left:
        found = {
            "adapter": _choice(recipe, "adapter", "Method", ADAPTERS, Key.TUNING_ADAPTER),
            "rank": int(_number(recipe.rank, "Rank", Key.TUNING_RANK, 1, 256)),
        }
        found["alpha"] = st.number_input(
            "Alpha",
            0.1,
            1024.0,
            None,
            key=Key.TUNING_ALPHA,
            placeholder="As the rank",
            persist_state="session",
        )
        found["dropout"] = _number(recipe.dropout, "Dropout", Key.TUNING_DROPOUT.of(*about), 0.0, 0.9, 0.05)
    with right:
        found["modules"] = _choice(recipe, "modules", "Layers that learn", MODULES, Key.TUNING_MODULES)
        found["optimiser"] = _choice(recipe, "optimiser", "Optimiser", OPTIMISERS, Key.TUNING_OPTIMISER)
        found["learning_rate"] = st.number_input(
            "Learning rate",
            min_value=1e-6,
            max_value=1e-1,
            value=float(recipe.learning_rate),
            format="%.1e",
            key=Key.TUNING_RATE.of(*about),
            persist_state="session",
        )
    with st.container(horizontal=True):
        found["rslora"] = _switch("rsLoRA", Key.TUNING_RSLORA, "Keeps large ranks steady.")
        found["dora"] = _switch("DoRA", Key.TUNING_DORA, "Learns size and direction apart; twice the time.")
        found["gradient_checkpointing"] = _switch(
            "Gradient checkpointing", Key.TUNING_CHECKPOINTING, "Half the memory, a third more time."
        )
    return found


def _choice(
    recipe: Recipe, field: str, label: str, words: dict[str, str], key: Key, help: str | None = None
) -> str:
    values = list(words)
    start = values.index(getattr(recipe, field))
    return st.selectbox(
        label, values, start, format_func=words.__getitem__, key=key, persist_state="session", help=help
    )


def _number(
    value: float,
    label: str,
    key: str,
    low: float,
    high: float,
    step: float | None = None,
    help: str | None = None,
) -> float:
    kind = type(low)
    return st.number_input(
        label,
        min_value=low,
        max_value=high,
        value=kind(value),
        step=step or kind(1),
        key=key,
        persist_state="session",
        help=help,
    )


def _switch(label: str, key: Key, help: str) -> bool:
    return st.toggle(label, key=key, help=help, persist_state="session")
