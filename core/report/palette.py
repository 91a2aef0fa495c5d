"""Colours of every chart, for a light and a dark page.

Real answers are slate and simulated answers orange everywhere; the two differ in lightness as well
as hue, and every bar also carries its number, so colour is never the only cue.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Theme(StrEnum):
    """Whether the page behind a chart is light or dark."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Palette:
    """Colours for one theme, as hex strings."""

    text: str
    muted: str
    line: str
    real: str
    simulated: str
    divergence: str
    error: str
    good: str


_PALETTES = {
    Theme.LIGHT: Palette(
        text="#1F2933",
        muted="#5B6770",
        line="#D5DBE0",
        real="#4C5C68",
        simulated="#E07A1F",
        divergence="#0F6E84",
        error="#8A4FB0",
        good="#2E7D4F",
    ),
    Theme.DARK: Palette(
        text="#F2F4F6",
        muted="#B4BEC6",
        line="#46515B",
        real="#B7C3CC",
        simulated="#F2A05A",
        divergence="#5CC3D9",
        error="#C79BE6",
        good="#7CCB9B",
    ),
}


def palette(theme: Theme | str = Theme.LIGHT) -> Palette:
    """Colours for a theme.

    Examples
    --------
    >>> palette("dark").simulated
    '#F2A05A'
    """
    return _PALETTES[Theme(theme)]


def dark_for_light() -> dict[str, str]:
    """Each colour of a light chart -> the one a dark chart has in its place.

    >>> dark_for_light()["#E07A1F"]
    '#F2A05A'
    """
    light, dark = (asdict(palette(theme)) for theme in (Theme.LIGHT, Theme.DARK))
    return {colour: dark[name] for name, colour in light.items()}
