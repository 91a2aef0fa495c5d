"""How to teach the model: two presets for everyone, every setting under "Advanced"."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.tuning.recipe import Recipe

if TYPE_CHECKING:
    from core.survey.codebook import Codebook


PRESETS = {
    "Quick": (60, "About a minute of learning on two processor cores. Good for a first look."),
    "Standard": (150, "Up to two and a half minutes of learning. For results you want to show to somebody."),
}
"""Name as shown: time limit in seconds, explanation. Plain text, so it survives a reload of this module."""
ADAPTERS = {"qlora": "QLoRA (4-bit base, least memory)", "lora": "LoRA (unquantised base)"}
PENALTIES = {
    "rps": "Ranked probability score",
    "squared_mean": "Squared error of the mean",
    "seed": "As in arXiv 2403.20252",
    "none": "None (cross-entropy only)",
}
TARGETS = {"smoothed": "Smoothed over similar respondents", "individual": "Each respondent's own answer"}


def recipe_form(codebook: "Codebook", study_id: str) -> Recipe:
    """Draw preset and advanced settings; the recipe they describe.

    Raises
    ------
    RecipeError
        If the settings contradict each other.
    """
    preset = st.segmented_control(
        "How long should it learn?",
        list(PRESETS),
        default="Quick",
        required=True,
        key=Key.TUNING_PRESET,
        persist_state="session",
    )
    seconds, explanation = PRESETS[preset]
    st.caption(explanation)
    recipe = Recipe(max_seconds=float(seconds))
    with st.expander("Advanced", icon=":material/tune:"):
        return _advanced(recipe, preset, codebook, study_id)


def _advanced(recipe: Recipe, preset: str, codebook: "Codebook", study_id: str) -> Recipe:
    def pick(field: str, label: str, words: dict[str, str], key: Key, help: str) -> str:
        values = list(words)
        start = values.index(getattr(recipe, field))
        return st.selectbox(
            label, values, start, format_func=words.get, key=key, help=help, persist_state="session"
        )

    texts = {q.column: q.text for q in codebook.questions}
    left, right = st.columns(2)
    with left:
        seconds = st.number_input(
            "Time limit for learning (seconds)",
            min_value=5,
            max_value=24 * 3600,
            value=int(recipe.max_seconds),
            step=30,
            key=Key.TUNING_SECONDS.of(preset),
            persist_state="session",
        )
        base = st.text_input(
            "Base model",
            recipe.base,
            key=Key.TUNING_BASE,
            persist_state="session",
            help="embedded: the small model that comes with Understudy. Otherwise a Hugging Face model "
            "name or a folder on this computer.",
        )
        adapter = pick(
            "adapter", "Method", ADAPTERS, Key.TUNING_ADAPTER, "Both leave the base model as it is."
        )
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, recipe.seed, key=Key.TUNING_SEED, persist_state="session"
        )
        weight = st.number_input(
            "Weight of the penalty",
            min_value=0.0,
            max_value=100.0,
            value=float(recipe.penalty_weight),
            step=0.5,
            key=Key.TUNING_WEIGHT,
            persist_state="session",
        )
    with right:
        epochs = st.number_input(
            "Passes over the survey (epochs)",
            min_value=0.1,
            max_value=100.0,
            value=None,
            placeholder="Automatic",
            key=Key.TUNING_EPOCHS,
            persist_state="session",
        )
        penalty = pick(
            "penalty",
            "Penalty for scales and numbers",
            PENALTIES,
            Key.TUNING_PENALTY,
            "Makes answers that are far off on a scale cost more than near misses.",
        )
        targets = pick(
            "targets", "What to learn from", TARGETS, Key.TUNING_TARGETS, "Smoothing steadies small bases."
        )
        rank = st.number_input("Rank", 1, 256, recipe.rank, key=Key.TUNING_RANK, persist_state="session")
        rate = st.number_input(
            "Learning rate",
            min_value=1e-6,
            max_value=1e-1,
            value=float(recipe.learning_rate),
            format="%.1e",
            key=Key.TUNING_RATE,
            persist_state="session",
        )
    held_out = st.multiselect(
        "Hold-out questions",
        list(texts),
        format_func=texts.get,
        key=Key.TUNING_HOLD_OUT.of(study_id),
        persist_state="session",
        help="The model is not taught these. Shows how well it answers a question it has never seen.",
    )
    return replace(
        recipe,
        base=base.strip() or "embedded",
        adapter=adapter,
        penalty=penalty,
        penalty_weight=float(weight),
        targets=targets,
        rank=int(rank),
        learning_rate=float(rate),
        max_seconds=float(seconds),
        epochs=epochs,
        seed=int(seed),
        hold_out_questions=tuple(held_out),
    )
