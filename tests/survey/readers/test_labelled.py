import datetime

import pandas as pd
import pyreadstat
import pytest

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.importing import build_survey, draft_survey
from core.survey.reading import read_survey_file

N = 40
FRAME = pd.DataFrame(
    {
        "sex": [1.0, 2.0] * (N // 2),
        "age": [float(20 + i) for i in range(N - 1)] + [999.0],
        "party": [1.0, 2.0, None, 98.0] * (N // 4),
        "trust": [0.0, 10.0, 5.0, 99.0] * (N // 4),
        "note": ["x", ""] * (N // 2),
    }
)
LABELS = {
    "sex": {1: "Male", 2: "Female"},
    "trust": {0: "None at all", 10: "Complete", 99: "Refused"},
    "age": {999: "No answer"},
    "party": {1: "Left", 2: "Right", 3: "Centre", 98: "Not asked in wave 2"},
}
WORDING = {"sex": "Are you:", "trust": "How much do you trust parliament?", "age": "How old are you?"}


@pytest.fixture(scope="module")
def sav(tmp_path_factory):
    path = tmp_path_factory.mktemp("sav") / "survey.sav"
    pyreadstat.write_sav(
        FRAME,
        path,
        column_labels=WORDING,
        variable_value_labels=LABELS,
        missing_ranges={"trust": [99], "age": [999], "party": [{"lo": 98, "hi": 99}]},
        variable_measure={"sex": "nominal", "trust": "ordinal", "age": "scale", "party": "nominal"},
    )
    return path.read_bytes()


def test_values_become_labels_and_declared_missing_answers_stay(sav):
    file = read_survey_file(sav, "survey.sav")
    assert file.format.label == "SPSS file (.sav)" and len(file.table) == N
    assert file.table["sex"].tolist()[:2] == ["Male", "Female"]
    assert file.table["trust"].tolist()[:4] == ["None at all", "Complete", "5", "Refused"]
    assert file.options["trust"] == ("None at all", "5", "Complete", "Refused")
    assert file.options["party"] == ("Left", "Right", "Centre", "Not asked in wave 2")
    assert file.refusals["party"] == ("Not asked in wave 2",)
    assert file.table["age"].tolist()[-2:] == ["58", "No answer"]
    assert file.wording["trust"] == WORDING["trust"]
    assert file.table["party"].isna().sum() == N // 4  # system missing
    assert file.table["note"].isna().sum() == N // 2
    assert "stay answers in 3 variables" in file.decisions[1].text


def test_the_codebook_follows_the_file(sav):
    draft = draft_survey(sav, "survey.sav")
    trust = draft.codebook.question("trust")
    assert trust.type is QuestionType.ORDINAL and trust.text == WORDING["trust"]
    assert trust.non_substantive == ("Refused",)
    party = next(e for e in (*draft.codebook.demographics, *draft.codebook.questions) if e.column == "party")
    assert party.options == ("Left", "Right", "Centre", "Not asked in wave 2")
    age = next(d for d in draft.codebook.demographics if d.column == "age")
    assert age.bands and age.non_substantive == ("No answer",)
    data = build_survey(draft)
    assert data.profiles["age"].iloc[-1] == "No answer"
    assert (data.answers["trust"] >= 0).all()


def test_stata_with_letters_for_missing(tmp_path):
    frame = FRAME[["sex", "trust"]].astype(object)
    frame.loc[frame["trust"] == 99, "trust"] = "a"
    path = tmp_path / "survey.dta"
    labels = {"sex": LABELS["sex"], "trust": {0: "None at all", 10: "Complete", "a": "Refused"}}
    pyreadstat.write_dta(
        frame, path, variable_value_labels=labels, missing_user_values={"trust": ["a"]}, column_labels=WORDING
    )
    file = read_survey_file(path.read_bytes(), "survey.dta")
    assert file.format == "stata" and file.table["trust"].tolist()[3] == "Refused"
    assert file.options["trust"] == ("None at all", "5", "Complete", "Refused")
    assert file.refusals == {"trust": ("Refused",)}
    old = tmp_path / "old.dta"
    pyreadstat.write_dta(FRAME[["sex", "age"]], old, version=8)
    assert read_survey_file(old.read_bytes(), "old.dta").table["age"].tolist()[0] == "20"


def test_dates_and_whole_numbers_are_written_plainly_and_one_label_for_two_values_is_made_distinct(tmp_path):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame(
        {"day": [datetime.date(2024, 1, 2)] * 2, "q": [1.0, 2.0], "w": [0.1 + 0.2, 12390574951.0]}
    )
    pyreadstat.write_sav(frame, path, variable_value_labels={"q": {1: "Other", 2: "Other"}})
    table = read_survey_file(path.read_bytes(), "a.sav").table
    assert table.loc[0].tolist() == ["2024-01-02", "Other (1)", "0.3"]
    assert table["w"].tolist()[1] == "12390574951"


def test_a_multi_select_of_numbered_variables_is_combined(tmp_path):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"q": [1.0, 2.0, 1.0], "m_1": [1.0, 0, None], "m_2": [1.0, 0, None]})
    pyreadstat.write_sav(
        frame, path, column_labels={"m_1": "Media: Radio", "m_2": "Media: Press, weekly"},
        variable_value_labels={c: {0: "Not selected", 1: "Selected"} for c in ("m_1", "m_2")},
    )  # fmt: skip
    file = read_survey_file(path.read_bytes(), "a.sav")
    assert file.combined == {"m": ("m_1", "m_2")} and file.wording["m"] == "Media"
    assert file.table["m"].fillna("").tolist() == ["Radio | Press, weekly", "(none selected)", ""]


@pytest.mark.parametrize("keep", [4, 200, 600, -30])
def test_a_damaged_file_gives_a_sentence(sav, keep):
    with pytest.raises(FileError, match=r"SPSS file .\.sav. cannot be read: .*What to do"):
        read_survey_file(sav[:keep], "survey.sav")


def test_a_file_without_respondents_gives_a_sentence(tmp_path):
    path = tmp_path / "empty.sav"
    pyreadstat.write_sav(FRAME.iloc[:0], path)
    with pytest.raises(FileError, match="no respondents.*Got: 0 rows, 5 variables"):
        read_survey_file(path.read_bytes(), "empty.sav")
