"""Demographic sliders: the scored profiles reweighted to other marginals, without simulating again."""

from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key, toast_after_rerun
from app.widgets.charts import mix_chart
from app.widgets.notice import plain, show_error
from core.errors import SurveyError
from core.population.marginals import Marginals
from core.studio import mix, population, simulation

if TYPE_CHECKING:
    from core.results.results import Results
    from core.studio.mix import MixedResults
    from core.survey.codebook import Demographic


@st.fragment
def mix_panel(results: "Results", study_id: str) -> None:
    """Draw the sliders and one question's reweighted shares."""
    with st.container(border=True):
        st.subheader("Another mix of people")
        st.markdown(
            "Move the shares of a demographic: the answers follow at once, because the profiles are already "
            "scored and only their weights change."
        )
        try:
            start = mix.starting_marginals(results)
            demographics = [d for d in results.everyone.codebook.demographics if d.column in start.shares]
            chosen = _chosen(demographics, study_id)
            moved = {d.column: _sliders(d, start, study_id) for d in chosen}
            marginals = Marginals({**start.shares, **moved})
            mixed = mix.reweight(cached.workspace(), results, marginals)
            _show(mixed, study_id)
            _unseen(mixed, marginals, study_id)
        except SurveyError as error:
            show_error(error)


def _chosen(demographics: "list[Demographic]", study_id: str) -> "list[Demographic]":
    by_column = {d.column: d for d in demographics}
    picked = st.multiselect(
        "Demographics to change",
        list(by_column),
        default=list(by_column)[:1],
        format_func=lambda column: by_column[column].label,
        key=Key.RESULTS_MIX.of(study_id),
        help="The others keep the shares of the simulated population.",
    )
    return [by_column[column] for column in picked]


def _sliders(demographic: "Demographic", start: Marginals, study_id: str) -> dict[str, float]:
    st.markdown(f"**{plain(demographic.label)}**")
    values = {}
    options = demographic.options
    for first in range(0, len(options), 3):
        for slot, option in zip(
            st.columns(3, vertical_alignment="bottom"), options[first : first + 3], strict=False
        ):
            values[option] = slot.slider(
                plain(option),
                0,
                100,
                round(100 * start.shares[demographic.column].get(option, 0.0)),
                format="%d %%",
                key=Key.RESULTS_MIX.of(study_id, demographic.column, option),
            )
    total = sum(values.values())
    if not total:
        st.caption("All at 0 %: the shares of the simulated population are used.")
        return dict(start.shares[demographic.column])
    if total != 100:
        parts = ", ".join(f"{plain(o)} {100 * v / total:.1f} %" for o, v in values.items())
        st.caption(f"The sliders add up to {total} %; scaled to 100 %: {parts}.")
    return {option: value / total for option, value in values.items()}


def _show(mixed: "MixedResults", study_id: str) -> None:
    if mixed.mix.problem is not None:
        show_error(mixed.mix.problem)
        return
    questions = {q.column: q.text for q in mixed.results.sweep.questions}
    column = st.selectbox(
        "Question",
        list(questions),
        format_func=questions.__getitem__,
        key=Key.RESULTS_MIX_QUESTION.of(study_id),
    )
    question, sweep = mixed.question(column)
    mix_chart(question, sweep.temperatures, mixed.results.temperature)
    words = {"poor": " Poor: a few profiles stand for many people, so build a population for this mix."}
    st.caption(
        f"Real: the survey as it was. Simulated: this mix. Weighting efficiency {mixed.mix.efficiency:.0%}."
        + words.get(mixed.mix.verdict, "")
    )


def _unseen(mixed: "MixedResults", marginals: Marginals, study_id: str) -> None:
    count = len(mixed.mix.unseen)
    if not count:
        st.caption("Every profile the survey has for this mix is scored: there is nothing to simulate.")
        return
    st.caption(
        f"{count:,} profiles of the survey, {mixed.mix.unseen_share:.1%} of the people in this mix, are not "
        f"scored yet: about {max(mixed.seconds, 1):,.0f} seconds to simulate."
    )
    if st.button(
        "Build this population and simulate it", key=Key.RESULTS_MIX_BUILD, icon=":material/play_arrow:"
    ):
        ws = cached.workspace()
        built = population.build(ws, study_id, marginals, 1000, 0, "Mix from the results")
        simulation.start(ws, mixed.results.run.id, built.id)
        toast_after_rerun("The population is built and its simulation has started.")
        st.rerun()
