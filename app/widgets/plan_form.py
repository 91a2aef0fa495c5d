"""Form of a population plan beside its targets: screener, size, drawing, and a new variable."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from app.session import Key
from app.widgets.notice import plain, show_error
from core.errors import SurveyError
from core.population.drawing import DrawMethod
from core.population.marginals import Marginals
from core.population.new_variables import NewVariable
from core.population.plan import LARGEST_POPULATION, PopulationPlan
from core.population.screening import Frame, Screener
from core.population.totals import rounded
from core.survey.codebook import Codebook, QuestionType

INDEPENDENT = ""
FRAMES = {Frame.EVERYBODY: "Everybody", Frame.QUALIFIED: "Only those who qualify"}
METHODS = {DrawMethod.EXACT: "Exact quotas", DrawMethod.SYSTEMATIC: "Systematic only"}


def plan_form(marginals: Marginals, codebook: Codebook, study_id: str) -> PopulationPlan | None:
    """Draw the inputs; returns the plan, None (with a message) while they do not make one."""
    with st.expander("Who qualifies (screener)", icon=":material/filter_alt:"):
        screener = _screener(codebook, study_id)
    with st.expander("A variable the survey does not have", icon=":material/add_box:"):
        variable = _new_variable(codebook, study_id)
    size_slot, seed_slot, cap_slot, method_slot, unseen_slot = st.columns([1.2, 1, 1.2, 1.6, 1.4])
    size = size_slot.number_input(
        "People", 10, LARGEST_POPULATION, 1000, step=100, key=Key.POPULATION_SIZE, persist_state="session"
    )
    seed = seed_slot.number_input(
        "Seed", 0, 2**31 - 1, 0, key=Key.POPULATION_SEED, persist_state="session",
        help="The same seed draws the same people.",
    )  # fmt: skip
    cap = cap_slot.number_input(
        "Cap on weights", 1.1, 100.0, None, step=0.5, key=Key.POPULATION_CAP, persist_state="session",
        placeholder="No cap",
        help="Trimming: nobody may weigh more than this many times the mean. The targets stay met.",
    )  # fmt: skip
    method = method_slot.selectbox(
        "Draw", list(METHODS), format_func=METHODS.__getitem__, key=Key.POPULATION_METHOD,
        persist_state="session",
        help="Exact quotas: after a systematic draw people are exchanged until every target is met to about "
        "one person.",
    )  # fmt: skip
    unseen = unseen_slot.number_input(
        "Unseen profiles %", 0, 50, 0, key=Key.POPULATION_UNSEEN, persist_state="session",
        help="Smoothing: part of the seed given to likely profiles no respondent has. They are marked in the "
        "people. Not together with a screener.",
    )  # fmt: skip
    try:
        new = (variable(),) if variable else ()
        return PopulationPlan(
            marginals, int(size), int(seed), cap, DrawMethod(method), unseen / 100, screener, new
        )
    except SurveyError as error:
        show_error(error)
        return None


def _screener(codebook: Codebook, study_id: str) -> Screener:
    fields = {d.column: (d.label, d.options) for d in codebook.demographics}
    for question in codebook.questions:
        if question.type is not QuestionType.NUMERIC:
            fields[question.column] = (question.text, question.options)
        else:
            fields[question.column] = (question.text, question.items[0].answers)
    columns = st.multiselect(
        "Only people who gave certain answers to",
        list(fields),
        format_func=lambda column: fields[column][0],
        key=Key.POPULATION_SCREEN.of(study_id),
        placeholder="Nothing: everybody qualifies",
        persist_state="session",
    )
    conditions = {}
    for column in columns:
        accepted = st.multiselect(
            fields[column][0],
            fields[column][1],
            key=Key.POPULATION_SCREEN.of(study_id, column),
            placeholder="Accepted answers (one of them is enough)",
            persist_state="session",
        )
        if accepted:
            conditions[column] = tuple(accepted)
    frame = Frame.EVERYBODY
    if conditions:
        frame = st.segmented_control(
            "The targets describe",
            list(FRAMES),
            default=Frame.EVERYBODY,
            required=True,
            format_func=FRAMES.__getitem__,
            key=Key.POPULATION_FRAME,
        )
    return Screener(conditions, Frame(frame))


def _new_variable(codebook: Codebook, study_id: str) -> Callable[[], NewVariable] | None:
    st.caption("Dealt to the people after the draw. The model knows nothing of it, so it changes no answer.")
    name_slot, categories_slot, given_slot = st.columns(3)
    name = name_slot.text_input("Name", key=Key.POPULATION_NEW.of(study_id, "name"), persist_state="session")
    text = categories_slot.text_input(
        "Categories, separated by commas", key=Key.POPULATION_NEW.of(study_id, "categories"),
        persist_state="session",
    )  # fmt: skip
    labels = {INDEPENDENT: "Nothing: independent", **{d.column: d.label for d in codebook.demographics}}
    given = given_slot.selectbox(
        "Goes together with",
        list(labels),
        format_func=labels.__getitem__,
        key=Key.POPULATION_NEW.of(study_id, "given"),
    )
    categories = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not name.strip() or len(categories) < 2:
        return None
    groups = next((d.options for d in codebook.demographics if d.column == given), ("Everybody",))
    even = rounded([100 / len(categories)] * len(categories), 1).tolist()
    table = pd.DataFrame({c: [share] * len(groups) for c, share in zip(categories, even, strict=True)})
    table.insert(0, "%", list(groups))
    edited = st.data_editor(
        table, key=Key.POPULATION_NEW.of(study_id, name, text, given), hide_index=True, disabled=["%"],
        alt=f"Percentages of {plain(name)}",
    )  # fmt: skip
    shares = [{c: float(row[c] or 0) / 100 for c in categories} for row in edited.to_dict("records")]

    if given == INDEPENDENT:
        return partial(NewVariable, name.strip(), shares[0])
    return partial(NewVariable, name.strip(), given=given, within=dict(zip(groups, shares, strict=True)))
