from core.survey.bands import band_starts, list_numbers


def test_bands_in_feet_and_inches():
    labels = ["Under 5'4\"", "5'4\" to 5'7\"", "5'8\" to 5'11\"", "6'0\" and above"]
    assert band_starts(labels) == [63.75, 64.0, 68.0, 72.25]


def test_months_and_years_share_a_unit():
    assert band_starts(["6-12 months", "1-2 years"]) == [0.5, 1.0]


def test_numbered_labels_need_a_number_each():
    assert list_numbers(["1 - low", "2", "3: high"]) == [1.0, 2.0, 3.0]
    assert list_numbers(["10 or younger", "11"]) is None


def test_one_label_that_says_none_in_words_stands_below_all_bands():
    assert band_starts(["1 to 5", "Nothing", "6+"]) == [1.0, float("-inf"), 6.25]
    assert band_starts(["1 to 5", "Red", "6+"]) is None
    assert band_starts(["Nothing", "6+"]) is None  # one band is no order


def test_thousands_and_millions_in_figures_and_words():
    assert band_starts(["1.500 bis 2.000", "2,000-10k", "10k to 1m", "1 million"]) == [1500, 2000, 1e4, 1e6]
    assert band_starts(["zwei", "Drei oder mehr", "eins"]) == [2, 3.25, 1]
