import numpy as np
import pandas as pd
import pytest

from core.comparison.baselines import BASELINES, fit_baselines, one_hot, training_marginals
from core.comparison.compare import compare
from tests.comparison.survey_factory import shared_survey, small_survey


def fit(data):
    return fit_baselines(data.part("train"), data.part("validation"), data.part("test").profiles)


def test_every_legal_answer_gets_probability_and_rows_sum_to_one():
    data = small_survey(weighted=True)
    found = fit(data)
    assert tuple(found) == BASELINES
    for tables in found.values():
        for item in data.items:
            assert tables[item.key].shape == (len(data.part("test")), len(item.answers))
            assert np.isfinite(tables[item.key]).all()
            assert np.allclose(np.exp(tables[item.key]).sum(axis=1), 1)


def test_training_marginals_by_hand():
    data = small_survey(4)
    data.answers["car"] = np.array([0, 0, 1, -1], dtype="int16")
    # 2 and 1 answers, plus a half each
    assert training_marginals(data, data.items[0]).tolist() == pytest.approx([2.5 / 4, 1.5 / 4])


def test_logistic_regression_finds_who_answers_what():
    data = small_survey(3000)
    predicted = np.exp(fit(data)["logistic_regression"]["car"])[:, 0]
    area = data.part("test").profiles["area"]
    # truth: 40 % Yes in the city, 80 % in the country
    assert predicted[area == "City"].mean() == pytest.approx(0.4, abs=0.04)
    assert predicted[area == "Country"].mean() == pytest.approx(0.8, abs=0.04)


def test_logistic_regression_beats_the_marginals_where_demographics_matter():
    data = small_survey(3000)
    test, found = data.part("test"), fit(data)
    result = {q.column: q for q in compare(test, found["logistic_regression"], found).questions}
    assert result["car"].model["nll"] < result["car"].baselines["training_marginals"]["nll"] - 0.03
    assert result["liking"].model["rmse"] < result["liking"].baselines["training_marginals"]["rmse"]


def test_unanswered_and_unanimous_questions_fall_back_to_marginals():
    data = small_survey(200)
    data.answers["car"] = np.int16(-1)
    data.answers["agree"] = np.int16(2)
    found = fit(data)
    assert np.allclose(found["logistic_regression"]["car"], np.log(0.5))
    assert np.allclose(found["logistic_regression"]["agree"], found["training_marginals"]["agree"])


def test_without_validation_answers_the_usual_strength_is_used():
    data = small_survey(200)
    data.answers.loc[data.split == "validation", "car"] = np.int16(-1)
    assert np.ptp(fit(data)["logistic_regression"]["car"]) > 0.1


def test_missing_is_a_category_of_its_own():
    data = small_survey(1)
    profiles = pd.DataFrame(
        {"sex": ["Male", None], "age": ["55+", "no such band"], "area": ["City", None]}, dtype="str"
    )
    assert one_hot(profiles, data.codebook).tolist() == [
        [0, 1, 0, 0, 0, 1, 0, 1, 0, 0],
        [0, 0, 1, 0, 0, 0, 1, 0, 0, 1],
    ]


@pytest.mark.parametrize(
    ("name", "marginals", "logistic", "accuracies", "rmse"),
    [
        ("comma_2014", 0.851, 0.842, (0.539, 0.556), (0.257, 0.257)),
        ("us_society_qualtrics_2025", 1.239, 1.197, (0.424, 0.462), (0.302, 0.284)),
    ],
)
def test_reference_figures_of_real_surveys(name, marginals, logistic, accuracies, rmse):
    data = shared_survey(name)
    found = fit(data)
    overall = compare(data.part("test"), found["logistic_regression"], found).overall
    base, model = overall["baselines"]["training_marginals"], overall["model"]
    assert base["nll"] == pytest.approx(marginals, abs=0.001)
    assert model["nll"] == pytest.approx(logistic, abs=0.002)
    assert (base["accuracy"], model["accuracy"]) == pytest.approx(accuracies, abs=0.002)
    assert (base["rmse_scaled"], model["rmse_scaled"]) == pytest.approx(rmse, abs=0.001)
