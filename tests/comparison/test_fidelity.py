import numpy as np
import pytest

from core.comparison.fidelity import population_fidelity
from tests.comparison.fitted_methods import CAR, ITEMS, METHODS, TEST


def test_fidelity_punishes_a_model_that_gives_everybody_the_same():
    perfect = {i.key: np.eye(len(i.answers))[np.maximum(TEST.answers[i.key].to_numpy(), 0)] for i in ITEMS}
    same, flat = (population_fidelity(TEST, CAR, t)[0] for t in (perfect, METHODS["training_marginals"]))
    assert same.pfs == pytest.approx(1)
    assert flat.score_adaptability == pytest.approx(0, abs=1e-9)
    assert population_fidelity(TEST, CAR, perfect)[1].group == "Gender"
    assert population_fidelity(TEST, CAR, perfect)[1].score_structure is None  # two cells have no order
