"""One click on a flag: what changes in the draft, and that the file can always be read again."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from core.survey.quality.actions import apply_action
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, Flag, FlagKind
from core.survey.quality.review import FlagDecision, review_survey
from core.survey.readers.survey_file import RemovableKind, RemovableRows
from core.survey.taken_out import dropped_rows

ANSWERS = np.random.default_rng(3).integers(4, size=(60, 14))
ROWS = [f"p{i},{'WM'[i % 2]}," + ",".join("abcd"[a] for a in row) for i, row in enumerate(ANSWERS)]
RAW = "\n".join(["id,sex," + ",".join(f"q{j}" for j in range(14)), *ROWS, "p9x" + ROWS[9][2:]]).encode()


@pytest.fixture
def draft():
    return draft_survey(RAW, "twins.csv")


def flag_of(draft, kind):
    (flag,) = [f for f in find_flags(draft.table, draft.codebook, draft.guessed) if f.kind is kind]
    return flag


def test_dropping_duplicates_leaves_file_and_old_draft_untouched(draft):
    flag = flag_of(draft, FlagKind.DUPLICATES)
    assert flag.rows == (60,)
    cleaned = apply_action(draft, flag)
    assert (len(draft.table), len(cleaned.table)) == (61, 60)
    assert cleaned.raw == draft.raw == RAW
    assert len(build_survey(cleaned)) == 60
    assert "1 respondent was taken out: duplicates." in cleaned.warnings
    assert flag.sentence in draft.warnings and flag.sentence not in cleaned.warnings
    assert not [f for f in find_flags(cleaned.table, cleaned.codebook, True) if f.kind is flag.kind]


def test_dropped_rows_are_found_again_from_file_and_codebook(draft):
    first = Flag(FlagKind.SPEEDERS, (), 2, "s", (Action.DROP_ROWS,), (0, 5))
    once = apply_action(draft, first)
    twice = apply_action(once, Flag(FlagKind.STRAIGHT_LINING, (), 1, "s", (Action.DROP_ROWS,), (0,)))
    # positions 0 and 5 are file rows 2 and 7; what is first afterwards stands in file row 3
    taken = twice.codebook.extra["dropped_rows"]["taken_out"]
    assert taken == [{"reason": "speeders", "rows": [2, 7]}, {"reason": "straight-lining", "rows": [3]}]
    kept = Codebook.from_dict(json.loads(json.dumps(twice.codebook.to_dict())))
    assert dropped_rows(kept, RAW) == {0, 5, 1}
    assert draft_survey(RAW, "twins.csv", kept).table.equals(twice.table)


def test_rows_offered_for_removal_keep_pointing_at_the_same_people(draft):
    offers = (
        RemovableRows(RemovableKind.TEST, "s", np.array([1, 5, 9])),
        RemovableRows(RemovableKind.SPAM, "s", np.array([5])),
    )
    flag = Flag(FlagKind.SPEEDERS, (), 2, "s", (Action.DROP_ROWS,), (0, 5))
    (offer,) = apply_action(replace(draft, removable=offers), flag).removable
    # without rows 0 and 5, row 1 comes first and row 9 is the eighth
    assert offer.rows.tolist() == [0, 7]


def test_another_file_loses_nobody(draft):
    cleaned = apply_action(draft, flag_of(draft, FlagKind.DUPLICATES))
    other = RAW + b"\n"
    assert not dropped_rows(cleaned.codebook, other)
    assert len(draft_survey(other, "o.csv", cleaned.codebook).table) == 61


def test_an_excluded_column_is_listed_and_can_come_back(draft):
    flag = Flag(FlagKind.LEAK, ("q3",), 1, "s", (Action.EXCLUDE_COLUMN,))
    without = apply_action(draft, flag)
    assert "q3" not in [q.column for q in without.codebook.questions]
    assert without.codebook.extra["ignored"] == [{"column": "q3", "reason": "left out by you: leak"}]
    flags = find_flags(without.table, without.codebook, guessed=True)
    assert FlagKind.LEFT_OUT not in {flag.kind for flag in flags}
    back = apply_action(without, flag, Action.INCLUDE_COLUMN)
    assert back.codebook.question("q3").options == draft.codebook.question("q3").options
    assert "ignored" not in back.codebook.extra
    assert len(build_survey(back).items) == 14


def test_excluding_the_weight_column_removes_the_weighting():
    raw = RAW.replace(b"id,sex", b"weight,sex")
    lines = raw.decode().splitlines()
    weighted = "\n".join([lines[0], *(f"1.{i}{line[line.index(',') :]}" for i, line in enumerate(lines[1:]))])
    draft = draft_survey(weighted.encode(), "w.csv")
    assert draft.codebook.weight_column == "weight"
    flag = Flag(FlagKind.WEIGHTS, ("weight",), 1, "s", (Action.EXCLUDE_COLUMN,))
    assert (build_survey(apply_action(draft, flag)).weights == 1).all()


def test_keep_changes_nothing(draft):
    assert apply_action(draft, flag_of(draft, FlagKind.DUPLICATES), Action.KEEP) is draft


def test_the_last_background_field_and_the_last_person_stay(draft):
    with pytest.raises(CodebookError, match='No background field would be left.*"sex"'):
        apply_action(draft, Flag(FlagKind.LEAK, ("sex",), 1, "s", (Action.EXCLUDE_COLUMN,)))
    everybody = Flag(FlagKind.SPEEDERS, (), 61, "s", (Action.DROP_ROWS,), tuple(range(61)))
    with pytest.raises(CodebookError, match="Nobody would be left"):
        apply_action(draft, everybody)


def test_an_open_end_cannot_be_used():
    rows = "".join(f"{'WM'[i % 2]},{'YN'[i % 2]},my neighbour number {i} said so\n" for i in range(120))
    draft = draft_survey(("sex,tea,why\n" + rows).encode(), "t.csv")
    flag = flag_of(draft, FlagKind.FREE_TEXT)
    assert flag.columns == ("why",) and flag.is_note
    with pytest.raises(CodebookError, match="no closed answers.*120 different answers"):
        apply_action(draft, flag, Action.INCLUDE_COLUMN)


def test_a_review_replays_decisions_and_forgets_those_taken_back(draft):
    duplicates = flag_of(draft, FlagKind.DUPLICATES)
    untouched = review_survey(draft)
    assert duplicates in untouched.flags and not untouched.decided
    dropped = review_survey(
        draft, [FlagDecision(duplicates.key, Action.DROP_ROWS), FlagDecision("gone", Action.KEEP)]
    )
    assert len(dropped.draft.table) == 60
    assert [flag.kind for flag, _ in dropped.decided] == [FlagKind.DUPLICATES]
    assert FlagKind.DUPLICATES not in {flag.kind for flag in dropped.flags}
    kept = review_survey(draft, [FlagDecision(duplicates.key, Action.KEEP)])
    assert kept.draft is draft and duplicates not in kept.flags
