import pytest

from core.comparison.structure_figures import (
    AssociationFigures,
    Detectability,
    HalvesAgreement,
    InformativeQuestion,
    LinkFigures,
    MethodLinks,
    Structure,
    TransferFigures,
)
from core.comparison.subgroup_figures import GroupSummary, SubgroupFigures
from core.report import judging
from core.report.structure_verdict import structure_verdict

WORDINGS = {"q17": "How likely are you to recommend this bank to a friend or colleague?"}


@pytest.mark.parametrize(
    ("slope", "low", "high", "level", "word"),
    [
        (1.05, 0.8, 1.3, judging.GOOD, "as much as in reality"),
        (0.2, 0.1, 0.3, judging.POOR, "flattened"),
        (1.8, 1.4, 2.2, judging.POOR, "exaggerated"),
        (0.7, 0.6, 0.9, judging.FAIR, "flattened"),
        (0.4, 0.2, 1.5, judging.FAIR, "Too few respondents to tell"),
        (None, None, None, judging.EMPTY, "hardly differ"),
    ],
)
def test_the_structure_verdict_follows_the_slope_of_group_differences(slope, low, high, level, word):
    found = structure_verdict(structure(slope, low, high), WORDINGS)
    assert (found.level, word in found.sentence) == (level, True)
    assert any("Do not cross-tabulate" in note for note in found.notes)
    assert found.notes[-1].endswith(f"(0.50 is chance), most by “{WORDINGS['q17']}”.")
    assert structure_verdict(None, WORDINGS).level == judging.OPEN


@pytest.mark.parametrize(
    ("slope", "low", "high", "level"),
    [(0.01, 0.0, 0.06, judging.EMPTY), (1.8, 1.4, 2.2, judging.POOR)],
)
def test_flat_groups_are_right_where_background_says_nothing_and_invented_ones_are_not(
    slope, low, high, level
):
    found = structure_verdict(structure(slope, low, high), WORDINGS, nothing=True)
    assert found.level == level
    assert ("1.00 is right" in found.floor) is (level == judging.POOR)


def structure(slope, low, high):
    group = GroupSummary(0.05, 0.1, "Age: 55+", slope, low, high)
    links = LinkFigures(pairs=10, real=0.15, simulated=0.05, difference=-0.1, rank_agreement=0.5)
    return Structure(
        n=200,
        association=AssociationFigures(HalvesAgreement(0.6, 0.6), {"model": MethodLinks(links, links)}),
        subgroups=SubgroupFigures((), {"model": group}),
        transfer=TransferFigures(0, 0, {}),
        fidelity={},
        detectability={"model": Detectability(0.7, 0.05, (InformativeQuestion("q17", 0.1),))},
    )
