"""Cards of a study's four steps: what each is for, whether it is done, which comes next."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import View
from core.studio import population, simulation, tuning

if TYPE_CHECKING:
    from core.store.records import SurveyRecord


@dataclass(frozen=True)
class Step:
    """Card of one step; `done` says what exists already, empty while nothing does."""

    title: str
    text: str
    view: View
    action: str
    icon: str
    done: str = ""


def step_cards(study: "SurveyRecord | None") -> None:
    """Draw the cards; the first step that is not done is marked as next."""
    steps = _steps(study)
    following = next((step for step in steps if not step.done), None)
    if study is not None and following is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Every step is done.")
            st.page_link(View.PUBLISH, label="Report and publish", icon=":material/share:")
    for column, (number, step) in zip(st.columns(len(steps)), enumerate(steps, 1), strict=True):
        with column.container(border=True, height="stretch"):
            if step.done:
                st.badge(step.done, color="green", icon=":material/check:")
            elif step is following:
                st.badge("Next step", color="primary", icon=":material/arrow_forward:")
            else:
                st.badge("Later", color="gray")
            st.markdown(f"##### {number}. {step.title}")
            st.markdown(step.text)
            st.page_link(step.view, label=step.action, icon=step.icon)


def _steps(study: "SurveyRecord | None") -> list[Step]:
    survey = taught = people = compared = ""
    if study is not None:
        ws = cached.workspace()
        survey = f"{study.n_respondents:,} respondents"
        taught = _count(len(tuning.list_runs(ws, study.id)), "run")
        people = _count(len(population.list_populations(ws, study.id)), "population")
        compared = _count(len(simulation.list_simulations(ws, study.id)), "simulation")
    return [
        Step(
            "Survey",
            "Upload the answers of a survey you have run: one row per respondent.",
            View.SURVEY,
            "Survey data",
            ":material/upload_file:",
            survey,
        ),
        Step(
            "Teach",
            "Teach the model how these respondents answer. Some are held out to check it.",
            View.TUNING,
            "Teach the model",
            ":material/school:",
            taught,
        ),
        Step(
            "Population",
            "Set the marginals of the people you want to ask: age, region, income and so on.",
            View.POPULATION,
            "Build a population",
            ":material/groups:",
            people,
        ),
        Step(
            "Compare",
            "Simulate the questionnaire and compare it with the real toplines, question by question.",
            View.RESULTS,
            "Simulate and compare",
            ":material/bar_chart:",
            compared,
        ),
    ]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' if n > 1 else ''}" if n else ""
