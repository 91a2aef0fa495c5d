"""Flags of a survey before it is stored, with one-click actions that can be undone."""

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.notice import plain, show_error
from core.errors import SurveyError
from core.studio.surveys import FlagDecision
from core.survey.quality.flag import Action

if TYPE_CHECKING:
    from core.survey.importing import SurveyDraft
    from core.survey.quality.flag import Flag

_DONE = {
    Action.EXCLUDE_COLUMN: "Left out",
    Action.INCLUDE_COLUMN: "Used",
    Action.DROP_ROWS: "Taken out",
    Action.KEEP: "Kept",
}
_ICONS = {
    Action.EXCLUDE_COLUMN: ":material/visibility_off:",
    Action.INCLUDE_COLUMN: ":material/visibility:",
    Action.DROP_ROWS: ":material/person_remove:",
    Action.KEEP: ":material/check:",
}


def quality_flags(draft: "SurveyDraft", digest: str) -> "SurveyDraft":
    """Draw the flags; returns the draft after the actions chosen so far.

    Parameters
    ----------
    draft
        As it was read.
    digest
        Hash of the uploaded files, so that decisions never carry over to others.
    """
    # decisions outlive a change of the reading choices, flags do not
    reading = hashlib.sha256(repr(draft.codebook.extra.get("reading")).encode()).hexdigest()[:8]
    about = f"{digest}.{reading}"
    decisions: tuple[FlagDecision, ...] = st.session_state.get(Key.SURVEY_DECISIONS.of(digest), ())
    review = cached.review(draft, about, decisions)
    found = {flag.sentence for flag in (*review.flags, *(flag for flag, _ in review.decided))}
    for warning in draft.warnings:
        if warning not in found:
            st.warning(plain(warning), icon=":material/warning:")
    open_flags = [flag for flag in review.flags if not flag.is_note]
    notes = [flag for flag in review.flags if flag.is_note]
    for flag in open_flags:
        with st.container(border=True):
            _show(flag, draft, about, decisions)
    if notes:
        with st.expander(f"For information ({len(notes)})", icon=":material/info:"):
            for flag in notes:
                _show(flag, draft, about, decisions)
    if review.decided:
        with st.expander(f"Decided ({len(review.decided)})", icon=":material/done_all:", expanded=True):
            for flag, action in review.decided:
                _show_decided(flag, action, about, decisions)
    return review.draft


def _show(flag: "Flag", draft: "SurveyDraft", about: str, decisions: tuple[FlagDecision, ...]) -> None:
    st.markdown(f"**{str(flag.kind).capitalize()}.** {plain(flag.sentence)}")
    if flag.actions == (Action.KEEP,):
        return
    with st.container(horizontal=True):
        for action in flag.actions:
            if action is Action.KEEP and flag.is_note:
                continue
            suggested = action is flag.suggested
            if st.button(
                _label(flag, action),
                key=Key.SURVEY_FLAG.of(about, _short(flag), action.name),
                icon=_ICONS[action],
                type="primary" if suggested and not flag.is_note else "secondary",
            ):
                _decide(draft, about, (*decisions, FlagDecision(flag.key, action)))


def _show_decided(flag: "Flag", action: Action, about: str, decisions: tuple[FlagDecision, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_DONE[action]}.** {plain(flag.sentence)}")
        if st.button("Undo", key=Key.SURVEY_UNDO.of(about, _short(flag)), icon=":material/undo:"):
            kept = tuple(decision for decision in decisions if decision.flag_key != flag.key)
            st.session_state[Key.SURVEY_DECISIONS.of(about.partition(".")[0])] = kept
            st.rerun()


def _decide(draft: "SurveyDraft", about: str, decisions: tuple[FlagDecision, ...]) -> None:
    """Store a decision if it can be carried out; else draw the error."""
    try:
        cached.review(draft, about, decisions)
    except SurveyError as error:
        show_error(error)
        return
    st.session_state[Key.SURVEY_DECISIONS.of(about.partition(".")[0])] = decisions
    st.rerun()


def _label(flag: "Flag", action: Action) -> str:
    columns = "this column" if len(flag.columns) == 1 else f"these {len(flag.columns)} columns"
    people = "this respondent" if len(flag.rows) == 1 else f"these {len(flag.rows):,} respondents"
    return {
        Action.EXCLUDE_COLUMN: f"Leave out {columns}",
        Action.INCLUDE_COLUMN: f"Use {columns} anyway",
        Action.DROP_ROWS: f"Take out {people}",
        Action.KEEP: "Keep as it is",
    }[action]


def _short(flag: "Flag") -> str:
    return hashlib.sha256(flag.key.encode()).hexdigest()[:10]
