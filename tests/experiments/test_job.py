from dataclasses import replace

import numpy as np
import pytest

from core.errors import RecipeError
from core.experiments.design import find_experiment
from core.experiments.job import check_experiment, prepare_experiment
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars


def test_the_folder_of_a_job_holds_recipe_and_survey(tmp_path):
    data, recipe = cars(20), Recipe(steps=3)
    folder = prepare_experiment(tmp_path, data, find_experiment("method"), recipe, "s1")
    spec = folder.spec()
    assert (spec["experiment"], spec["survey_id"]) == ("method", "s1")
    assert Recipe.from_dict(spec["recipe"]) == recipe
    assert SurveyData.read(folder.inputs).answers.equals(data.answers)


def test_a_penalty_needs_a_scale_and_every_experiment_test_respondents():
    data, experiment = cars(20), find_experiment("penalty")
    check_experiment(experiment, Recipe(), data)
    book = replace(data.codebook, questions=data.codebook.questions[:1])  # yes or no
    with pytest.raises(RecipeError, match="no scale and no number"):
        check_experiment(experiment, Recipe(), replace(data, codebook=book, answers=data.answers[["owns"]]))
    untested = data.take(np.flatnonzero(data.split != "test"))
    with pytest.raises(RecipeError, match="needs training and test respondents"):
        check_experiment(experiment, Recipe(), untested)
