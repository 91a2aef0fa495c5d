import pytest

from core.errors import RecipeError
from core.survey.codebook import Codebook, Question, QuestionType
from core.tuning.recipe import Recipe


def test_round_trip():
    recipe = Recipe(adapter="lora", steps=3, hold_out_questions=("a", "b"))
    assert Recipe.from_dict(recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("adapter", "full"),
        ("penalty", "l1"),
        ("rank", 0),
        ("learning_rate", 0.0),
        ("steps", 0),
        ("max_seconds", -1),
    ],
)
def test_settings_out_of_range_are_named(name, value):
    with pytest.raises(RecipeError, match=f"out of range. Where: {name}"):
        Recipe(**{name: value})


def test_unknown_settings_are_named():
    with pytest.raises(RecipeError, match=r"Unknown tuning settings. Got: \['lr'\]"):
        Recipe.from_dict({"lr": 1})


def test_held_out_questions_must_exist_and_leave_something():
    codebook = Codebook("t", (), (Question("q", "?", QuestionType.SINGLE, ("Yes", "No")),))
    with pytest.raises(RecipeError, match="not in the survey"):
        Recipe(hold_out_questions=("x",)).check(codebook)
    with pytest.raises(RecipeError, match="Every question is held out"):
        Recipe(hold_out_questions=("q",)).check(codebook)


def test_the_distance_penalty_is_known_by_its_earlier_name():
    """Recipes stored by version 0.1.0 call it "seed"."""
    assert Recipe(penalty="seed") == Recipe(penalty="distance")
    stored = Recipe().to_dict() | {"penalty": "seed"}
    assert Recipe.from_dict(stored).to_dict()["penalty"] == "distance"
