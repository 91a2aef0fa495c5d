"""Every raw export, generated or shared, imports to its respondents, or the reason is told."""

import json

import pytest

from core.survey.importing import build_survey, draft_survey
from core.survey.quality.find import find_flags
from core.survey.quality.flag import FlagKind
from core.survey.reading import read_survey_file
from tests import generated_study

RAW = {
    # survey: format, rows in the file, rows fewer in its codebook and why
    generated_study.PLAIN: ("csv", 306, 6),  # six who answered nothing
    generated_study.QUALTRICS: ("qualtrics", 300, 0),
    "comma_2014": ("csv", 1129, 0),
    "flying_etiquette_2014": ("csv", 1040, 182),  # never fly, so they were asked no question
    "jupyter_2020": ("csv", 1135, 0),
    "masculinity_2018": ("csv", 1615, 1),  # one without any answer
    "religion_2016": ("surveymonkey", 1039, 0),
    "thanksgiving_2015": ("csv", 1058, 78),  # do not celebrate Thanksgiving
    "us_society_qualtrics_2025": ("qualtrics", 1198, 0),
}
FIXTURES = {
    "contribex-survey-2018.csv": ("csv", 160),
    "contribex-survey-2019.csv": ("surveymonkey", 211),
    "qualtRics_sample.csv": ("qualtrics", 1),
    "qualtRics_sample_legacy.csv": ("qualtrics_legacy", 1),
}


@pytest.mark.parametrize("study", RAW, indirect=True)
def test_a_raw_export_imports_to_its_respondents(study):
    qsf = study / "survey.qsf"
    draft = draft_survey(
        (study / "raw.csv").read_bytes(), "raw.csv", companion=qsf.read_bytes() if qsf.exists() else None
    )
    form, rows, fewer = RAW[study.name]
    assert (draft.format, len(build_survey(draft))) == (form, rows)
    flags = find_flags(draft.table, draft.codebook, guessed=True)
    silent = sum(len(flag.rows) for flag in flags if flag.kind is FlagKind.NO_ANSWERS)
    # who is missing in the codebook answered next to nothing, which the page says and takes out at a click
    assert not fewer or fewer <= silent <= fewer + 6
    assert rows - fewer == json.loads((study / "codebook.json").read_bytes())["n_respondents"]


@pytest.mark.parametrize("name", FIXTURES)
def test_an_export_fixture_imports_to_its_respondents(surveys, name):
    file = read_survey_file((surveys / "export_fixtures" / name).read_bytes(), name)
    assert (file.format, len(file.table)) == FIXTURES[name]


@pytest.mark.parametrize("name", generated_study.FIXTURES)
def test_a_generated_export_imports_to_its_respondents(generated_surveys, name):
    file = read_survey_file((generated_surveys / "export_fixtures" / name).read_bytes(), name)
    assert (file.format, len(file.table)) == (generated_study.FIXTURES[name], 40)


@pytest.mark.parametrize(
    ("study", "question", "column", "tail"),
    [
        (generated_study.PLAIN, "benefits", "Which advantages of battery-electric cars", ""),
        (generated_study.PLAIN, "charging_places", "Where would you charge", ""),
        ("thanksgiving_2015", "pies", "Which type of pie is typically served", ""),
        ("masculinity_2018", "ideas_from", "q0004", ""),
        ("jupyter_2020", "languages", "3", "."),
    ],
    indirect=["study"],
)
def test_checkbox_columns_become_the_multi_select_of_the_codebook(study, question, column, tail):
    codebook = json.loads((study / "codebook.json").read_bytes())
    options = next(q["options"] for q in codebook["questions"] if q["column"] == question)
    file = read_survey_file((study / "raw.csv").read_bytes(), "raw.csv")
    found = next(labels for c, labels in file.options.items() if c.startswith(column))
    assert [label.removesuffix(tail) for label in found][: len(options)] == options


@pytest.mark.parametrize(
    ("study", "least"),
    [(generated_study.QUALTRICS, 15), ("us_society_qualtrics_2025", 17)],
    indirect=["study"],
)
def test_the_questionnaire_file_gives_wording_order_and_type(study, least):
    draft = draft_survey(
        (study / "raw.csv").read_bytes(), "raw.csv", companion=(study / "survey.qsf").read_bytes()
    )
    codebook = json.loads((study / "codebook.json").read_bytes())
    ours = {q.text: q for q in draft.codebook.questions}
    matched = [(ours[q["text"]], q) for q in codebook["questions"] if q["text"] in ours]
    assert len(matched) >= least
    assert all([o.replace("’", "'") for o in q.options] == (t["options"] or []) for q, t in matched)
    assert sum(str(q.type) == t["type"] for q, t in matched) >= len(matched) - 1
