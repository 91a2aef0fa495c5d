from core.survey.quality.flag import Action, FlagKind
from core.survey.quality.review import FlagDecision, review_survey
from tests.survey.quality.duplicated import flag_of


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
