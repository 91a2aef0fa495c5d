import json

import pytest

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.importing import draft_survey
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.qsf import plain_text, read_qsf
from core.survey.reading import read_survey_file


def choices(*texts):
    return {str(i): {"Display": text} for i, text in enumerate(texts, start=1)}


def question(tag, identifier, kind, selector, text, **more):
    payload = {"QuestionID": identifier, "DataExportTag": tag, "QuestionType": kind, "Selector": selector}
    return {"Element": "SQ", "Payload": {**payload, "QuestionText": text, **more}}


QSF = json.dumps(
    {
        "SurveyEntry": {},
        "SurveyElements": [
            {"Element": "BL", "Payload": None},
            question("Intro", "QID9", "DB", "TB", "Welcome"),
            question("area", "QID1", "MC", "SAVR", "Where do you <b>live</b>?<br>Pick one.",
                     Choices=choices("City&nbsp;", "Village"), ChoiceOrder=[2, 1],
                     RecodeValues={"1": "10", "2": "20"}),
            question("media", "QID2", "MC", "MAVR", "Which media?",
                     Choices=choices("Radio", "Press, weekly", "None"), ChoiceOrder=["1", "2", "3"]),
            question("trust", "QID3", "Matrix", "Likert", "How much do you trust",
                     SubSelector="SingleAnswer", Choices=choices("the police", "the press"),
                     Answers=choices("A lot", "A little", "Not at all"), AnswerOrder=[1, 2, 3]),
            question("hours", "QID4", "TE", "SL", "How many hours?"),
        ],
    }
).encode()  # fmt: skip
HEADER = b"area,media,trust_1,trust_2,hours\n"
CODES = HEADER + b'10,"1,2",1,3,5\n20,3,2,,70\n10,,3,1,12\n'


def test_codes_become_options_in_questionnaire_order():
    file = read_survey_file(CODES, "q.csv", companion=QSF)
    assert file.table["area"].tolist() == ["City", "Village", "City"]
    assert file.options["area"] == ("Village", "City")
    assert file.wording["area"] == "Where do you live? Pick one."
    assert file.table["media"].fillna("").tolist() == ["Radio | Press, weekly", "None", ""]
    assert file.types["media"] is QuestionType.MULTI
    assert file.wording["trust_2"] == "How much do you trust - the press"
    assert file.table["trust_2"].fillna("").tolist() == ["Not at all", "", "A lot"]
    assert file.types["trust_1"] is QuestionType.ORDINAL
    assert file.table["hours"].tolist() == ["5", "70", "12"]
    assert "describes 5 columns" in file.decisions[0].text and "option texts in 4" in file.decisions[0].text


def test_the_codebook_follows_the_questionnaire():
    book = draft_survey(CODES, "q.csv", companion=QSF).codebook
    assert book.question("media").options == ("Radio", "Press, weekly", "None")
    assert book.question("trust_1").options == ("A lot", "A little", "Not at all")
    assert book.demographics[0].label == "Where do you live? Pick one."


def test_an_export_of_texts_only_takes_the_order():
    content = HEADER + b'City,"Radio,Press, weekly",A lot,,1\nVillage,None,A little,A lot,2\n'
    file = read_survey_file(content, "q.csv", companion=QSF)
    assert file.table["media"].tolist() == ["Radio | Press, weekly", "None"]
    assert file.options["area"] == ("Village", "City")


def test_columns_are_found_by_identifier_when_names_changed():
    ids = ",".join('"{""ImportId"":""' + i + '""}"' for i in ("QID1", "QID3_2", "QID2_1", "QID2_2"))
    content = f"wohnort,t_press,m_a,m_b\na,b,c,d\n{ids}\n20,1,1,\n10,2,,1\n".encode()
    file = read_survey_file(content, "q.csv", companion=QSF)
    assert file.table["wohnort"].tolist() == ["Village", "City"]
    assert file.wording["t_press"] == "How much do you trust - the press"
    assert file.table["media"].tolist() == ["Radio", "Press, weekly"]
    assert file.combined["media"] == ("m_a", "m_b")


def test_answers_the_questionnaire_does_not_list_stay_and_are_said():
    file = read_survey_file(CODES.replace(b"\n20,", b"\n30,"), "q.csv", companion=QSF)
    assert file.table["area"].tolist() == ["10", "30", "10"] and "area" not in file.options
    assert file.decisions[-1].text.startswith("1 columns hold answers the .qsf does not list")


def test_columns_can_be_kept():
    file = read_survey_file(CODES, "q.csv", companion=QSF, choices=ReadingChoices(keep=("area",)))
    assert file.table["area"].tolist() == ["10", "20", "10"] and file.options["trust_1"]


def test_a_questionnaire_of_another_survey_is_refused():
    with pytest.raises(FileError, match=r"No column of the export.*Got: area, media"):
        read_survey_file(b"a,b\n1,2\n", "q.csv", companion=QSF)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b'{"SurveyElements": 3}', b'{"SurveyElements": [1]}', b"<xml>",
     b'{"SurveyElements": [{"Element": "SQ", "Payload": "x"}]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_questionnaire_is_refused(content):
    with pytest.raises(FileError, match=r"not a Qualtrics survey.*What to do"):
        read_qsf(content)


def test_unusual_questions_do_not_break_the_rest():
    odd = question("x", "QID7", "MC", "SAVR", None, Choices=["A", "B"], ChoiceOrder={"1": 2}, RecodeValues=[])
    found = read_qsf(json.dumps({"SurveyElements": [odd]}).encode())
    assert found[0].options == {"1": "A", "2": "B"} and found[0].text == ""


def test_markup_is_removed_from_wording():
    assert plain_text("<p>Is 3 < 4?</p><p>&quot;Yes&quot;</p>") == 'Is 3 < 4? "Yes"'
