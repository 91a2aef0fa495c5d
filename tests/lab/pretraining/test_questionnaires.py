import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lab.pretraining.questionnaires import Difficulty, QuestionnaireMaker


def types(level, count=60):
    maker = QuestionnaireMaker(np.random.default_rng(0))
    return {str(q.type) for _ in range(count) for q in maker.questionnaire(Difficulty(level)).questions}


@settings(max_examples=30)
@given(st.floats(0, 1), st.integers(0, 10_000))
def test_every_questionnaire_is_a_legal_codebook(level, seed):
    codebook = QuestionnaireMaker(np.random.default_rng(seed)).questionnaire(Difficulty(level))
    assert 2 <= len(codebook.demographics) <= 14
    assert all(len(set(d.options)) == len(d.options) >= 2 for d in codebook.demographics)
    for item in codebook.items:
        assert len(set(item.answers)) == len(item.answers) >= 2
        assert "{" not in item.text


def test_the_easiest_questionnaires_are_yes_or_no_and_the_full_range_has_every_type():
    assert types(0.0) == {"single"}
    assert types(1.0) == {"single", "ordinal", "numeric", "multi"}


def test_a_battery_shares_its_scale():
    maker = QuestionnaireMaker(np.random.default_rng(1))
    found = [maker.questionnaire(Difficulty(1.0)).questions for _ in range(30)]
    batteries = [[q for q in questions if q.column.startswith("b")] for questions in found]
    batteries = [b for b in batteries if b]
    assert len(batteries) > 3
    assert all(len({q.options for q in battery}) == 1 and len(battery) == 4 for battery in batteries)


def test_earlier_answers_stand_among_the_background_fields():
    maker = QuestionnaireMaker(np.random.default_rng(2))
    columns = {d.column for _ in range(30) for d in maker.questionnaire(Difficulty(1.0)).demographics}
    assert any(column.startswith("e") for column in columns)


@pytest.mark.parametrize(("level", "expected"), [(-1.0, 2), (0.0, 2), (0.25, 3), (1.0, 6), (3.0, 6)])
def test_amounts_grow_with_difficulty(level, expected):
    assert Difficulty(level).count(2, 6) == expected
