import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import NotFoundError
from core.store.workspace import open_workspace
from core.survey.codebook import Codebook
from core.survey.library import add_survey, delete_survey, find_survey, list_surveys, load_survey
from core.survey.respondents import SurveyData
from tests.generated_study import PLAIN
from tests.shared_surveys import published_data

CODEBOOK = {
    "title": 'Cars "and" trains',
    "weight_column": "w",
    "wave": 3,
    "demographics": [
        {"column": "age; DROP TABLE survey", "label": "Age", "options": ["18-29", "30+"], "ordinal": True},
        {"column": "Région", "label": "Region", "options": ["Nord", "Süd"]},
    ],
    "questions": [
        {"column": "q1", "text": "Own a car?", "type": "single", "options": ["Yes", "No"]},
        {"column": "q2", "text": "Which?", "type": "multi", "options": ["Car", "Train"]},
        {"column": "q3", "text": "How likely?", "type": "numeric", "range": [0, 100]},
    ],
}


def make_data(n=5, seed=0):
    codebook = Codebook.from_dict(CODEBOOK)
    rng = np.random.default_rng(seed)
    profiles = pd.DataFrame({d.column: rng.choice(d.options, n) for d in codebook.demographics}, dtype="str")
    profiles.iloc[0, 1] = pd.NA
    answers = pd.DataFrame(
        {item.key: rng.integers(-1, len(item.answers), n).astype(np.int16) for item in codebook.items}
    )
    weights = rng.uniform(0.5, 2, n)
    return SurveyData(
        codebook=codebook,
        ids=np.array([f"r{i}" for i in range(n)], dtype=object),
        profiles=profiles,
        answers=answers,
        weights=weights / weights.mean(),
        split=rng.choice(["train", "validation", "test"], n).astype(object),
    )


def assert_same(a, b):
    assert a.codebook == b.codebook
    assert list(a.ids) == list(b.ids) and list(a.split) == list(b.split)
    assert a.weights.tobytes() == b.weights.tobytes()
    pd.testing.assert_frame_equal(a.profiles, b.profiles)
    pd.testing.assert_frame_equal(a.answers, b.answers)


@pytest.fixture
def ws(tmp_path):
    with open_workspace(tmp_path) as workspace:
        yield workspace


def add(ws, name="Cars 2024", **changes):
    given = {"source_name": "../cars.csv", "data": make_data(), "raw": b"id,w\n1,2\n"} | changes
    return add_survey(ws, name=name, **given)


def test_a_stored_survey_is_loaded_equal_after_reopening(tmp_path):
    data = make_data(200)
    with open_workspace(tmp_path) as ws:
        survey_id = add(ws, data=data)
    with open_workspace(tmp_path) as ws:
        assert_same(load_survey(ws, survey_id), data)


def test_loading_equals_what_a_job_reads_from_its_inputs(ws, tmp_path):
    data = make_data(30)
    data.write(tmp_path / "inputs")
    assert_same(load_survey(ws, add(ws, data=data)), SurveyData.read(tmp_path / "inputs"))


def test_rows_selected_out_of_order_are_stored_in_the_order_given(ws):
    data = make_data(40).take(np.arange(40)[::-3])
    assert_same(load_survey(ws, add(ws, data=data)), data)


def test_the_record_says_what_was_imported(ws):
    survey_id = add(ws, warnings=["2 rows had no answer."], generated=True)
    record = find_survey(ws, survey_id)
    assert survey_id.startswith("cars-2024-")
    assert (record.name, record.title, record.source_name) == (
        "Cars 2024",
        'Cars "and" trains',
        "../cars.csv",
    )
    assert (record.n_respondents, record.n_questions, record.generated) == (5, 3, True)
    assert record.warnings == ("2 rows had no answer.",)
    assert record.source_sha256 == hashlib.sha256(b"id,w\n1,2\n").hexdigest()


def test_the_upload_and_its_codebook_are_kept_beside(ws):
    folder = ws.survey_folder(add(ws))
    assert (folder / "raw").read_bytes() == b"id,w\n1,2\n"
    assert (
        Codebook.from_dict(json.loads((folder / "codebook.json").read_text("utf-8"))) == make_data().codebook
    )


def test_the_same_file_may_be_stored_twice_and_the_newest_is_listed_first(ws):
    first, second = add(ws), add(ws)
    assert first != second
    assert [record.id for record in list_surveys(ws)] == [second, first]


def test_a_survey_that_cannot_be_stored_leaves_nothing(ws):
    data = make_data()
    not_text = pd.Series(["\ud800"] * 5, dtype=object)  # half a character: no encoding can hold it
    broken = replace(data, profiles=data.profiles.assign(Région=not_text))
    with pytest.raises(UnicodeEncodeError):
        add(ws, data=broken)
    assert list_surveys(ws) == []
    assert list(ws.surveys_folder.iterdir()) == []
    assert ws.database.read_rows("SELECT * FROM stored_column") == []
    assert_same(load_survey(ws, add(ws)), make_data())


def test_deleting_a_survey_leaves_nothing(ws):
    survey_id = add(ws)
    delete_survey(ws, survey_id)
    assert list_surveys(ws) == []
    assert list(ws.surveys_folder.iterdir()) == []
    assert ws.database.read_rows("SELECT * FROM stored_column") == []
    with pytest.raises(NotFoundError, match="no survey of that name.*Make a survey first"):
        load_survey(ws, survey_id)


@pytest.mark.parametrize("name", ["../x", "", "no-such", "' OR 1=1 --"])
def test_an_unknown_survey_is_not_found_and_the_known_ones_are_named(ws, name):
    known = add(ws)
    for action in (load_survey, find_survey, delete_survey):
        with pytest.raises(NotFoundError, match=known):
            action(ws, name)


@pytest.mark.parametrize("study", [PLAIN, "comma_2014"], indirect=True)
def test_a_whole_survey_keeps_its_text(ws, study):
    data = published_data(study)
    assert_same(load_survey(ws, add(ws, data=data, raw=(study / "clean.csv").read_bytes())), data)
