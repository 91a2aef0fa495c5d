"""A chart as a picture for slides and print, drawn without a browser or a network."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import vl_convert


class ImageFormat(StrEnum):
    """Formats of pictures; the value is the file name's ending."""

    PNG = "png"
    SVG = "svg"


def chart_image(
    chart: Mapping[str, Any], kind: ImageFormat | str = ImageFormat.PNG, width: int = 900, scale: float = 2.0
) -> bytes:
    """A Vega-Lite chart made for a light page, on white.

    Parameters
    ----------
    chart
        The specification.
    kind
        Format.
    width
        Width in pixels.
    scale
        Pixels of a PNG per pixel of the chart.
    """
    fixed = json.dumps({**chart, "width": width, "background": "#FFFFFF"}, allow_nan=False)
    if ImageFormat(kind) is ImageFormat.SVG:
        return vl_convert.vegalite_to_svg(fixed).encode("utf-8")
    return vl_convert.vegalite_to_png(fixed, scale=scale)
