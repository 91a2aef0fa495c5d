"""The chart of the results page: question picker, whose answers, and the temperature slider."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.charts import temperature_chart, tradeoff_chart
from app.widgets.share_link import linked_temperature, share_link
from app.widgets.untaught import untaught_notice

if TYPE_CHECKING:
    from core.results import Results

HELD_OUT, POPULATION = "Held-out respondents", "Population"


def question_chart(results: "Results", study_id: str) -> None:
    """Draw one question's bars with the slider; the population's when chosen and there is one."""
    with st.container(border=True):
        st.subheader("Question by question")
        sweep, who = results.sweep, HELD_OUT
        if results.population_sweep is not None:
            who = st.segmented_control(
                "Whose simulated answers?",
                [HELD_OUT, POPULATION],
                default=HELD_OUT,
                required=True,
                key=Key.RESULTS_WHO,
                bind="query-params",
                help="Held-out respondents: the same people, simulated and real, so it is a fair check. "
                "Population: your targets, compared with the survey as it was.",
            )
            sweep = results.population_sweep if who == POPULATION else sweep
        questions = sweep.questions
        position = st.selectbox(
            "Question",
            range(len(questions)),
            format_func=lambda i: f"{i + 1}. {questions[i].text}",
            key=Key.RESULTS_QUESTION,
            bind="query-params",
        )
        untaught_notice(results, questions[position].column)
        start = linked_temperature(results.temperature)
        temperature_chart(questions[position], sweep.temperatures, results.temperature, start)
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


def tradeoff(results: "Results") -> None:
    """Draw the mean distances over all questions against temperature."""
    with st.container(border=True):
        st.subheader("All questions at every temperature")
        tradeoff_chart(results.sweep)
        st.caption(
            "KL measures how far simulated toplines are from the real ones, RMSE how far each person's "
            "simulated answer is from their real one. Both: lower is better. They rarely agree on a "
            "temperature; the best one here is the likeliest for the answers of validation respondents."
        )
