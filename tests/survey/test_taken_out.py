import json

from core.survey.codebook import Codebook
from core.survey.importing import draft_survey
from core.survey.quality.actions import apply_action
from core.survey.quality.flag import Action, Flag, FlagKind
from core.survey.taken_out import dropped_rows
from tests.survey.quality.duplicated import RAW, flag_of


def test_dropped_rows_are_found_again_from_file_and_codebook(draft):
    first = Flag(FlagKind.SPEEDERS, (), 2, "s", (Action.DROP_ROWS,), (0, 5))
    once = apply_action(draft, first)
    twice = apply_action(once, Flag(FlagKind.STRAIGHT_LINING, (), 1, "s", (Action.DROP_ROWS,), (0,)))
    # positions 0 and 5 are file rows 2 and 7; what is first afterwards stands in file row 3
    taken = twice.codebook.extra["dropped_rows"]["taken_out"]
    assert taken == [{"reason": "speeders", "rows": [2, 7]}, {"reason": "straight-lining", "rows": [3]}]
    kept = Codebook.from_dict(json.loads(json.dumps(twice.codebook.to_dict())))
    assert dropped_rows(kept, RAW) == {0, 5, 1}
    assert draft_survey(RAW, "duplicates.csv", kept).table.equals(twice.table)


def test_another_file_loses_nobody(draft):
    cleaned = apply_action(draft, flag_of(draft, FlagKind.DUPLICATES))
    other = RAW + b"\n"
    assert not dropped_rows(cleaned.codebook, other)
    assert len(draft_survey(other, "o.csv", cleaned.codebook).table) == 61
