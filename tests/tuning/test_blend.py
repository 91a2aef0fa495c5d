"""Answers of an adapter: the model's, mixed with its teacher's, by words and not by columns."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.publish.names import BLEND, TEACHER
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.tuning.blend import KEY, Blend, mix, taught_codes, taught_items
from core.tuning.stacked_regression import fit_stacked_regression
from tests.tuning.cars_survey import CODEBOOK, cars

DATA = cars()
OWNS, RATING = DATA.items
TEACHER_OF_CARS = fit_stacked_regression(DATA.part("train"), DATA.part("validation"), (OWNS,))
PEOPLE = pd.DataFrame({"area": ["City", "Countryside", None], "age": ["40+", None, None]})
MODEL = {"owns": np.log(np.full((3, 2), 0.5)), "rating": np.log(np.full((3, 11), 1 / 11))}
RENAMED = Codebook(
    "Cars again",
    (Demographic("years", "Age", ("18-39", "40+")), Demographic("where", " Area", ("City", "Countryside"))),
    (
        Question("q2", "How do you rate it?", QuestionType.NUMERIC, range=(0, 10)),
        Question("q1", "Do you  own a car?", QuestionType.SINGLE, ("Yes", "No")),
        Question("q3", "Do you own a bicycle?", QuestionType.SINGLE, ("Yes", "No")),
    ),
)


def test_a_mixture_by_hand():
    model, teacher = np.log([[0.5, 0.5]]), np.log([[0.9, 0.1]])
    assert np.exp(mix(model, teacher, 0.25)) == pytest.approx(np.array([[0.6, 0.4]]))
    assert mix(model, teacher, 0.0) is model and mix(model, teacher, 1.0) is teacher


def test_an_answer_one_of_them_rules_out_stays_possible():
    with np.errstate(divide="ignore"):
        found = mix(np.log([[1.0, 0.0]]), np.log([[0.5, 0.5]]), 0.5)
    assert np.exp(found) == pytest.approx(np.array([[0.75, 0.25]]))


def test_questions_the_teacher_does_not_know_are_the_models_alone():
    """It was not fitted to the rating, as if that was held out."""
    found = Blend(TEACHER_OF_CARS, 0.5, CODEBOOK).apply(MODEL, PEOPLE, CODEBOOK)
    assert found["rating"] is MODEL["rating"]
    teacher = TEACHER_OF_CARS.logprob(np.array([[0, 1], [1, -1], [-1, -1]]))["owns"]
    assert np.exp(found["owns"]) == pytest.approx((0.5 + np.exp(teacher)) / 2)
    assert np.exp(found["owns"])[1, 0] > 0.6 > 0.4 > np.exp(found["owns"])[0, 0]  # countryside, city


def test_another_survey_with_the_same_words_gets_the_same_answers():
    blend = Blend(TEACHER_OF_CARS, 0.5, CODEBOOK)
    people = PEOPLE.rename(columns={"area": "where", "age": "years"})[["years", "where"]]
    model = {"q1": MODEL["owns"], "q2": MODEL["rating"], "q3": MODEL["owns"]}
    found, ours = blend.apply(model, people, RENAMED), blend.apply(MODEL, PEOPLE, CODEBOOK)
    assert np.array_equal(found["q1"], ours["owns"])
    assert found["q3"] is model["q3"]  # the bicycle was not taught


def test_items_are_the_same_by_text_part_and_answers():
    assert {key: item.key for key, item in taught_items(RENAMED.items, CODEBOOK).items()} == {
        "q1": "owns",
        "q2": "rating",
    }
    turned = replace(RENAMED.questions[1], options=("No", "Yes"))
    assert not taught_items(turned.items, CODEBOOK)


def test_the_same_words_twice_are_told_apart_by_their_columns():
    first, second = (Question(c, "Why?", QuestionType.SINGLE, ("a", "b")) for c in ("w1", "w2"))
    taught = Codebook("t", (), (first, second))
    assert [i.key for i in taught_items(second.items, taught).values()] == ["w2"]


def test_profiles_are_coded_as_they_were_taught_and_what_is_not_asked_is_missing():
    people = pd.DataFrame({"where": ["Countryside", pd.NA, "City"]}, dtype="string")
    asked = replace(RENAMED, demographics=RENAMED.demographics[1:])
    assert taught_codes(people, asked, CODEBOOK).tolist() == [[1, -1], [-1, -1], [0, -1]]


def test_a_blend_is_read_back_as_it_was(tmp_path):
    study = Blend(TEACHER_OF_CARS, 0.375, CODEBOOK).write(tmp_path) | {"codebook": CODEBOOK.to_dict()}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(TEACHER)
    assert KEY == BLEND
    back = Blend.read(tmp_path, json.loads(json.dumps(study)))
    ours = Blend(TEACHER_OF_CARS, 0.375, CODEBOOK)
    for key, table in ours.apply(MODEL, PEOPLE, CODEBOOK).items():
        assert np.array_equal(back.apply(MODEL, PEOPLE, CODEBOOK)[key], table)
    assert Blend.read(tmp_path, {"codebook": CODEBOOK.to_dict()}) is None


def test_the_teachers_files_hold_no_respondent(tmp_path):
    TEACHER_OF_CARS.write(tmp_path)
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(str(person).encode() in content for person in DATA.ids if len(str(person)) > 3)
    twice = np.tile(np.arange(len(DATA.part("train"))), 2)
    many = fit_stacked_regression(DATA.part("train").take(twice), DATA.part("validation"), (OWNS,))
    many.write(tmp_path / "many")
    sizes = [(f / TEACHER[0]).stat().st_size for f in (tmp_path, tmp_path / "many")]
    assert sizes[0] == sizes[1]  # the arrays do not grow with the respondents
