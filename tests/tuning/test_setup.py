"""Training setup: monitored respondents and items, training marginals, and the validation NLL by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.comparison.baselines import fit_baselines
from core.models.profiles import ProfileScores
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.tuning.recipe import Recipe
from core.tuning.setup import MONITORED_ITEMS, TrainingSetup, mean_nll
from core.tuning.targets import cell_targets
from tests.comparison.survey_factory import small_survey
from tests.tuning.cars_survey import cars


def setup(n_questions):
    """Setup of so many questions; only what is monitored is asked for, so it needs no model."""
    questions = tuple(
        Question(f"q{k}", f"Question {k}", QuestionType.SINGLE, ("Yes", "No")) for k in range(n_questions)
    )
    codebook = Codebook("Long", (Demographic("a", "Area", ("City",)),), questions)
    return TrainingSetup(_Part(500), codebook.items, None, None, None)


class _Part:
    """Stands for respondents: knows how many there are."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def part(self, _):
        return self

    def take(self, rows):
        return _Part(len(rows))


@pytest.mark.parametrize(("questions", "items", "people"), [(4, 4, 100), (20, 20, 40), (104, 40, 20)])
def test_long_questionnaires_are_monitored_by_an_even_choice_of_their_items(questions, items, people):
    made = setup(questions)
    keys = [item.key for item in made.monitored_items]
    assert len(set(keys)) == items <= MONITORED_ITEMS
    assert keys[0] == "q0" and keys[-1] == f"q{questions - 1}"
    assert len(made.monitored) == people


def test_the_run_and_the_results_page_mean_the_same_training_shares_with_weights_too():
    data = small_survey(600, weighted=True)
    validation = data.part("validation")
    of_run = TrainingSetup(data, data.items, Recipe(), None, None).constant(uniform=False).logprob
    of_page = fit_baselines(data.part("train"), validation, validation.profiles, ("training_marginals",))
    assert set(of_run) == set(of_page["training_marginals"])
    for key, table in of_page["training_marginals"].items():
        assert np.array_equal(of_run[key], table)


def test_unsmoothed_labels_start_from_the_training_marginals():
    data = small_survey(600, weighted=True)
    shares = TrainingSetup(data, data.items, Recipe(), None, None).constant(uniform=False).logprob
    teacher = cell_targets(data.part("train"), data.items).teacher
    nobody = np.full((1, len(data.codebook.demographics)), -1)
    for item in data.items:
        assert np.array_equal(teacher.logprob(nobody)[item.key], shares[item.key][:1])


def test_the_validation_nll_by_hand():
    """Answers with probabilities 1/2 and 1/4 and weights 3 and 1, and an item nobody answered."""
    answers = pd.DataFrame({"owns": [0, 1], "rating": [-1, -1]}, dtype="int16")
    data = replace(cars(20).take(np.arange(2)), answers=answers, weights=np.array([3.0, 1.0]))
    owns, rating = data.items
    scores = ProfileScores({"owns": np.log([[0.5, 0.5], [0.75, 0.25]])}, {})
    assert mean_nll(scores, data, (owns, rating)) == pytest.approx((3 * np.log(2) + np.log(4)) / 4)
    assert mean_nll(scores, data, (rating,)) is None
