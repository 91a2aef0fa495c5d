"""Lines over training steps: how a run learns, and several runs beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA


def loss_chart(metrics: Sequence[Mapping[str, Any]], theme: Theme | str = Theme.LIGHT) -> dict[str, Any]:
    """Surprise at hold-out respondents, and the loss that is learned from, against the step.

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
) -> dict[str, Any] | None:
    """Validation NLL of several runs against training step; `runs` is name -> lines of `metrics.jsonl`.

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
) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": 240,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 22}, "tooltip": True},
        "encoding": {
            "x": {
                "field": "step",
                "type": "quantitative",
                "axis": {"title": "Step", "grid": False, "tickMinStep": 1},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "scale": {"zero": False},
                "axis": {"title": "Nats per answer (lower is better)", "tickCount": 5},
            },
            "color": {
                "field": "line",
                "type": "nominal",
                "scale": {"domain": names, "range": shades},
                "legend": {"title": None, "orient": "top"},
            },
        },
        "config": chart_config(colours),
    }
