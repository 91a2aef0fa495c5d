import numpy as np
import pandas as pd
import pytest

from core.errors import CodebookError
from core.survey.weights import scale_weights, weighting_efficiency


def test_weights_are_scaled_to_mean_one():
    # 2 + 0 + 4 = 6, mean 2
    assert scale_weights(pd.Series(["2", "0", "4.0"], name="w")).tolist() == [1.0, 0.0, 2.0]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", None], r'weight is missing.*column "w", 1 rows, first: 3'),
        (["1", "heavy"], "not a number.*Got: 'heavy'"),
        (["1", "nan"], "not a number"),
        (["1", "inf"], "not a number"),
        (["-0.5", "1"], "negative.*first: 2.*-0.5"),
        (["0", "0"], "All weights are zero"),
    ],
)
def test_a_weight_that_cannot_be_used_is_named(cells, message):
    with pytest.raises(CodebookError, match=message):
        scale_weights(pd.Series(cells, name="w", dtype="str"))


def test_efficiency_is_one_without_weights():
    assert weighting_efficiency(np.ones(7)) == 1.0
    assert weighting_efficiency(np.array([3.0, 1.0])) == pytest.approx(16 / 20)
