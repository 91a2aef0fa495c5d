"""The optimiser: the words of the survey learn faster than the layers."""

from core.tuning import checkpoint
from core.tuning.stepper import WORD_RATE, make_optimiser
from tests.tuning.cars_survey import cars
from tests.tuning.test_trainer import lesson_of


def test_words_of_the_survey_have_a_rate_of_their_own():
    setup, model = lesson_of(cars(40), learning_rate=1e-3)
    rate_of = {
        id(p): (group["lr"], group["initial_lr"])
        for group in make_optimiser(model, setup.recipe).param_groups
        for p in group["params"]
    }
    trained = checkpoint.trained(model)
    words = {name for name in trained if "trainable_tokens" in name}
    assert words and len(words) < len(trained) == len(rate_of)
    for name, parameter in trained.items():
        rate = 1e-3 * (WORD_RATE if name in words else 1)
        assert rate_of[id(parameter)] == (rate, rate)
    assert WORD_RATE == 5
