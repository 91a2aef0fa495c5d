from core.report.palette import Theme, dark_for_light, palette


def test_every_colour_of_a_light_chart_has_its_own_in_the_dark():
    swap, light, dark = dark_for_light(), vars(palette(Theme.LIGHT)), vars(palette(Theme.DARK))
    assert {name: swap[colour] for name, colour in light.items()} == dark
    assert len(set(dark.values())) == len(dark)
