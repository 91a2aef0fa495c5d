import numpy as np

from core.comparison.baselines import fit_baselines
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup
from core.tuning.targets import cell_targets
from tests.comparison.survey_factory import small_survey


def test_the_run_and_the_results_page_mean_the_same_training_shares_with_weights_too():
    data = small_survey(600, weighted=True)
    validation = data.part("validation")
    of_run = TrainingSetup(data, data.items, Recipe(), None, None).constant(uniform=False).logprob
    of_page = fit_baselines(data.part("train"), validation, validation.profiles, ("training_marginals",))
    assert set(of_run) == set(of_page["training_marginals"])
    for key, table in of_page["training_marginals"].items():
        assert np.array_equal(of_run[key], table)


def test_labels_of_people_of_whom_nothing_is_known_start_from_them():
    data = small_survey(600, weighted=True)
    shares = TrainingSetup(data, data.items, Recipe(), None, None).constant(uniform=False).logprob
    effects = cell_targets(data.part("train"), data.items).effects
    for item in data.items:
        assert np.array_equal(effects.intercept[item.key], shares[item.key][0])
