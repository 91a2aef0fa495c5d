"""Panels of one experiment: plan, start and outcome."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import access, cached
from app.session import Key
from app.widgets.charts import experiment_chart
from app.widgets.delete_job import delete_button
from app.widgets.notice import errors_shown, plain
from app.widgets.run_list import started
from app.widgets.setting_words import setting_value
from core.errors import SurveyError
from core.report.tables import experiment_table
from core.studio import experiments

if TYPE_CHECKING:
    from core.experiments.design import Experiment, Outcome
    from core.jobs.folder import JobStatus
    from core.tuning.recipe import Recipe

FORMATS = {
    "KL (nats)": "%.4f",
    "KL / noise floor": "%.1f",
    "RMSE": "%.3f",
    "NLL (nats)": "%.3f",
    "Spread": "%.2f",
    "Temperature": "%.2f",
    "Base (MB)": "%.1f",
    "Seconds": "%.0f",
}
HELP = {
    "KL (nats)": "Distance of the simulated toplines from the real ones, mean over questions.",
    "KL / noise floor": "A perfect simulation would score about 1: the real sample is finite.",
    "RMSE": "Distance between simulated and given answers of scales and numbers, as a share of the scale.",
    "NLL (nats)": "Surprise at each person's own answer; 0.01 is a small, 0.1 a large difference.",
    "Spread": "1 is right: standard deviation of simulated against real answers on scales and numbers.",
    "Temperature": "At which it was read; fitted on hold-out respondents unless it is what varies.",
    "Base (MB)": "The base model's weights in memory while it is taught.",
    "Seconds": "To teach and test it on this machine.",
}
SHOW = {"supports": st.success, "contradicts": st.warning, "undecided": st.info}


def start_button(survey_id: str, key: str, recipe: "Recipe") -> None:
    """Draw the plan of the experiment, or what it lacks, and the button that starts it."""
    ws = cached.workspace()
    try:
        st.caption(plain(experiments.plan(ws, survey_id, key, recipe).sentence))
        possible = True
    except SurveyError as error:
        st.info(plain(f"{error.what} {error.fix}"), icon=":material/info:")
        possible = False
    label = "Run the experiment"
    if st.button(
        label, key=Key.EXPERIMENT_START, icon=":material/science:", type="primary", disabled=not possible
    ):
        with errors_shown():
            experiments.start(ws, survey_id, key, recipe)
            st.rerun()


def pick_outcome(outcomes: "Sequence[Outcome]", experiment: "Experiment") -> "Outcome":
    """Outcome to show: the newest, or the chosen one if there are several."""
    if len(outcomes) == 1:
        return outcomes[0]
    place = st.selectbox(
        f"Outcome ({len(outcomes)} so far)",
        range(len(outcomes)),
        format_func=lambda k: f"{started(outcomes[k].job)}: {_taught(outcomes[k], experiment)}",
        key=Key.EXPERIMENT_OUTCOME.of(outcomes[0].job.id),
    )
    return outcomes[place]


def delete_experiment(job: "JobStatus") -> None:
    """Draw the button that deletes an experiment and its adapters, and say what stays."""
    delete_button(
        job,
        "experiment",
        "its outcome and the answers of the models it taught are removed. Other experiments that are done "
        "keep a copy of what they share with it; one that is run later teaches those models again.",
    )


def _taught(outcome: "Outcome", experiment: "Experiment") -> str:
    """Base model, steps and seed in words."""
    base = setting_value("base", outcome.recipe.get("base"))
    if experiment.key == "size":
        base = "every base model"
    steps, seed = outcome.recipe.get("steps"), outcome.recipe.get("seed")
    length = f"{steps:,} steps" if steps else "the usual number of steps"
    return f"{base}, {length}, seed {seed}"


def outcome_panel(outcome: "Outcome", experiment: "Experiment") -> None:
    """Draw verdict, chart and figures of an outcome."""
    SHOW[outcome.verdict](plain(outcome.sentence))
    experiment_chart(outcome.rows, experiment)
    table = experiment_table(outcome.rows)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Variant": st.column_config.TextColumn(width=210),
            **{
                name: st.column_config.NumberColumn(format=form, help=HELP[name])
                for name, form in FORMATS.items()
            },
        },
        placeholder="",
        alt=f"Figures of {experiment.title}",
    )
    st.caption(
        f"Taught: {plain(_taught(outcome, experiment))}. Longer teaching or a larger base model may come "
        "to another verdict. A difference counts when its 95 % interval, from drawing the test respondents "
        "again and again, leaves out zero and it is larger than what teaching with another seed changes. "
        "Everything else is undecided."
    )
    if not access.is_demo():
        delete_experiment(outcome.job)
