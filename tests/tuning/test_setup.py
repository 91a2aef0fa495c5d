"""Training setup: monitored respondents and training marginals."""

from dataclasses import replace

import numpy as np
import pytest

from core.comparison.baselines import fit_baselines
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup
from core.tuning.targets import cell_targets
from tests.comparison.survey_factory import small_survey
from tests.tuning.cars_survey import cars


def of(people, items, recipe=None):
    """Setup of so many validation respondents and items; only who is monitored is asked for."""
    data = cars(20).take(np.zeros(people, dtype=int))
    data = replace(data, split=np.full(people, "validation", dtype=object), ids=np.arange(people))
    return TrainingSetup(data, (data.items[0],) * items, recipe or Recipe(), None, None)


@pytest.mark.parametrize(("people", "items", "monitored"), [(900, 44, 900), (1000, 80, 500), (300, 900, 100)])
def test_everybody_is_monitored_or_a_sample_of_so_many_pairs(people, items, monitored):
    """At most 40,000 pairs, and at least 100 people."""
    assert len(of(people, items).monitored) == monitored


def test_a_larger_base_scores_fewer_pairs():
    assert len(of(900, 44, Recipe(base="Qwen/Qwen2.5-0.5B")).monitored) == 8_000 // 44


def test_the_sample_is_the_same_at_every_check_and_another_with_another_seed():
    one, again, other = (of(500, 400, Recipe(seed=seed)).monitored.ids.tolist() for seed in (0, 0, 1))
    assert one == again != other
    assert one == sorted(set(one)) and max(one) > 200  # not the first ones, nobody twice


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
    for item in data.items:
        found = teacher.logprob(np.zeros((1, len(data.codebook.demographics)), dtype=int), [item.key])
        assert found[item.key][0] == pytest.approx(shares[item.key][0], abs=1e-12)
