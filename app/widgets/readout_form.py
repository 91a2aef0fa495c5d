"""Form of the readout settings: temperature, decoder, and groups of respondents."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.comparison.accuracy import Decoder
from core.results.readout import AUTO, BY_TYPE, ReadoutSettings

if TYPE_CHECKING:
    from core.results.results import Results

TEMPERATURES: Mapping[float | str, str] = {
    AUTO: "One for all questions",
    BY_TYPE: "One per question type",
    1.0: "1 (as learned)",
}
TYPES = {"single": "Choose one", "ordinal": "Scale", "numeric": "Number", "multi": "Select all"}
DECODERS = {
    Decoder.EXPECTED: "Expected answer",
    Decoder.SAMPLED: "Sampled answer",
    Decoder.GREEDY: "Likeliest answer",
}


def reading_form(results: "Results", study_id: str) -> ReadoutSettings:
    """Draw the choices behind two buttons; returns the readout settings. Nothing is scored again."""
    with st.container(horizontal=True):
        with st.popover("How to read answers", icon=":material/tune:"):
            temperature = st.radio(
                "Best temperature",
                list(TEMPERATURES),
                format_func=TEMPERATURES.__getitem__,
                key=Key.RESULTS_TEMPERATURE.of(study_id),
                help="Found on the validation respondents, by how likely their answers are.",
            )
            if temperature == BY_TYPE:
                fitted = results.fitted_by_type
                st.caption(", ".join(f"{TYPES[kind]} {value:.2f}" for kind, value in fitted.items()))
            decoder = st.radio(
                "One answer per person is",
                list(DECODERS),
                format_func=DECODERS.__getitem__,
                key=Key.RESULTS_DECODER.of(study_id),
                help="Decides individual errors. Sampling keeps the spread of answers and costs 41 % RMSE.",
            )
            per_token = _per_token(results, study_id)
        with st.popover("Only some respondents", icon=":material/filter_alt:"):
            groups = _groups(results, study_id)
    return ReadoutSettings(temperature, Decoder(decoder), per_token, groups)


def _per_token(results: "Results", study_id: str) -> bool:
    possible = bool(results.token_temperings)
    if possible:
        why = "As a text generator would: each token of an answer is tempered, not the whole answer."
    elif results.scored.answer_tokens:
        why = "Every answer of this survey is one token, so it makes no difference."
    else:
        why = "This simulation is from an earlier version and did not keep the tokens. Simulate again."
    return st.toggle(
        "Temperature per token (advanced)",
        key=Key.RESULTS_TOKEN.of(study_id),
        disabled=not possible,
        help=why,
    )


def _groups(results: "Results", study_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    chosen = []
    for demographic in results.everyone.codebook.demographics:
        options = st.multiselect(
            demographic.label,
            demographic.options,
            key=Key.RESULTS_GROUP.of(study_id, demographic.column),
            placeholder="Everybody",
        )
        if options:
            chosen.append((demographic.column, tuple(options)))
    return tuple(chosen)
