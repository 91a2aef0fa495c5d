import numpy as np
import pytest

from core.comparison.copula import Copula
from tests.comparison.survey_factory import small_survey


def test_copula_draws_keep_shares_and_correlations():
    data = small_survey(3000)
    rng = np.random.default_rng(0)
    same = rng.random(3000) < 0.7  # two answers that agree in seven of ten people beyond chance
    data.answers["uses#1"] = np.where(same, data.answers["uses#0"], rng.integers(0, 2, 3000)).astype("int16")
    copula = Copula(data)
    drawn = copula.draw(data.profiles, seed=1)
    real = [data.answers[f"uses#{i}"].to_numpy() for i in (0, 1)]
    simulated = [drawn[f"uses#{i}"] for i in (0, 1)]
    for said, answered in zip(real, simulated, strict=True):
        assert answered.mean() == pytest.approx(said.mean(), abs=0.03)
    agreement = np.corrcoef(real)[0, 1]
    assert 0.5 * agreement < np.corrcoef(simulated)[0, 1] < 1.2 * agreement
