from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import HubError
from core.publish.compatibility import check_compatibility, compatible_part
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

TAUGHT = Codebook.from_dict(
    {
        "title": "Tea",
        "demographics": [
            {"column": "age", "label": "Age", "options": ["18-34", "35-54", "55+"]},
            {"column": "sex", "label": "Sex", "options": ["Female", "Male"]},
        ],
        "questions": [
            {"column": "tea", "text": "Do you drink tea?", "type": "single", "options": ["Yes", "No"]},
            {"column": "cups", "text": "How many cups?", "type": "numeric", "range": [0, 5]},
            {"column": "kinds", "text": "Which kinds?", "type": "multi", "options": ["Green", "Black"]},
        ],
    }
)
ALL = ("tea", "cups", "kinds")


def changed(part, index, **values):
    entries = list(getattr(TAUGHT, part))
    entries[index] = replace(entries[index], **values)
    return replace(TAUGHT, **{part: tuple(entries)})


def test_the_same_survey_fits_whole_whatever_its_columns_are_called():
    assert check_compatibility(TAUGHT, TAUGHT, ALL).problems == ()
    fit = check_compatibility(changed("questions", 0, column="q1"), TAUGHT, ALL)
    assert (fit.questions, fit.problems) == (("q1", "cups", "kinds"), ())
    fit = check_compatibility(changed("demographics", 1, column="gender"), TAUGHT, ALL)
    assert [d.column for d in fit.demographics] == ["age", "gender"]


@pytest.mark.parametrize(
    ("survey", "learned", "problem"),
    [
        (
            changed("questions", 0, text="Do you like tea?"),
            ALL,
            "no question of the adapter has this wording",
        ),
        (changed("questions", 0, options=("No", "Yes")), ALL, "other answers, or in another order"),
        (changed("questions", 1, range=(0.0, 9.0)), ALL, "other answers"),
        (changed("questions", 2, options=("Black", "Green")), ALL, "other options, or in another order"),
        (TAUGHT, ("cups", "kinds"), "was held out when the adapter was taught"),
    ],
)
def test_what_does_not_fit_is_said_and_left_out(survey, learned, problem):
    fit = check_compatibility(survey, TAUGHT, learned)
    assert len(fit.questions) == 2
    assert len(fit.problems) == 1
    assert problem in fit.problems[0]


def test_background_fields_are_shown_as_they_were_taught():
    survey = changed("demographics", 0, options=("18-34", "55+"))  # fewer categories would change their order
    fit = check_compatibility(survey, TAUGHT, ALL)
    assert fit.demographics == TAUGHT.demographics
    fit = check_compatibility(changed("demographics", 0, options=("18-34", "70+")), TAUGHT, ALL)
    assert [d.column for d in fit.demographics] == ["sex"]
    assert "70+" in fit.problems[0]
    fewer = replace(TAUGHT, demographics=TAUGHT.demographics[:1])
    assert (
        "knows “Sex”, which this survey does not have" in check_compatibility(fewer, TAUGHT, ALL).problems[0]
    )
    assert "“Sex” was not taught" in check_compatibility(TAUGHT, fewer, ALL).problems[0]


def test_another_questionnaire_is_refused():
    other = replace(TAUGHT, questions=(replace(TAUGHT.questions[0], text="Coffee?"),))
    with pytest.raises(HubError, match="none of this survey's questions fit"):
        check_compatibility(other, TAUGHT, ALL)


def test_only_the_fitting_part_of_a_survey_is_asked():
    data = SurveyData(
        codebook=TAUGHT,
        ids=np.array(["a", "b"], dtype=object),
        profiles=pd.DataFrame({"age": ["18-34", "55+"], "sex": ["Female", "Male"]}),
        answers=pd.DataFrame({item.key: np.array([0, -1], np.int16) for item in TAUGHT.items}),
        weights=np.ones(2),
        split=np.array(["train", "test"], dtype=object),
    )
    fit = check_compatibility(changed("questions", 2, text="What else?"), TAUGHT, ALL)
    part = compatible_part(data, replace(fit, demographics=TAUGHT.demographics[1:]))
    assert list(part.profiles) == ["sex"]
    assert list(part.answers) == ["tea", "cups"]
    assert len(part) == 2
    assert compatible_part(data, check_compatibility(TAUGHT, TAUGHT, ALL)).codebook == TAUGHT
