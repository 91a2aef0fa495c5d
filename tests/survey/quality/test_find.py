import pytest

from core.survey.importing import draft_survey
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, FlagKind
from tests.generated_study import NAMES


def test_personal_data_is_left_out_of_a_guessed_codebook_and_noted():
    rows = "".join(f"a{i}@example.org,{'WM'[i % 2]},{'Yes' if i % 3 else 'No'}\n" for i in range(120))
    draft = draft_survey(("account,sex,tea\n" + rows).encode(), "tea.csv")
    assert [q.column for q in draft.codebook.questions] == ["tea"]
    (flag,) = [f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.PERSONAL_DATA]
    assert flag.is_note and flag.suggested is Action.KEEP
    assert flag.sentence == '"account" looks like e-mail addresses (120 cells); it is left out.'


@pytest.mark.parametrize(
    "study",
    [*NAMES, "comma_2014", "flying_etiquette_2014", "jupyter_2020", "masculinity_2018"],
    indirect=True,
)
def test_cleaned_surveys_have_no_leaks_or_duplicates(study):
    content, codebook = (study / "clean.csv").read_bytes(), (study / "codebook.json").read_bytes()
    draft = draft_survey(content, "clean.csv", codebook)
    kinds = {flag.kind for flag in find_flags(draft.table, draft.codebook, False) if not flag.is_note}
    assert not kinds & {FlagKind.LEAK, FlagKind.DUPLICATES, FlagKind.PERSONAL_DATA, FlagKind.FREE_TEXT}
