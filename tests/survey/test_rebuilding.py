"""A survey is built again from its uploaded bytes, whatever was chosen, edited or taken out on the way."""

import json
from dataclasses import replace

import pytest

from core.errors import CodebookError, FileError, NotFoundError
from core.studio import surveys as studio_surveys
from core.studio.workspace import open_workspace
from core.survey.importing import build_survey, draft_survey
from core.survey.quality.actions import apply_action
from core.survey.quality.flag import Action, Flag, FlagKind
from core.survey.readers.choices import ReadingChoices
from core.survey.reading import find_formats, read_survey_file

IDS = ["status", "finished", "QID1", "QID2", "QID3_1", "QID3_2"]
HEADER = [
    "Status,Finished,age,q,Pet_1,Pet_2",
    "Status,Finished,How old?,Do you?,Pets? - Cat,Pets? - Dog",
    ",".join(f'"{{""ImportId"":""{name}""}}"' for name in IDS),
]
ROWS = [
    f"{int(i == 3)},{int(i != 5)},{1 + i % 2},{1 + i % 3},{'' if i % 2 else 'Cat'},{'Dog' if i % 3 else ''}"
    for i in range(40)
]
EXPORT = "\n".join([*HEADER, *ROWS]).encode("utf-16")


def element(tag, number, text, options):
    return {
        "Element": "SQ",
        "Payload": {
            "DataExportTag": tag,
            "QuestionID": f"QID{number}",
            "QuestionText": text,
            "QuestionType": "MC",
            "Selector": "SAVR",
            "Choices": {str(i): {"Display": option} for i, option in enumerate(options, 1)},
        },
    }


QSF = json.dumps(
    {
        "SurveyElements": [
            element("age", 1, "How old are you?", ["Under 40", "40 or over"]),
            element("q", 2, "Do you agree?", ["Agree", "Neither", "Disagree"]),
        ]
    }
).encode()
CHOICES = ReadingChoices(keep=("Pet_1",), remove=("preview",))


def make_draft():
    """An export read with its .qsf, checkboxes kept apart, a preview removed and a respondent dropped."""
    draft = draft_survey(EXPORT, "export.csv", companion=QSF, choices=CHOICES)
    return apply_action(draft, Flag(FlagKind.SPEEDERS, (), 1, "s", (Action.DROP_ROWS,), (4,)))


def assert_same(data, other):
    assert data.codebook == other.codebook
    assert data.ids.tolist() == other.ids.tolist() and data.split.tolist() == other.split.tolist()
    assert data.profiles.equals(other.profiles) and data.answers.equals(other.answers)
    assert data.weights.tobytes() == other.weights.tobytes()


def test_the_codebook_records_how_the_file_was_read():
    record = make_draft().codebook.extra["reading"]
    assert {key: record[key] for key in ("format", "encoding", "delimiter", "keep", "remove")} == {
        "format": "qualtrics",
        "encoding": "utf-16-le",
        "delimiter": ",",
        "keep": ["Pet_1"],
        "remove": ["preview"],
    }
    assert "reading" not in make_draft().codebook.to_publish()


def test_file_and_exported_codebook_give_the_same_survey():
    draft = make_draft()
    # 40 respondents, one is a preview, one was dropped: the fifth of those left is row 5 of the file
    assert len(draft.table) == 38 and 3 not in draft.rows and 5 not in draft.rows
    exported = json.dumps(draft.codebook.to_dict())
    again = draft_survey(EXPORT, "export.csv", exported, companion=QSF)
    assert again.codebook == draft.codebook and again.table.equals(draft.table)
    assert_same(build_survey(again), build_survey(draft))


def test_a_stored_survey_is_built_again_from_its_files(workspace):
    draft = make_draft()
    questions = tuple(replace(q, text=q.text.upper()) for q in draft.codebook.questions)
    edited = replace(draft.codebook, questions=questions, id_column=None)
    record = studio_surveys.save(workspace, draft, edited, seed=3)
    stored = studio_surveys.load(workspace, record.id)
    files = studio_surveys.files(workspace, record.id)
    assert (files.raw, files.companion) == (EXPORT, QSF)
    assert studio_surveys.restore(workspace, record.id) is True
    workspace.database.close()
    (workspace.root / "understudy.duckdb").unlink()
    with open_workspace(workspace.root) as ws:
        assert studio_surveys.list_surveys(ws) == []
        assert studio_surveys.restore(ws, record.id) is False
        assert studio_surveys.list_surveys(ws) == [record]
        assert_same(studio_surveys.load(ws, record.id), stored)


def test_a_survey_without_files_cannot_be_built_again(workspace):
    with pytest.raises(NotFoundError, match="not there or not readable.*no-such.*Use one of: none"):
        studio_surveys.restore(workspace, "no-such")


def test_a_codebook_made_with_a_questionnaire_asks_for_it():
    with pytest.raises(FileError, match=r"together with a Qualtrics questionnaire.*Add the \.qsf"):
        draft_survey(EXPORT, "export.csv", make_draft().codebook)


def test_the_next_wave_keeps_the_columns_and_is_recognised_anew():
    wave = EXPORT.decode("utf-16").replace(",1,2,", ",1,1,").encode()
    draft = draft_survey(wave, "wave2.csv", make_draft().codebook, companion=QSF)
    assert "Pet_1" in draft.table and draft.codebook.extra["reading"]["encoding"] == "utf-8"
    assert len(draft.table) == 39  # the preview is removed again; who was dropped was somebody else


@pytest.mark.parametrize("record", ["csv", {"format": 3}, {"keep": [1]}])
def test_a_record_of_another_kind_is_a_sentence(record):
    book = make_draft().codebook
    broken = replace(book, extra={**book.extra, "reading": record})
    with pytest.raises(CodebookError, match='usable way how the file was read.*Remove the entry "reading"'):
        draft_survey(EXPORT, "export.csv", broken, companion=QSF)


def test_undoing_a_decision_leaves_the_columns_as_they_stand():
    content = b"id;kg;Pet_1;Pet_2\n1;3,5;Cat;\n2;4,5;;Dog\n3;2,5;Cat;Dog\n"
    file = read_survey_file(content, "pets.csv")
    assert [d.can_be_undone for d in file.decisions] == [False, True, True]
    choices = ReadingChoices()
    for decision in file.decisions:
        choices = choices.undoing(decision)
    again = read_survey_file(content, "pets.csv", choices)
    assert again.table.columns.tolist() == ["id", "kg", "Pet_1", "Pet_2"]
    assert again.table["kg"].tolist() == ["3,5", "4,5", "2,5"]


def test_undoing_header_rows_makes_them_respondents_again():
    file = read_survey_file(EXPORT, "export.csv")
    again = read_survey_file(EXPORT, "export.csv", file.choices.undoing(file.decisions[1]))
    assert (len(file.table), len(again.table), again.format) == (40, 42, "csv")


def test_recognised_choices_read_the_file_the_same_way_again(every_study):
    files = [*every_study.glob("*/raw.csv"), *(every_study / "export_fixtures").glob("*.csv")]
    assert len(files) >= 5
    for path in files:
        file = read_survey_file(path.read_bytes(), path.name)
        again = read_survey_file(path.read_bytes(), path.name, file.recognised)
        assert again.table.equals(file.table) and again.recognised == file.recognised, path
        assert file.format in find_formats(path.read_bytes(), path.name)
