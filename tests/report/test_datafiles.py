"""Files of synthetic answers, read back by the programs' own readers."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from core.report.datafiles import SYNTHETIC, answer_table, data_file
from core.report.formulas import harmless, is_formula
from core.simulation.draws import SyntheticAnswers, draw_answers
from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from tests.report.report_factory import log_probs, survey


def drawn(data, temperature=1.0, seed=0):
    answers = draw_answers(log_probs(data, 1.0), np.arange(len(data)), temperature, seed)
    ids = np.array([f"synthetic-{i}" for i in range(len(data))], dtype=object)
    return SyntheticAnswers(data.codebook, ids, data.profiles, answers)


@pytest.fixture(scope="module")
def people():
    return drawn(survey(400))


@pytest.fixture(scope="module")
def sav(people, tmp_path_factory):
    """Frame of codes (refusals kept) and metadata of the .sav file."""
    path = tmp_path_factory.mktemp("sav") / "answers.sav"
    path.write_bytes(data_file(people, "sav", "Temperature 0.80"))
    return pyreadstat.read_sav(path, user_missing=True)


def test_drawn_shares_are_those_of_the_probabilities():
    table = np.log(np.tile([0.7, 0.2, 0.1], (2, 1)))
    n = 40_000
    answers = draw_answers({"q": table}, np.repeat([0, 1], n // 2), temperature=1.0, seed=3)["q"]
    shares = np.bincount(answers, minlength=3) / n
    expected = np.array([0.7, 0.2, 0.1])
    assert (np.abs(shares - expected) < 4 * np.sqrt(expected * (1 - expected) / n)).all()


def test_low_temperature_draws_the_likeliest_answer_and_the_seed_decides():
    data = survey(50)
    tables = log_probs(data, 1.0)
    cold = draw_answers(tables, np.arange(50), temperature=0.001)
    for key, table in tables.items():
        np.testing.assert_array_equal(cold[key], table.argmax(axis=1))
    one, again, other = (draw_answers(tables, np.arange(50), 1.0, seed) for seed in (1, 1, 2))
    assert all((one[key] == again[key]).all() for key in tables)
    assert any((one[key] != other[key]).any() for key in tables)


def test_a_csv_is_read_in_again_with_the_surveys_codebook(people):
    book = people.codebook.to_dict() | {"id_column": "person_id"}
    data = build_survey(draft_survey(data_file(people, "csv"), "synthetic.csv", book))
    for key, codes in people.answers.items():
        np.testing.assert_array_equal(data.answers[key], codes)
    assert data.profiles.equals(people.profiles)


def test_parquet_holds_the_same_table(people):
    table = pd.read_parquet(io.BytesIO(data_file(people, "parquet", "Temperature 0.80")))
    pd.testing.assert_frame_equal(table, answer_table(people), check_dtype=False)
    assert table.attrs["note"] == "Temperature 0.80"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_row_says_that_it_is_synthetic(people, kind):
    read = pd.read_csv if kind == "csv" else pd.read_parquet
    table = read(io.BytesIO(data_file(people, kind)))
    assert set(table["answer_source"]) == {SYNTHETIC}
    assert len(table) == 400


def test_every_row_of_a_csv_says_how_it_was_drawn_and_is_still_read_in_again(people):
    content = data_file(people, "csv", "Temperature 0.80, seed 7.")
    table = pd.read_csv(io.BytesIO(content))
    assert set(table["answer_source"]) == {f"{SYNTHETIC}. Temperature 0.80, seed 7."}
    assert list(table.columns) == list(answer_table(people).columns)
    data = build_survey(draft_survey(content, "synthetic.csv", people.codebook.to_dict()))
    assert len(data) == 400


def test_sav_has_variable_and_value_labels(sav, people):
    frame, meta = sav
    assert len(frame) == 400
    assert meta.column_names_to_labels["rude"] == "Is it rude to recline your seat?"
    assert meta.variable_value_labels["rude"] == {
        1.0: "No, not rude at all", 2.0: "Yes, somewhat rude", 3.0: "Yes, very rude", -1.0: "Don't know"
    }  # fmt: skip
    assert meta.variable_value_labels["answer_source"] == {1.0: SYNTHETIC}
    assert meta.variable_value_labels["age"] == {1.0: "18-34", 2.0: "35+"}
    assert (meta.variable_measure["rude"], meta.variable_measure["liking"]) == ("ordinal", "scale")
    assert "not people" in meta.file_label
    assert any("Temperature 0.80" in line for line in meta.notes)


def test_sav_codes_are_the_answers(sav, people):
    frame, _ = sav
    rude = people.answers["rude"]
    np.testing.assert_array_equal(frame["rude"], np.where(rude == 3, -1, rude + 1))
    np.testing.assert_array_equal(frame["liking"], people.answers["liking"])
    np.testing.assert_array_equal(frame["uses_1"], people.answers["uses#0"] == 0)
    assert list(frame["person_id"]) == list(people.ids)


def test_refusals_are_declared_missing_on_scales_only(sav, people, tmp_path):
    _, meta = sav
    assert set(meta.missing_ranges) == {"rude"}
    path = tmp_path / "answers.sav"
    path.write_bytes(data_file(people, "sav"))
    frame, _ = pyreadstat.read_sav(path)
    assert frame["rude"].isna().sum() == (people.answers["rude"] == 3).sum() > 0


def test_columns_and_labels_spss_would_refuse_are_made_acceptable(tmp_path):
    long, header = "Ä" * 300, "1. What, if anything, is it? (long header) "
    book = {
        "title": long,
        "demographics": [{"column": "by", "label": long, "options": [long, "b"]}],
        "questions": [
            {"column": header + "x" * 80, "text": long, "type": "single", "options": [long, "no"]},
            {"column": header + "x" * 81, "text": "b", "type": "single", "options": ["yes", "no"]},
        ],
    }  # fmt: skip
    codebook = Codebook.from_dict(book)
    profiles = pd.DataFrame({"by": [long, "b", None]}, dtype="str")
    answers = {item.key: np.array([0, 1, 1]) for item in codebook.items}
    people = SyntheticAnswers(codebook, np.array(["a", "b", "c"], dtype=object), profiles, answers)
    path = tmp_path / "answers.sav"
    path.write_bytes(data_file(people, "sav", long))
    frame, meta = pyreadstat.read_sav(path)
    assert len(set(frame.columns)) == 5
    assert frame["v_by"].isna().tolist() == [False, False, True]
    assert meta.column_names_to_labels["v_by"] == "Ä" * 125


NASTY = ('=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1", "＝1+1", " =1")


@pytest.mark.parametrize("text", NASTY)
def test_text_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert is_formula(text)
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+3.2", "-1,5 %", "Yes", "a=b", "", "5-10", "'=1"])
def test_numbers_and_plain_text_are_left_as_they_are(text):
    assert harmless(text) == text


def test_no_cell_or_header_of_a_csv_starts_a_formula():
    data = survey(40)
    question = replace(data.codebook.questions[0], column="=own", options=NASTY[:2])
    codebook = replace(data.codebook, questions=(question, *data.codebook.questions[1:]))
    people = drawn(data)
    answers = {"=own": people.answers["own"], **people.answers}
    content = data_file(replace(people, codebook=codebook, answers=answers), "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    texts = [*table.columns, *table.to_numpy().ravel()]
    assert not [text for text in texts if is_formula(text)]
    assert "'=own" in table.columns
