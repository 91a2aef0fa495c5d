import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import NotFoundError
from core.store.records import (
    SurveyRecord,
    add_population,
    delete_population,
    delete_survey,
    find_population,
    insert_survey,
    list_populations,
    list_surveys,
    load_people,
    read_survey,
)
from core.store.survey_files import SurveyFiles
from core.store.workspace import open_workspace

ROOT = Path(__file__).parents[2]
PEOPLE = pd.DataFrame({"age": ["18-29", None, "30+"], "sex; --": ["f", "m", "f"]}, dtype="str")


@pytest.fixture
def ws(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        yield workspace


def survey(ws, survey_id="cars-1"):
    record = SurveyRecord(survey_id, "Cars", "Cars", 1.0, 3, 0, "cars.csv", "00", False, ("a warning",))
    insert_survey(ws, record, SurveyFiles(b"raw", {"title": "Cars"}), PEOPLE)
    return record


def population(ws, survey_id="cars-1", name="Census 2021", **changes):
    given = {"size": 3, "seed": 7, "marginals": {"age": {"18-29": 0.5}}, "figures": {}} | changes
    return add_population(ws, survey_id, name, people=PEOPLE, **given)


def test_a_survey_comes_back_as_it_was_put_in(ws):
    record = survey(ws)
    assert list_surveys(ws) == [record]
    codebook, frame = read_survey(ws, "cars-1")
    assert codebook == {"title": "Cars"}
    pd.testing.assert_frame_equal(frame, PEOPLE)
    assert (ws.survey_folder("cars-1") / "raw").read_bytes() == b"raw"


def test_storing_under_an_id_in_use_fails_and_harms_nothing(ws):
    record = survey(ws)
    with pytest.raises(FileExistsError, match="cars-1"):
        survey(ws)
    assert list_surveys(ws) == [record]
    assert (ws.survey_folder("cars-1") / "raw").read_bytes() == b"raw"


def test_a_row_that_cannot_be_written_takes_its_files_with_it(ws):
    survey(ws)
    ws.survey_folder("cars-1").rename(ws.surveys_folder / "elsewhere")
    with pytest.raises(Exception, match="[Dd]uplicate key"):
        survey(ws)
    assert [p.name for p in ws.surveys_folder.iterdir()] == ["elsewhere"]


def test_a_process_killed_while_storing_leaves_no_survey(tmp_path):
    code = (
        "import os, pathlib, signal, sys\n"
        "import pandas as pd\n"
        "from core.store import records\n"
        "from core.store.workspace import open_workspace\n"
        "ws = open_workspace(pathlib.Path(sys.argv[1]))\n"
        "records.add_table = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "record = records.SurveyRecord('cars-1', 'C', 'C', 1.0, 1, 0, 'f', '0', False, ())\n"
        "from core.store.survey_files import SurveyFiles\n"
        "records.insert_survey(ws, record, SurveyFiles(b'raw', {}), pd.DataFrame({'a': ['x']}))\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "ws"], cwd=ROOT)
    with open_workspace(tmp_path / "ws") as ws:
        assert list_surveys(ws) == []
        assert ws.database.read_rows("FROM stored_column") == []


def test_a_population_comes_back_as_it_was_put_in(ws):
    survey(ws)
    figures = {"worst": np.float64(0.25), "rounds": np.int64(4), "achieved": [{"n": np.int32(1)}]}
    population_id = population(ws, figures=figures)
    (record,) = list_populations(ws)
    assert record == find_population(ws, population_id)
    assert (record.survey_id, record.name, record.size, record.seed) == ("cars-1", "Census 2021", 3, 7)
    assert record.marginals == {"age": {"18-29": 0.5}}
    assert record.figures == {"worst": 0.25, "rounds": 4, "achieved": [{"n": 1}]}
    pd.testing.assert_frame_equal(load_people(ws, population_id), PEOPLE)


def test_populations_are_listed_per_survey_newest_first(ws):
    survey(ws, "cars-1")
    survey(ws, "trains-1")
    a, b, c = population(ws), population(ws, "trains-1"), population(ws)
    assert [record.id for record in list_populations(ws)] == [c, b, a]
    assert [record.id for record in list_populations(ws, "cars-1")] == [c, a]


def test_a_population_needs_its_survey(ws):
    survey(ws)
    with pytest.raises(NotFoundError, match="no survey of that name.*nowhere-1.*cars-1"):
        population(ws, "nowhere-1")
    assert list_populations(ws) == []
    assert len(ws.database.read_rows("SELECT DISTINCT table_name FROM stored_column")) == 1


def test_an_unknown_population_is_not_found_and_the_known_ones_are_named(ws):
    survey(ws)
    with pytest.raises(NotFoundError, match="Make a population first"):
        load_people(ws, "census")
    known = population(ws)
    for action in (load_people, find_population, delete_population):
        with pytest.raises(NotFoundError, match=f"no population of that name.*{known}"):
            action(ws, "../census")


def test_deleting_a_survey_takes_its_populations_and_leaves_the_others(ws):
    survey(ws, "cars-1")
    survey(ws, "trains-1")
    population(ws, "cars-1")
    kept = population(ws, "trains-1")
    delete_survey(ws, "cars-1")
    assert [record.id for record in list_populations(ws)] == [kept]
    assert [p.name for p in ws.surveys_folder.iterdir()] == ["trains-1"]
    tables = ws.database.read_rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 't0%'")
    assert len(tables) == 2


def test_a_deleted_population_is_gone_and_so_is_its_table(ws):
    survey(ws)
    delete_population(ws, population(ws))
    assert list_populations(ws) == []
    assert len(ws.database.read_rows("SELECT DISTINCT table_name FROM stored_column")) == 1
