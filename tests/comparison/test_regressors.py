import numpy as np
import pandas as pd
import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.regressors import one_hot
from tests.comparison.survey_factory import small_survey

NAMES = ("training_marginals", "logistic_regression")


def fit(data, names=NAMES):
    return fit_baselines(data.part("train"), data.part("validation"), data.part("test").profiles, names)


def test_logistic_regression_finds_who_answers_what():
    data = small_survey(3000)
    predicted = np.exp(fit(data)["logistic_regression"]["car"])[:, 0]
    area = data.part("test").profiles["area"]
    # truth: 40 % Yes in the city, 80 % in the country
    assert predicted[area == "City"].mean() == pytest.approx(0.4, abs=0.04)
    assert predicted[area == "Country"].mean() == pytest.approx(0.8, abs=0.04)


def test_svr_predicts_ordered_answers_around_what_its_group_gave():
    data = small_survey(2000)
    table = np.exp(fit(data, ("svr",))["svr"]["liking"])
    expected, area = table @ np.arange(101.0), data.part("test").profiles["area"]
    # truth: about 40 in the city and 55 in the country, standard deviation 20
    assert expected[area == "City"].mean() == pytest.approx(40, abs=3)
    assert expected[area == "Country"].mean() == pytest.approx(55, abs=3)
    spread = np.sqrt(table @ np.arange(101.0) ** 2 - expected**2)
    assert spread.mean() == pytest.approx(20, abs=3)


def test_logistic_regression_beats_the_marginals_where_demographics_matter():
    data = small_survey(3000)
    test, found = data.part("test"), fit(data)
    result = {q.column: q for q in compare(test, found["logistic_regression"], found).questions}
    assert result["car"].model.nll < result["car"].baselines["training_marginals"].nll - 0.03
    assert result["liking"].model.rmse < result["liking"].baselines["training_marginals"].rmse


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
