import numpy as np
import pytest

from core.results.option_mass import OptionMass


def test_mass_is_over_respondents_and_items_alike():
    found = OptionMass.of([np.linspace(0, 1, 101), np.ones(101)])
    assert found.mean == pytest.approx(0.75)
    assert found.low == pytest.approx(np.percentile([*np.linspace(0, 1, 101), *np.ones(101)], 5))
    assert found.below_half == pytest.approx(50 / 202)
    assert OptionMass.of([]) is None
