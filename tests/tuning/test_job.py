"""Job folder of a tuning run: what it holds and what is refused."""

import pytest

from core.errors import RecipeError
from core.survey.respondents import SurveyData
from core.tuning.job import prepare_tuning
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars


def test_a_survey_without_training_respondents_is_refused(tmp_path):
    with pytest.raises(RecipeError, match="No respondent is in the training part"):
        prepare_tuning(tmp_path, cars().part("test"), Recipe(), "Cars", "s1")


def test_the_folder_holds_recipe_and_survey(tmp_path):
    folder = prepare_tuning(tmp_path, cars(20), Recipe(steps=3), "Cars", "s1", processes=2, sharded=True)
    spec = folder.spec()
    assert Recipe.from_dict(spec["recipe"]) == Recipe(steps=3)
    assert (spec["survey_id"], spec["processes"], spec["sharded"]) == ("s1", 2, True)
    assert SurveyData.read(folder.inputs).answers.equals(cars(20).answers)
    assert "processes" not in prepare_tuning(tmp_path, cars(20), Recipe(), "Cars", "s1").spec()
