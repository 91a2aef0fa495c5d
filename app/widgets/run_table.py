"""Registry of runs: all runs of a study, two or more side by side, and deleting one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.charts import runs_chart
from app.widgets.delete_job import delete_button
from app.widgets.job_panel import BADGES
from app.widgets.run_list import started
from app.widgets.setting_words import setting_name, setting_value
from app.widgets.tables import TALL_ROW
from core.studio import jobs, tuning
from core.tuning.run_figures import RUN_FIGURES, figure_text

if TYPE_CHECKING:
    from core.tuning.registry import RunRecord

MEANING = "What it says"


def run_table(records: "Sequence[RunRecord]") -> None:
    """Draw every run, newest first; ticked ones are compared, a single one can be deleted."""
    st.subheader("All runs")
    st.caption("Tick one run to delete it, two or more to see where they differ.")
    rows = [
        {
            "Started": started(record.status),
            "Outcome": _outcome(record.status.state),
            "Base model": setting_value("base", record.recipe.get("base")),
            "Method": setting_value("adapter", record.recipe.get("adapter")),
            "Surprise (hold-out)": record.result.validation_nll,
            "Minutes": record.result.seconds / 60 if record.result.seconds else None,
        }
        for record in records
    ]
    event = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=Key.TUNING_RUNS,
        column_config={
            "Surprise (hold-out)": st.column_config.NumberColumn(
                format="%.3f", help="Nats per answer of hold-out respondents; lower is better."
            ),
            "Minutes": st.column_config.NumberColumn(format="%.1f"),
        },
        placeholder="",
        alt="All runs",
    )
    chosen = [records[row] for row in event.selection.rows if row < len(records)]
    if len(chosen) >= 2:
        _compare(chosen)
    elif chosen:
        delete_button(
            chosen[0].status,
            "run",
            "it, its adapter and its checkpoints are removed. Simulations made with it stay.",
        )


def _outcome(state: str) -> str:
    """Outcome in words, the same for starting and running: the table is not redrawn in between."""
    return "In progress" if state in ("starting", "running") else BADGES[str(state)][0]


def _compare(records: "Sequence[RunRecord]") -> None:
    names = [started(record.status) for record in records]
    names = [f"{name} ({k})" if names.count(name) > 1 else name for k, name in enumerate(names, 1)]
    figures = [record.figures for record in records]
    shown = [key for key in RUN_FIGURES if any(f[key] is not None for f in figures)]
    st.markdown("**Figures side by side**")
    st.dataframe(
        [
            {
                "Figure": RUN_FIGURES[key].name,
                **{n: figure_text(key, f[key]) for n, f in zip(names, figures, strict=True)},
                MEANING: RUN_FIGURES[key].meaning,
            }
            for key in shown
        ],
        hide_index=True,
        height="content",
        row_height=TALL_ROW,
        column_config={n: st.column_config.TextColumn(alignment="right") for n in names}
        | {MEANING: st.column_config.TextColumn(width=430)},
        alt="Figures of the ticked runs",
    )
    differ = tuning.run_differences(records)
    st.markdown("**Where they differ**" if differ else "These runs were started with the same settings.")
    if differ:
        st.dataframe(
            [
                {
                    "Setting": setting_name(key),
                    **{n: setting_value(key, v) for n, v in zip(names, row, strict=True)},
                }
                for key, row in differ.items()
            ],
            hide_index=True,
            alt="Settings that differ between the ticked runs",
        )
    ws = cached.workspace()
    runs_chart({n: jobs.find(ws, r.status.id).metrics() for n, r in zip(names, records, strict=True)})
