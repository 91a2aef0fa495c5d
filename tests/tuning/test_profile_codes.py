"""Coded profiles, by hand."""

from core.tuning.profile_codes import ProfileCodes
from tests.tuning.test_targets import CODEBOOK, survey


def test_profiles_are_coded_side_by_side_and_missing_values_are_zero():
    coded = ProfileCodes.of(survey([("m", "young", 0), (None, "old", 0)]))
    assert coded.codes.tolist() == [[1, 0], [-1, 1]]
    assert (coded.starts.tolist(), coded.width) == ([0, 2], 4)
    assert coded.one_hot().tolist() == [[0, 1, 1, 0], [0, 0, 0, 1]]


def test_values_that_are_not_in_the_codebook_count_as_missing():
    profiles = survey([("x", "old", 0)]).profiles
    assert ProfileCodes.of_profiles(profiles, CODEBOOK).codes.tolist() == [[-1, 1]]
