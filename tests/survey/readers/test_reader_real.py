"""Every shared raw export imports to the respondents its README states, or the reason is told."""

import json
from pathlib import Path

import pytest

from core.survey.importing import build_survey, draft_survey
from core.survey.quality.find import find_flags
from core.survey.quality.flag import FlagKind
from core.survey.reading import read_survey_file

SURVEYS = Path(__file__).parents[3] / "../shared/surveys"
pytestmark = pytest.mark.skipif(not SURVEYS.is_dir(), reason="the shared surveys are not here")
RAW = {
    # survey: format, rows in the file, rows fewer in its README and why
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


@pytest.mark.parametrize("name", RAW)
def test_a_raw_export_imports_to_its_respondents(name):
    folder = SURVEYS / name
    qsf = folder / "survey.qsf"
    draft = draft_survey(
        (folder / "raw.csv").read_bytes(), "raw.csv", companion=qsf.read_bytes() if qsf.exists() else None
    )
    form, rows, fewer = RAW[name]
    assert (draft.format, len(build_survey(draft))) == (form, rows)
    flags = find_flags(draft.table, draft.codebook, guessed=True)
    silent = sum(len(flag.rows) for flag in flags if flag.kind is FlagKind.NO_ANSWERS)
    # who is missing in the README answered next to nothing, which the page says and takes out with one click
    assert not fewer or fewer <= silent <= fewer + 6
    assert rows - fewer == json.loads((folder / "codebook.json").read_bytes())["n_respondents"]


@pytest.mark.parametrize("name", FIXTURES)
def test_an_export_fixture_imports_to_its_respondents(name):
    file = read_survey_file((SURVEYS / "export_fixtures" / name).read_bytes(), name)
    assert (file.format, len(file.table)) == FIXTURES[name]


@pytest.mark.parametrize(
    ("name", "question", "column", "tail"),
    [
        ("thanksgiving_2015", "pies", "Which type of pie is typically served", ""),
        ("masculinity_2018", "ideas_from", "q0004", ""),
        ("jupyter_2020", "languages", "3", "."),
    ],
)
def test_checkbox_columns_become_the_multi_select_of_the_codebook(name, question, column, tail):
    codebook = json.loads((SURVEYS / name / "codebook.json").read_bytes())
    options = next(q["options"] for q in codebook["questions"] if q["column"] == question)
    file = read_survey_file((SURVEYS / name / "raw.csv").read_bytes(), "raw.csv")
    found = next(labels for c, labels in file.options.items() if c.startswith(column))
    assert [label.removesuffix(tail) for label in found][: len(options)] == options


def test_the_questionnaire_of_us_society_gives_wording_order_and_type():
    folder = SURVEYS / "us_society_qualtrics_2025"
    draft = draft_survey(
        (folder / "raw.csv").read_bytes(), "raw.csv", companion=(folder / "survey.qsf").read_bytes()
    )
    codebook = json.loads((folder / "codebook.json").read_bytes())
    ours = {q.text: q for q in draft.codebook.questions}
    matched = [(ours[q["text"]], q) for q in codebook["questions"] if q["text"] in ours]
    assert len(matched) >= 17
    assert all([o.replace("’", "'") for o in q.options] == (t["options"] or []) for q, t in matched)
    assert sum(str(q.type) == t["type"] for q, t in matched) >= len(matched) - 1
