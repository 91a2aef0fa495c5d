from dataclasses import replace

from core.publish.small_cells import rare_categories, rare_note
from tests.skewed_survey import RARE, skewed_survey

DATA = skewed_survey()


def test_four_respondents_are_few_and_five_are_not():
    assert rare_categories(DATA) == [("Region", RARE)]
    assert f"fewer than 5 respondents (Region: {RARE})" in rare_note(DATA)
    profiles = DATA.profiles.copy()
    profiles.loc[profiles.index[profiles["region"] == "North"][0], "region"] = RARE
    five = replace(DATA, profiles=profiles)
    assert rare_categories(five) == []
    assert rare_note(five) is None


def test_a_category_nobody_has_names_nobody():
    inland = DATA.take((DATA.profiles["region"] != RARE).to_numpy())
    assert rare_categories(inland) == []
