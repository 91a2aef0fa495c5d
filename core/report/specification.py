"""Altair without its checks: data, layers and columns of charts, and the Vega-Lite JSON made of them.

Altair would validate every object against its schema again while a chart is put together, and copy every
layer a dozen times (0.2 s for a chart with a slider, 0.01 s without); both are left out here, and the tests
validate every chart instead. What the charts share to look alike is in `core.report.chart_parts`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import altair as alt
import numpy as np
from altair.utils import schemapi

schemapi.disable_debug_mode()
alt.theme.enable("none")  # the theme travels in each chart's config: pages of both themes may be open at once
alt.data_transformers.consolidate_datasets = False  # rows stay in the chart that draws them

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Altair names a minor version, at which an older drawer of the same format would warn."""
SUBTITLE = "subtitle"
"""Name of the chart parameter that holds the expression of a line under the title."""


class _Layers(alt.LayerChart):
    """Layered chart without Altair's rewriting: no layer is copied, no data or parameter moved to the top."""

    def __init__(self, **properties: Any) -> None:
        alt.TopLevelLayerSpec.__init__(self, **properties)


class _Column(alt.VConcatChart):
    """Concatenated chart without Altair's rewriting."""

    def __init__(self, **properties: Any) -> None:
        alt.TopLevelVConcatSpec.__init__(self, **properties)


class _Verbatim:
    """Rows or arrays of a chart, passed through: Altair would validate every number."""

    _schema: ClassVar = {"type": "array"}

    def __init__(self, values: Any) -> None:
        self.values = values

    def to_dict(self) -> Any:
        return self.values


def inline(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Inline data of a chart, one mapping for each mark or point of a line."""
    kept: Any = _Verbatim(values)
    return alt.InlineData(kept)


def array_parameter(name: str, values: Any) -> alt.Parameter:
    """Chart parameter that holds plain (nested) lists or dictionaries, to be read by expressions."""
    return alt.param(name, value=_Verbatim(values))


def layered(*layers: alt.Chart | alt.LayerChart, **properties: Any) -> alt.LayerChart:
    """Layered chart; a layer without data of its own shares the `data` given here."""
    return _Layers(layer=list(layers), **properties)


def below_each_other(*charts: alt.LayerChart, **properties: Any) -> alt.VConcatChart:
    """Vertical concatenation of charts, each with scales of its own."""
    return _Column(vconcat=list(charts), **properties)


AnyChart = alt.Chart | alt.LayerChart | alt.VConcatChart


def to_specification(chart: AnyChart, font: str | None = None) -> dict[str, Any]:
    """Vega-Lite JSON of a chart, to be drawn by `st.vega_lite_chart`, Vega-Embed or vl-convert.

    Vega draws an expression as a subtitle, but the schema of Vega-Lite has none there: a chart carries it as
    the parameter `SUBTITLE`, which is put under the title here.

    Parameters
    ----------
    chart
        Any chart of this package.
    font
        Families of all its letters, where the page around it does not set them.
    """
    specification = chart.to_dict(validate=False) | {"$schema": SCHEMA}
    if any(parameter["name"] == SUBTITLE for parameter in specification.get("params", ())):
        specification["title"]["subtitle"] = {"expr": SUBTITLE}
    if font:
        specification["config"]["font"] = font
    return specification


def numbers_or_none(values: np.ndarray | None, digits: int) -> Any:
    """Nested lists of rounded numbers for JSON, of the array's shape; what is not finite becomes None.

    Examples
    --------
    >>> numbers_or_none(np.array([0.12345, np.nan]), 3)
    [0.123, None]
    >>> numbers_or_none(None, 3) is None
    True
    """
    if values is None:
        return None
    rounded = np.round(np.asarray(values, float), digits)
    # JSON knows no NaN: an array of objects can hold None in its place
    listed = rounded.astype(object)
    listed[~np.isfinite(rounded)] = None
    return listed.tolist()
