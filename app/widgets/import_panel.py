"""Panel of how an uploaded file was read: format and decisions, each undone with one click."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key, Upload
from app.widgets.notice import plain, show_error
from core.errors import SurveyError
from core.studio import surveys
from core.survey.readers.choices import ReadingChoices, ReadingDecision
from core.survey.readers.delimited import DELIMITERS
from core.survey.readers.encoding import ENCODINGS
from core.survey.readers.file_format import TEXT_FORMATS, FileFormat

if TYPE_CHECKING:
    from core.survey.readers.survey_file import SurveyFile

_SHORT_LIST = 6


def reading_panel(upload: Upload) -> "SurveyFile":
    """Draw the panel and return the file as it is read with the choices made so far.

    A file that cannot be read is explained inside the panel, above the choices that may mend it.

    Raises
    ------
    SurveyError
        If it cannot be read as any table, whatever is chosen.
    """
    formats = surveys.find_formats(upload.content, upload.name)
    chosen: ReadingChoices | None = st.session_state.get(Key.SURVEY_READING.of(upload.digest))
    with st.container(border=True):
        heading = st.container()
        file = None
        try:
            file = cached.survey_file(upload, chosen)
        except SurveyError as error:
            show_error(error)
        base = chosen or (file.choices if file else ReadingChoices())
        _overrides(upload, formats, file, base, is_changed=chosen is not None)
        if file is None:
            st.stop()
        taken_out = sum(len(offer.rows) for offer in file.removable if offer.kind in base.remove)
        with heading:
            st.markdown(f"#### {plain(file.format.label)}")
            st.markdown(
                f"{len(file.table):,} respondent{'' if len(file.table) == 1 else 's'}"
                + (f", {taken_out:,} of them taken out" if taken_out else "")
                + f" · {len(file.table.columns):,} columns · {plain(upload.name)}"
            )
        _removable_rows(upload, file, base)
        _decisions(upload, file, base)
    return file


def _overrides(
    upload: Upload,
    formats: tuple[FileFormat, ...],
    file: "SurveyFile | None",
    base: ReadingChoices,
    is_changed: bool,
) -> None:
    """Draw the choices that override the recognised format, and the button that undoes all."""
    inputs: dict[str, tuple[str, dict[str, str]]] = {}
    if len(formats) > 1:
        inputs["format"] = ("Read as", {str(form): form.label for form in formats})
    if formats == TEXT_FORMATS:
        inputs["delimiter"] = ("Cells separated by", {d: name.capitalize() for d, name in DELIMITERS.items()})
        inputs["encoding"] = ("Encoding", dict(ENCODINGS))
    if file and len(file.sheets) > 1:
        inputs["sheet"] = ("Sheet", {title: title for title in file.sheets})
    if not inputs and not is_changed:
        return
    columns = st.columns([*[3] * len(inputs), 2], vertical_alignment="bottom") if inputs else []
    for column, (name, (label, titles)) in zip(columns, inputs.items(), strict=False):
        key = Key.SURVEY_CHOICE.of(upload.digest, name)
        st.session_state[key] = getattr(base, name)
        column.selectbox(
            label,
            list(titles),
            format_func=partial(_title, titles),
            index=None,
            placeholder="As recognised",
            key=key,
            on_change=_override,
            args=(upload.digest, name, base),
            accept_new_options=name == "delimiter",
        )
    if is_changed:
        undo = columns[-1].button if columns else st.button
        undo(
            "Undo all",
            key=Key.SURVEY_STEP.of(upload.digest, "reset"),
            icon=":material/restart_alt:",
            on_click=_reset,
            args=(upload.digest,),
        )


def _title(titles: Mapping[str, str], value: str) -> str:
    return titles.get(value, value)


def _removable_rows(upload: Upload, file: "SurveyFile", base: ReadingChoices) -> None:
    """Draw rows that may be no respondents: one click takes them out, one brings them back."""
    for offer in file.removable:
        out = offer.kind in base.remove
        remove = tuple(k for k in base.remove if k != offer.kind) if out else (*base.remove, str(offer.kind))
        rows = "this row" if len(offer.rows) == 1 else f"these {len(offer.rows):,} rows"
        _line(
            f"**{'Taken out' if out else 'Perhaps no respondents'}.** {plain(_sentence(offer.reason))}",
            "Undo" if out else f"Take out {rows}",
            ":material/undo:" if out else ":material/person_remove:",
            Key.SURVEY_STEP.of(upload.digest, "rows", offer.kind),
            (upload.digest, replace(base, remove=remove), None),
        )


def _decisions(upload: Upload, file: "SurveyFile", base: ReadingChoices) -> None:
    """Draw the decisions made while reading, and those that were undone."""
    undone: tuple[ReadingDecision, ...] = st.session_state.get(Key.SURVEY_UNDONE.of(upload.digest), ())
    for i, decision in enumerate(undone):
        kept = tuple(column for column in base.keep if column not in decision.keep)
        form = None if decision.format else base.format
        _line(
            f"**Undone.** :gray[{plain(decision.text)}]",
            "Do it again",
            ":material/redo:",
            Key.SURVEY_STEP.of(upload.digest, "redo", i),
            (upload.digest, replace(base, keep=kept, format=form), undone[:i] + undone[i + 1 :]),
        )
    if not file.decisions:
        return
    short = len(file.decisions) <= _SHORT_LIST
    with st.container() if short else st.expander(f"Decided while reading ({len(file.decisions)})"):
        for i, decision in enumerate(file.decisions):
            _line(
                plain(decision.text),
                "Undo" if decision.can_be_undone else None,
                ":material/undo:",
                Key.SURVEY_STEP.of(upload.digest, "undo", i),
                (upload.digest, base.undoing(decision), (*undone, decision)),
            )


def _line(text: str, label: str | None, icon: str, key: str, step: tuple) -> None:
    """Draw a sentence and, at its right, the button that changes the reading choices."""
    left, right = st.columns([5, 2], vertical_alignment="center")
    left.markdown(text)
    if label:
        right.button(label, key=key, icon=icon, on_click=_step, args=step)


def _step(digest: str, choices: ReadingChoices, undone: tuple[ReadingDecision, ...] | None) -> None:
    st.session_state[Key.SURVEY_READING.of(digest)] = choices
    if undone is not None:
        st.session_state[Key.SURVEY_UNDONE.of(digest)] = undone


def _override(digest: str, name: str, base: ReadingChoices) -> None:
    value = st.session_state[Key.SURVEY_CHOICE.of(digest, name)]
    _step(digest, replace(base, **{name: value}), None)


def _reset(digest: str) -> None:
    for key in (Key.SURVEY_READING, Key.SURVEY_UNDONE):
        st.session_state.pop(key.of(digest), None)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
