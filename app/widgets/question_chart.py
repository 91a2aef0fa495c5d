"""Charts of the results page with temperature sliders: one question, and all together."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app.address import follow_address, write_address
from app.session import Key
from app.widgets.charts import calibration_chart, decoder_chart, temperature_chart, tradeoff_chart
from app.widgets.one_of import one_of
from app.widgets.share_link import linked_temperature, share_link
from app.widgets.untaught import untaught_notice

if TYPE_CHECKING:
    from core.comparison.sweep import QuestionSweep
    from core.results.results import Results
    from core.survey.codebook import Question

HELD_OUT, POPULATION = "respondents", "population"
PEOPLE = {HELD_OUT: "Held-out respondents", POPULATION: "Population"}
TEMPERATURES, DECODERS, CALIBRATION = "Every temperature", "Toplines against individuals", "Calibration"


def question_chart(results: "Results") -> None:
    """Draw one question's bars with the slider; the population's when chosen and there is one."""
    with st.container(border=True):
        st.subheader("Question by question")
        who = _whose(results)
        people = results.population_sweep if who == POPULATION else None
        column = _question(people.questions if people else results.questions)
        sweep = people or results.one_question(column)
        write_address({Key.RESULTS_WHO: who, Key.RESULTS_QUESTION: column})
        untaught_notice(results, column)
        start = linked_temperature(results.temperature)
        temperature_chart(sweep.question(column), sweep.temperatures, results.temperature, start)
        share_link(results.temperature)
        if who == POPULATION:
            st.caption(
                "The population differs from the respondents by the targets you set, so a gap here can be "
                "the answer to your question rather than an error."
            )
        st.caption(
            "Temperature sets how spread out the simulated answers are: low gives everybody the likeliest "
            "answer, high spreads them evenly. The best temperature was found on other respondents than the "
            "ones shown."
        )


def _whose(results: "Results") -> str:
    people = PEOPLE if results.has_population else {HELD_OUT: PEOPLE[HELD_OUT]}
    follow_address(Key.RESULTS_WHO, people)
    if len(people) == 1:
        return HELD_OUT
    st.session_state.setdefault(Key.RESULTS_WHO, HELD_OUT)
    chosen = st.segmented_control(
        "Whose simulated answers?",
        list(people),
        format_func=people.__getitem__,
        required=True,
        key=Key.RESULTS_WHO,
        persist_state="session",
        help="Held-out respondents: the same people, simulated and real, so it is a fair check. "
        "Population: your targets, compared with the survey as it was.",
    )
    return chosen or HELD_OUT


def _question(questions: "Sequence[Question | QuestionSweep]") -> str:
    words = {q.column: f"{number}. {q.text}" for number, q in enumerate(questions, 1)}
    follow_address(Key.RESULTS_QUESTION, words)
    return st.selectbox(
        "Question",
        list(words),
        format_func=words.__getitem__,
        key=Key.RESULTS_QUESTION,
        persist_state="session",
    )


def all_questions(results: "Results") -> None:
    """Draw one of three pictures of all questions together."""
    views = {TEMPERATURES: _temperatures, DECODERS: _decoders, CALIBRATION: _calibration}
    one_of(
        "All questions together",
        {name: partial(draw, results) for name, draw in views.items()},
        Key.RESULTS_ALL,
    )


def _temperatures(results: "Results") -> None:
    tradeoff_chart(results.sweep, linked_temperature(results.temperature))
    st.caption(
        "KL measures how far simulated toplines are from the real ones, RMSE how far each person's "
        "simulated answer is from their real one. Both: lower is better. They rarely agree on a "
        "temperature; the best one here is the likeliest for the answers of validation respondents."
    )


def _decoders(results: "Results") -> None:
    start = linked_temperature(results.temperature)
    if not decoder_chart(results.sweep, results.tradeoff, start):
        st.caption("There is no question with a scale to measure individual error on.")
        return
    st.caption(
        "The curve is what sampled answers reach at each temperature; bottom left is best. The expected "
        "answer has the smallest individual error of a person, the likeliest answer (greedy) is the end of "
        "low temperatures. Grey: simpler methods, sampled likewise."
    )


def _calibration(results: "Results") -> None:
    calibration_chart(results.calibration)
    st.caption(
        "Of all answers the simulation gave a probability of about 30 %, about 30 % should have been given: "
        "points on the dashed line. Below it the simulation is too sure. Bars are 95 % intervals from the "
        "held-out respondents. Repeating the toplines to everybody is calibrated too, so this says that "
        "probabilities are honest, not that they are sharp."
    )
