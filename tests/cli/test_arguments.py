"""What arguments name: tables, temperatures, files that can be read or written."""

import argparse

import pytest

from core.cli.arguments import (
    add_reading,
    add_tables,
    ending,
    read_bytes,
    read_survey,
    table_choice,
    temperature,
    writable_folder,
    write_file,
)
from core.comparison.significance import Correction
from core.errors import FileError
from core.studio.tables import TableChoice, Whose


def parsed(add_options, *typed):
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(list(map(str, typed)))


def test_tables_are_the_toplines_of_respondents_unless_asked_for():
    assert table_choice(parsed(add_tables)) == TableChoice()
    typed = ("--by", "sex, age,", "--whose", "population", "--correction", "fdr")
    expected = TableChoice(("sex", "age"), Whose.POPULATION, Correction.FDR)
    assert table_choice(parsed(add_tables, *typed)) == expected


def test_a_temperature_is_a_word_or_a_number_that_makes_sense():
    assert [temperature(text) for text in ("auto", "by_type", "0.1", "3")] == ["auto", "by_type", 0.1, 3.0]
    for text in ("0.05", "3.1"):
        with pytest.raises(argparse.ArgumentTypeError, match=r"0\.1 to 3"):
            temperature(text)


def test_a_survey_is_read_in_the_way_its_options_say(tmp_path):
    def add(parser):
        parser.add_argument("file", type=type(tmp_path))
        add_reading(parser)

    file = tmp_path / "tea.csv"
    rows = [f"r{i};{('Female', 'Male')[i % 2]};{('Yes', 'No')[i % 2]}" for i in range(60)]
    file.write_text("\n".join(["id;sex;tea", *rows]), encoding="utf-8")
    recognised = read_survey(parsed(add, file))
    told = read_survey(parsed(add, file, "--delimiter", ";", "--name", "Tea"))
    assert told.name == "Tea"
    assert told.table.equals(recognised.table)
    assert list(told.table)[:3] == ["id", "sex", "tea"]


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"nowhere\.csv"):
        read_bytes(tmp_path / "nowhere.csv")
    with pytest.raises(FileError, match="Choose another --out"):
        writable_folder(tmp_path / "file" / "below")


def test_a_file_is_written_only_with_an_ending_its_command_knows(tmp_path):
    out = tmp_path / "new" / "tables.XLSX"
    assert ending(out, (".xlsx",)) == "xlsx"
    write_file(out, b"content", (".xlsx",))
    assert out.read_bytes() == b"content"
    with pytest.raises(FileError, match=r"ends in \.html or \.zip"):
        write_file(tmp_path / "other" / "report.pdf", b"", (".html", ".zip"))
    assert not (tmp_path / "other").exists()
