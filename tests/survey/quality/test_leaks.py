"""Leaks in small tables whose counts can be checked by eye, and in files with a known leak."""

import pandas as pd

from core.survey.importing import draft_survey
from core.survey.quality.find import find_flags
from core.survey.quality.flag import Action, FlagKind
from core.survey.quality.leaks import find_leaks
from tests.generated_study import LEAK, LEAK_ANSWER, PLAIN
from tests.survey.quality.small_tables import book, column, scale


def test_a_field_that_is_empty_for_one_answer_leaks():
    codebook = book(scale("fly", ["Never", "Often"], "single"), scale("rude", ["No", "Yes"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *([None] * 25 + ["W", "M"] * 50))})
    answers = pd.DataFrame({"fly": [0] * 23 + [1] * 102, "rude": [-1] * 25 + [0, 1] * 50})
    (flag,) = find_leaks(codebook, profiles, answers)
    assert flag.columns == ("sex",) and flag.suggested is Action.EXCLUDE_COLUMN
    # 23 of 25 are 92 %, none of the other 100
    assert '25 respondents have no answer to "sex", and 92 % answered "Never" to "fly"' in flag.sentence
    assert "but none of the others" in flag.sentence


def test_a_value_that_gives_an_answer_away_leaks_and_a_common_answer_does_not():
    codebook = book(scale("kids", ["No", "Yes"], "single"), scale("hat", ["No", "Yes"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *(["W"] * 30 + ["M"] * 30))})
    answers = pd.DataFrame({"kids": [0] * 30 + [1] * 30, "hat": [0] * 57 + [1] * 3})
    (flag,) = find_leaks(codebook, profiles, answers)
    assert flag.count == 1 and '30 respondents with "W" in "sex"' in flag.sentence
    few = slice(11, 49)  # 19 of each sex prove nothing
    assert not list(find_leaks(codebook, profiles[few], answers[few]))


def test_where_a_car_is_parked_leaks_who_will_not_buy_one(generated_surveys):
    draft = draft_survey((generated_surveys / PLAIN / "raw.csv").read_bytes(), "raw.csv")
    (leak,) = (f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.LEAK)
    assert leak.columns == (LEAK,)
    assert f'answered "{LEAK_ANSWER}" to "What will your next car most likely run on?"' in leak.sentence


def test_height_and_children_leak_who_never_flies(surveys):
    draft = draft_survey((surveys / "flying_etiquette_2014" / "raw.csv").read_bytes(), "raw.csv")
    leaks = {
        f.columns[0]: f for f in find_flags(draft.table, draft.codebook, True) if f.kind is FlagKind.LEAK
    }
    assert set(leaks) == {"How tall are you?", "Do you have any children under 18?"}
    assert "182 respondents have no answer" in leaks["How tall are you?"].sentence
    assert all('"Never" to "How often do you travel by plane?"' in f.sentence for f in leaks.values())
