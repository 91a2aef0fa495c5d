"""The commands `tables` and `answers`: files with what was asked for; their numbers are tested in studio."""

import openpyxl
import pandas as pd

pytest_plugins = ("tests.simulation_fixtures",)


def test_the_workbook_has_the_banner_that_was_asked_for(core, simulation, tmp_path):
    arguments = ("--out", tmp_path / "t.xlsx", "--by", "sex", "--whose", "population")
    code, found, _ = core("tables", simulation, *arguments)
    assert (code, found["tables"], found["columns"]) == (0, 2, ["Total", "Female", "Male"])
    assert "Notes" in openpyxl.load_workbook(found["out"]).sheetnames


def test_answers_are_of_the_population_and_the_same_again_with_the_same_seed(core, simulation, tmp_path):
    frames = []
    for name, seed in (("a.csv", 3), ("b.csv", 3), ("c.csv", 4)):
        code, found, _ = core("answers", simulation, "--out", tmp_path / name, "--seed", seed)
        assert (code, found["people"], found["seed"]) == (0, 50, seed)
        frames.append(pd.read_csv(found["out"])["tea"].tolist())
    assert frames[0] == frames[1] != frames[2]


def test_an_ending_that_is_not_written_is_refused(core, simulation, tmp_path):
    for command, name in (("tables", "t.csv"), ("answers", "a.xlsx")):
        code, answer, _ = core(command, simulation, "--out", tmp_path / name)
        assert (code, "has an ending this command does not write" in answer["error"]) == (2, True)
        assert not (tmp_path / name).exists()
