"""Tables as HTML: escaped text, the figures of the banner, and nothing about small bases."""

import re
from dataclasses import replace

import pytest

from core.report.table_notes import TableSource, table_notes
from core.report.tables_html import banner_html, tables_page, topline_html
from tests.report.report_factory import made_banner, survey

SOURCE = TableSource("Cars", "24 November 2026", "200 respondents", "the same people")


@pytest.fixture(scope="module")
def banner():
    return made_banner()


def rows(html):
    """Texts of the cells of each row."""
    lines = re.findall(r"<tr.*?</tr>", html, re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", line, re.S)]
        for line in lines
    ]


def test_a_banner_shows_bases_shares_and_letters(banner):
    table = banner.table("rude")
    grid = rows(banner_html(banner, table, 2))
    assert grid[0] == ["", "", "Age"]
    assert grid[1] == ["Total", "18-34 A", "35+ B"]
    assert grid[2] == ["", *["Real", "Simulated"] * 3]
    assert grid[3] == [
        "Base (n), unweighted",
        *[f"{n}" for pair in zip(table.n, table.people, strict=True) for n in map(int, pair)],
    ]
    first = table.rows[0]
    expected = [first.label]
    for i in range(3):
        expected += [f"{100 * first.real[i]:.0f}%{first.letters[i]}", f"{100 * first.simulated[i]:.0f}%"]
    assert grid[4] == expected


def test_one_demographic_of_several_can_be_drawn():
    data = survey()
    banner = made_banner(("age",), data)
    grid = rows(banner_html(banner, banner.tables[0], 1, by=()))
    assert grid[1] == ["Total"]


def test_a_topline_shows_margin_and_difference(banner):
    table = banner.table("own")
    line = table.rows[0]
    grid = rows(topline_html(table, 1))
    assert grid[0][2:] == ["Real", "± margin", "Simulated", "Difference"]
    difference = 100 * (line.simulated[0] - line.real[0])
    assert grid[1][2:] == [
        f"{100 * line.real[0]:.1f}%",
        f"± {100 * line.margin[0]:.1f}",
        f"{100 * line.simulated[0]:.1f}%",
        f"{difference:+.1f} pts",
    ]


def test_generated_respondents_have_no_margin_column():
    banner = made_banner(tested=False)
    assert "margin" not in topline_html(banner.tables[0], 1)
    notes = " ".join(table_notes(banner, SOURCE))
    assert "no margins of error, no significance letters" in notes
    assert "upper case" not in notes


def test_small_bases_show_no_figure_and_no_count(banner):
    for html in (topline_html(banner.table("rare"), 5), banner_html(banner, banner.table("rare"), 5)):
        assert not re.search(r"\d%|>10<", html)
        assert "&lt;30" in html


def test_survey_text_is_escaped(banner):
    page = tables_page([topline_html(banner.table("own"), 1), banner_html(banner, banner.table("own"), 1)])
    assert "&lt;i&gt;car&lt;/i&gt;" in page
    assert "<i>car" not in page


def test_notes_name_what_was_left_out():
    data = survey()
    profiles = data.profiles.copy()
    profiles.loc[20:, "age"] = "35+"
    notes = table_notes(made_banner(data=replace(data, profiles=profiles)), SOURCE)
    assert any(note.startswith("Left out") and "Age: 18-34" in note for note in notes)


@pytest.mark.parametrize(
    ("correction", "words"),
    [("none", "1 pair in 20"), ("fdr", "false discovery rate"), ("bonferroni", "Bonferroni-corrected")],
)
def test_notes_say_how_letters_were_corrected(correction, words):
    assert any(words in note for note in table_notes(made_banner(correction=correction), SOURCE))
