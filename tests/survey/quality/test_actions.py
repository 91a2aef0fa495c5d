"""One click on a flag: what changes in the draft, and that the file can always be read again."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import CodebookError
from core.survey.importing import build_survey, draft_survey
from core.survey.quality.actions import apply_action
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, Flag, FlagKind
from core.survey.readers.survey_file import RemovableKind, RemovableRows
from tests.survey.quality.duplicated import RAW, flag_of


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


def test_rows_offered_for_removal_keep_pointing_at_the_same_people(draft):
    offers = (
        RemovableRows(RemovableKind.TEST, "s", np.array([1, 5, 9])),
        RemovableRows(RemovableKind.SPAM, "s", np.array([5])),
    )
    flag = Flag(FlagKind.SPEEDERS, (), 2, "s", (Action.DROP_ROWS,), (0, 5))
    (offer,) = apply_action(replace(draft, removable=offers), flag).removable
    # without rows 0 and 5, row 1 comes first and row 9 is the eighth
    assert offer.rows.tolist() == [0, 7]


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


def test_the_last_demographic_and_the_last_person_stay(draft):
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
