from dataclasses import replace

import numpy as np
import pytest

from core.comparison.baselines import demographic_cells, fit_baselines
from core.comparison.compare import compare
from core.comparison.marginals import BASELINES, FITTED, SHARES
from core.survey.example import true_log_probabilities
from tests.comparison.survey_factory import small_survey
from tests.generated_study import PLAIN
from tests.shared_surveys import published_data

USUAL = (*SHARES, "logistic_regression")


def fit(data, names=USUAL):
    return fit_baselines(data.part("train"), data.part("validation"), data.part("test").profiles, names)


def test_every_legal_answer_gets_probability_and_rows_sum_to_one():
    data = small_survey(weighted=True)
    found = fit(data, BASELINES)
    assert tuple(found) == BASELINES
    for name, tables in found.items():
        assert [i.key for i in data.items if i.key not in tables] == (
            [i.key for i in data.items if not i.is_ordered] if name == "svr" else []
        )
        for item in data.items:
            if item.key not in tables:
                continue
            assert tables[item.key].shape == (len(data.part("test")), len(item.answers))
            assert np.isfinite(tables[item.key]).all()
            assert np.allclose(np.exp(tables[item.key]).sum(axis=1), 1)


@pytest.mark.parametrize(
    "name", ["demographic_cells", "gradient_boosting", "gaussian_copula", "stacked_regression"]
)
def test_the_other_methods_find_it_too(name):
    data = small_survey(3000)
    predicted = np.exp(fit(data, (name,))[name]["car"])[:, 0]
    area = data.part("test").profiles["area"]
    assert predicted[area == "City"].mean() == pytest.approx(0.4, abs=0.06)
    assert predicted[area == "Country"].mean() == pytest.approx(0.8, abs=0.06)


def test_demographic_cells_by_hand():
    data = small_survey(4)
    data.profiles["sex"] = ["Female", "Female", "Male", "Male"]
    data.profiles["age"], data.profiles["area"] = ["18-34"] * 4, ["City"] * 4
    data.answers["car"] = np.array([0, 0, 0, 1], dtype="int16")
    everybody = 3.5 / 5
    # two women said Yes; the women who are 18-34, and those in the city, are the same two again
    women = everybody
    for _ in range(3):
        women = (2 + 5 * women) / 7
    assert np.exp(demographic_cells(data, data.profiles)["car"])[0, 0] == pytest.approx(women)


@pytest.mark.parametrize(
    ("study", "marginals", "logistic", "accuracies", "rmse"),
    [
        ("comma_2014", 0.851, 0.842, (0.539, 0.556), (0.257, 0.257)),
        ("us_society_qualtrics_2025", 1.239, 1.197, (0.424, 0.462), (0.302, 0.284)),
    ],
    indirect=["study"],
)
def test_reference_figures_of_real_surveys(study, marginals, logistic, accuracies, rmse):
    data = published_data(study)
    found = fit(data)
    overall = compare(data.part("test"), found["logistic_regression"], found).overall
    base, model = overall.baselines["training_marginals"], overall.model
    assert base.nll == pytest.approx(marginals, abs=0.001)
    assert model.nll == pytest.approx(logistic, abs=0.002)
    assert (base.accuracy, model.accuracy) == pytest.approx(accuracies, abs=0.002)
    assert (base.rmse_scaled, model.rmse_scaled) == pytest.approx(rmse, abs=0.001)


@pytest.mark.parametrize("name", FITTED)
def test_fitted_baselines_repeat_the_weighted_shares(name):
    """Half of the people say yes, whoever they are, and those who do weigh three times as much."""
    data = small_survey(2000)
    yes = np.arange(2000) // 10 % 2 == 0  # in every split
    answers = data.answers.assign(car=np.where(yes, 0, 1), liking=np.where(yes, 90, 30)).astype("int16")
    heavy = replace(data, answers=answers, weights=np.where(yes, 1.5, 0.5))
    table = fit(heavy, (name,))[name]
    if name == "svr":  # numbers only
        assert np.exp(table["liking"])[:, 60:].sum(axis=1).mean() > 0.6
    else:
        assert np.exp(table["car"])[:, 0] == pytest.approx(0.75, abs=0.06)


def test_a_generated_survey_lies_between_its_truth_and_everybodys_shares(generated_surveys):
    """The exact probabilities are known, and on average nothing predicts answers better."""
    data = published_data(generated_surveys / PLAIN)
    test, found = data.part("test"), fit(data)
    truth = true_log_probabilities(test.profiles)
    overall = compare(test, truth, found).overall
    nll = {name: figures.nll for name, figures in overall.baselines.items()}
    assert overall.model.nll < nll["logistic_regression"] - 0.02
    assert nll["logistic_regression"] < nll["training_marginals"] - 0.02
    assert nll["training_marginals"] < nll["uniform"]
