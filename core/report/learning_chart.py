"""Charts of loss and validation NLL over training steps, of one run or of several."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from core.report.chart_parts import frame
from core.report.palette import Palette, Theme, palette
from core.report.specification import inline


def loss_chart(metrics: Sequence[Mapping[str, Any]], theme: Theme | str = Theme.LIGHT) -> alt.Chart:
    """Chart of validation NLL and training loss over the step.

    Parameters
    ----------
    metrics
        Lines of a tuning job's `metrics.jsonl`: `step`, `loss` and now and then `validation_nll`.
    theme
        Colours for a light or dark page.
    """
    colours = palette(theme)
    names = {"validation_nll": "Surprise at hold-out respondents", "loss": "Loss while learning"}
    rows = [row for key, name in names.items() for row in _points(metrics, key, name)]
    description = "Negative log-likelihood of hold-out respondents, and training loss, against the step."
    return _step_chart(rows, list(names.values()), [colours.simulated, colours.real], description, colours)


def runs_chart(
    runs: Mapping[str, Sequence[Mapping[str, Any]]], theme: Theme | str = Theme.LIGHT
) -> alt.Chart | None:
    """Chart of the validation NLL of several runs over the step; `runs` is name -> lines of `metrics.jsonl`.

    None when no run has any.
    """
    colours = palette(theme)
    rows = [row for name, metrics in runs.items() for row in _points(metrics, "validation_nll", name)]
    if not rows:
        return None
    shades = [colours.real, colours.simulated, colours.good, colours.error, colours.divergence]
    shown = [shades[k % len(shades)] for k in range(len(runs))]
    description = "Negative log-likelihood of hold-out respondents in several runs, against the step."
    return _step_chart(rows, list(runs), shown, description, colours)


def _points(metrics: Sequence[Mapping[str, Any]], key: str, name: str) -> list[dict[str, Any]]:
    return [
        {"step": line["step"], "line": name, "value": float(line[key])}
        for line in metrics
        if "step" in line and line.get(key) is not None and np.isfinite(line[key])
    ]


def _step_chart(
    rows: list[dict[str, Any]], names: list[str], shades: list[str], description: str, colours: Palette
) -> alt.Chart:
    scale, legend = alt.Scale(domain=names, range=shades), alt.Legend(title=None, orient="top")
    nats = alt.Axis(title="Nats per answer (lower is better)", tickCount=5)
    return (
        alt.Chart(inline(rows), **frame(description, 240, colours))
        .mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=22), tooltip=True)
        .encode(
            x=alt.X("step:Q", axis=alt.Axis(title="Step", grid=False, tickMinStep=1)),
            y=alt.Y("value:Q", scale=alt.Scale(zero=False), axis=nats),
            color=alt.Color("line:N", scale=scale, legend=legend),
        )
    )
