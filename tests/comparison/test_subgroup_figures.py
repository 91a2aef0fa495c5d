import json

from core.comparison.subgroup_figures import Distances, GroupFigures, GroupSummary, SubgroupFigures

SHOWN = GroupFigures("sex", "Sex", "W", 50, 45.5, Distances(0.01, 0.02), {"model": Distances(0.1, None)})
SMALL = GroupFigures("sex", "Sex", "M", 20, 18.0)


def test_a_small_group_is_suppressed_and_stored_without_figures():
    assert (SHOWN.suppressed, SMALL.suppressed) == (False, True)
    assert set(SMALL.to_dict()) == {"column", "label", "option", "n", "n_effective", "suppressed"}
    assert SHOWN.to_dict()["model"] == {"kl": 0.1, "tv": None}


def test_figures_are_read_back_as_they_were():
    figures = SubgroupFigures(
        (SHOWN, SMALL), {"model": GroupSummary(0.1, 0.2, "Sex: W", 0.8, 0.6, 1.0)}, 0.05
    )
    assert SubgroupFigures.from_dict(json.loads(json.dumps(figures.to_dict()))) == figures
