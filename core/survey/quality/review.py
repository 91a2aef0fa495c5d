"""A draft with its flags and what the researcher decided about them, replayed in order.

Decisions are kept by the name of the flag, so one can be taken back: the rest is replayed from the draft as
it was read. A decision about a flag that no longer comes up is passed over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.survey.quality.actions import apply_action
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, Flag

if TYPE_CHECKING:
    from core.survey.importing import SurveyDraft


@dataclass(frozen=True)
class FlagDecision:
    """What is to be done about one flag, named by `Flag.key`."""

    flag_key: str
    action: Action


@dataclass(frozen=True)
class Review:
    """Where a draft stands.

    Attributes
    ----------
    draft
        After all decisions.
    flags
        Those still open, warnings before notes.
    decided
        Flags that were decided about, as they were then, with the action, in order.
    """

    draft: "SurveyDraft"
    flags: tuple[Flag, ...]
    decided: tuple[tuple[Flag, Action], ...]


def review_survey(draft: "SurveyDraft", decisions: Iterable[FlagDecision] = ()) -> Review:
    """Find flags, apply the decisions one after the other, and list what is still open.

    Raises
    ------
    CodebookError
        If a decision cannot be carried out, such as leaving out the last question.
    """
    flags = find_flags(draft.table, draft.codebook, draft.guessed)
    decided: list[tuple[Flag, Action]] = []
    for decision in decisions:
        flag = next((flag for flag in flags if flag.key == decision.flag_key), None)
        if flag is None:
            continue
        changed = apply_action(draft, flag, decision.action)
        if changed is not draft:
            draft = changed
            flags = find_flags(draft.table, draft.codebook, draft.guessed)
        decided.append((flag, decision.action))
    settled = {flag.key for flag, _ in decided}
    return Review(draft, tuple(flag for flag in flags if flag.key not in settled), tuple(decided))
