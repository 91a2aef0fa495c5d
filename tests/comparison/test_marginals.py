import numpy as np
import pytest

from core.comparison.marginals import same_for_everyone
from tests.comparison.survey_factory import small_survey


def test_everybody_gets_the_same_smoothed_shares():
    train = small_survey(4)
    train.answers["car"] = np.array([0, 0, 0, 1], dtype="int16")
    table = np.exp(same_for_everyone("training_marginals", train, 3)["car"])
    assert table == pytest.approx(np.tile([3.5 / 5, 1.5 / 5], (3, 1)))  # half an answer added to each
    uniform = np.exp(same_for_everyone("uniform", train, 2)["agree"])
    assert uniform == pytest.approx(np.full((2, 4), 0.25))
