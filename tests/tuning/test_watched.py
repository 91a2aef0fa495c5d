"""Who is looked at during a run and what they are asked: enough for a curve, little enough to wait for."""

import pytest

from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.tuning.setup import MONITORED_ITEMS, TrainingSetup


def setup(n_questions):
    """A lesson of so many questions; only its choices are asked for, so it needs no model."""
    questions = tuple(
        Question(f"q{k}", f"Question {k}", QuestionType.SINGLE, ("Yes", "No")) for k in range(n_questions)
    )
    codebook = Codebook("Long", (Demographic("a", "Area", ("City",)),), questions)
    return TrainingSetup(_Part(500), codebook.items, None, None, None)


class _Part:
    """Stands for respondents: knows how many there are."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def part(self, _):
        return self

    def take(self, rows):
        return _Part(len(rows))


@pytest.mark.parametrize(("questions", "items", "people"), [(4, 4, 100), (20, 20, 40), (104, 40, 20)])
def test_long_questionnaires_are_watched_by_an_even_choice_of_their_items(questions, items, people):
    watching = setup(questions)
    keys = [item.key for item in watching.monitored_items]
    assert len(set(keys)) == items <= MONITORED_ITEMS
    assert keys[0] == "q0" and keys[-1] == f"q{questions - 1}"
    assert len(watching.monitored) == people
