"""Source of targets: the survey, a file, another survey or published figures; and how it was matched."""

import pandas as pd
import streamlit as st

from app import cached
from app.session import Key
from app.widgets.marginals_editor import load_targets
from app.widgets.notice import plain, show_error
from core.errors import SurveyError
from core.population.mapping import CategoryMap, TargetSource
from core.population.marginals import Marginals
from core.studio import population
from core.survey.codebook import Codebook

OWN, FILE, OTHER, PUBLIC = "This survey", "A file", "Another survey", "Published figures"
LEFT_OUT = "(left out)"


def target_source(own: Marginals, codebook: Codebook, study_id: str) -> None:
    """Draw the choice of a source; a button loads its targets into the tables below."""
    kind = st.segmented_control(
        "Start from",
        [OWN, FILE, OTHER, PUBLIC],
        default=OWN,
        required=True,
        key=Key.POPULATION_SOURCE,
        help="The tables below stay editable whatever you start from.",
    )
    if kind == OWN:
        st.caption("The survey's own weighted shares. Change any number in a Target column.")
        st.button(
            "Use the survey's own shares again",
            type="tertiary",
            icon=":material/undo:",
            key=Key.POPULATION_USE.of("own"),
            on_click=load_targets,
            args=(own, codebook, study_id),
        )
        return
    try:
        source = _source(kind, codebook, study_id)
        if source is not None:
            _mapped(source, codebook, study_id)
    except SurveyError as error:
        show_error(error)


def _source(kind: str, codebook: Codebook, study_id: str) -> TargetSource | None:
    """Draw the inputs of one kind of source; returns the source, None until there is one."""
    if kind == FILE:
        return _file(codebook, study_id)
    return _other(study_id) if kind == OTHER else _public()


def _file(codebook: Codebook, study_id: str) -> TargetSource | None:
    upload = st.file_uploader(
        "Targets as CSV or JSON",
        ["csv", "json"],
        key=Key.POPULATION_FILE,
        max_upload_size=5,
        help=population.CSV_SHAPE,
    )
    if upload is None:
        st.caption("A row per category: `variable, category, share` (or `percent`, `count`).")
        return None
    found = population.read_target_file(upload.getvalue(), upload.name, codebook)
    if isinstance(found, TargetSource):
        return found
    st.button(
        "Use these targets",
        type="primary",
        key=Key.POPULATION_USE,
        on_click=load_targets,
        args=(found, codebook, study_id),
    )
    return None


def _other(study_id: str) -> TargetSource | None:
    others = {record.id: record.name for record in cached.surveys() if record.id != study_id}
    if not others:
        st.info("There is no other survey in this workspace. Import one on the Survey data page.")
        return None
    chosen = st.selectbox("Survey", list(others), format_func=others.__getitem__, key=Key.POPULATION_OTHER)
    return population.survey_source(cached.workspace(), chosen)


def _public() -> TargetSource:
    by_key = {found.key: found for found in population.list_public()}
    chosen = st.selectbox(
        "Figures",
        list(by_key),
        format_func=lambda key: f"{by_key[key].title} ({by_key[key].year})",
        key=Key.POPULATION_PUBLIC,
    )
    found = by_key[chosen]
    st.caption(f"Source: {plain(found.source)}, {found.year}, {found.frame}.")
    return population.public_source(chosen)


def _mapped(source: TargetSource, codebook: Codebook, study_id: str) -> None:
    """Draw the mapping, to be corrected, and the button that loads the mapped targets."""
    ws = cached.workspace()
    maps = population.match_source(ws, study_id, source)
    if not maps:
        st.warning(
            "No variable of this source has a counterpart in the survey: "
            f"{plain(', '.join(source.names))}. Rename them in the file as the survey's demographics."
        )
        return
    st.markdown("**How its categories become the survey's**. Change what is wrong.")
    corrected = []
    for slot, chosen in zip(st.columns(max(len(maps), 2)), maps, strict=False):
        with slot:
            corrected.append(_map_editor(source, chosen, codebook, study_id))
    found = population.use_source(ws, study_id, source, corrected)
    if found.notes[1:]:
        st.caption(plain(" ".join(found.notes[1:])))
    st.button(
        "Use these targets",
        type="primary",
        key=Key.POPULATION_USE,
        icon=":material/south:",
        on_click=load_targets,
        args=(found, codebook, study_id),
    )


def _map_editor(source: TargetSource, chosen: CategoryMap, codebook: Codebook, study_id: str) -> CategoryMap:
    demographic = codebook.demographic(chosen.column)
    joined = {" + ".join(to): to for to in chosen.to.values() if len(to) > 1}
    options = [*demographic.options, *joined, LEFT_OUT]
    becomes = [" + ".join(to) or LEFT_OUT for to in chosen.to.values()]
    table = pd.DataFrame({"In the source": list(chosen.to), "In the survey": becomes})
    st.markdown(f"{plain(chosen.variable)} → **{plain(demographic.label)}**")
    edited = st.data_editor(
        table,
        key=Key.POPULATION_MAP.of(study_id, source.name, chosen.variable),
        hide_index=True,
        disabled=["In the source"],
        column_config={
            "In the survey": st.column_config.SelectboxColumn(options=options, required=True),
        },
        height="content" if len(table) <= 8 else 320,
        alt=f"Categories of {chosen.variable} and what they become",
    )
    to = [joined.get(name, () if name == LEFT_OUT else (name,)) for name in edited["In the survey"]]
    return CategoryMap(chosen.variable, chosen.column, dict(zip(chosen.to, to, strict=True)))
