import numpy as np
import pandas as pd

from core.survey.quality.duplicates import duplicate_rows


def test_equal_answers_are_duplicates_only_when_chance_cannot_explain_them():
    rng = np.random.default_rng(1)
    varied = pd.DataFrame(rng.integers(5, size=(100, 20)).astype(str))
    assert duplicate_rows(pd.concat([varied, varied.iloc[[4, 9]]])).tolist() == [100, 101]
    assert duplicate_rows(varied).tolist() == []
    same = pd.DataFrame([["Never"] * 20] * 50 + [["Always"] * 20] * 50)
    assert duplicate_rows(same).tolist() == []
    assert duplicate_rows(varied.iloc[:, :5].iloc[[0, 0]]).tolist() == []


def test_neighbouring_columns_that_correlate_make_equal_rows_likely():
    """Ten kinds of people, each with its own answer to all twenty questions: equal rows are no evidence.

    One answer in ten, twenty times over, would be; but whoever knows the first answer knows them all. One
    person mixes answers of two kinds at random and is there twice: that chance does not explain.
    """
    rng = np.random.default_rng(4)
    kinds = np.tile(np.arange(10)[rng.integers(0, 10, 120)][:, None], (1, 20))
    assert duplicate_rows(pd.DataFrame(kinds.astype(str))).tolist() == []
    odd = np.where(rng.random((1, 20)) < 0.5, 3, 8)
    again = np.concatenate([kinds, odd, odd])
    assert duplicate_rows(pd.DataFrame(again.astype(str))).tolist() == [121]
