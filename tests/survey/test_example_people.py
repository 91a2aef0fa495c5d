import numpy as np
import pytest

from core.survey import example_people
from core.survey.example_people import DEMOGRAPHIC_MODELS, draw_people, profile_log_probability


def test_profile_probabilities_add_up_to_one():
    first = DEMOGRAPHIC_MODELS[:4]
    grid = np.indices([len(model.demographic.options) for model in first]).reshape(len(first), -1)
    people = {model.demographic.column: index for model, index in zip(first, grid, strict=True)}
    n = grid.shape[1]
    total = sum(
        example_people._log_chances(model, people, n)[np.arange(n), people[model.demographic.column]]
        for model in first
    )
    assert np.exp(total).sum() == pytest.approx(1)


def test_every_demographic_lowers_the_probability_of_a_profile_and_rows_are_apart():
    people, _ = draw_people(5, np.random.default_rng(1))
    found = profile_log_probability(people)
    age = np.exp(np.array(DEMOGRAPHIC_MODELS[0].base))
    assert (found < np.log(age / age.sum())[people["age"]]).all()  # the other demographics are in it, too
    shuffled = {column: index[::-1] for column, index in reversed(people.items())}
    assert profile_log_probability(shuffled).tolist() == found[::-1].tolist()


def test_weights_undo_the_uneven_selection():
    people, weights = draw_people(40_000, np.random.default_rng(3))
    old = people["age"] == 4
    base = np.exp(np.array(DEMOGRAPHIC_MODELS[0].base))
    assert old.mean() < 0.06
    assert weights[old].sum() / weights.sum() == pytest.approx(base[4] / base.sum(), abs=0.006)
