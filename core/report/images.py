"""Pictures of charts for slides and print, drawn without a browser or a network."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING

import vl_convert

if TYPE_CHECKING:
    from core.report.specification import AnyChart


class ImageFormat(StrEnum):
    """Formats of pictures; the value is the file name's ending."""

    PNG = "png"
    SVG = "svg"


def chart_image(
    chart: "AnyChart", kind: ImageFormat | str = ImageFormat.PNG, width: int = 900, scale: float = 2.0
) -> bytes:
    """Bytes of a picture of a chart made for a light page, on white.

    Parameters
    ----------
    chart
        A chart of this package that is as wide as its container.
    kind
        Format.
    width
        Width in pixels.
    scale
        Pixels of a PNG per pixel of the chart.
    """
    from core.report.specification import to_specification  # Altair is loaded where charts are made

    fixed = json.dumps(to_specification(chart) | {"width": width, "background": "#FFFFFF"}, allow_nan=False)
    if ImageFormat(kind) is ImageFormat.SVG:
        return vl_convert.vegalite_to_svg(fixed).encode("utf-8")
    return vl_convert.vegalite_to_png(fixed, scale=scale)
