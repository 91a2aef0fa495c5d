"""Start of a run: what is planted says of every profile what the low-rank part of the teacher says."""

import numpy as np
import pytest
from scipy.special import softmax
from transformers import AutoTokenizer

from core.models.catalogue import EMBEDDED_FOLDER
from core.models.planting import BIAS, EFFECTS, OPTION, PROFILE
from core.prompts.phrases import PhraseEncoder, Phrases
from core.prompts.template import Template, profile_lines, short_labels
from core.survey.shares import training_marginals
from core.tuning.main_effects import low_rank_effects
from core.tuning.profile_codes import ProfileCodes
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup
from core.tuning.stacked_regression import fit_stacked_regression
from core.tuning.start import STEEPEST, planted_effects
from tests.skewed_survey import skewed_survey


def test_planted_numbers_give_back_the_low_rank_log_odds():
    data = skewed_survey(500, seed=1)
    train = data.part("train")
    shares = {item.key: training_marginals(train, item) for item in data.items}
    tokenizer = AutoTokenizer.from_pretrained(EMBEDDED_FOLDER)
    encoder = PhraseEncoder(tokenizer, Phrases.of(data.codebook, data.items, shares))
    setup = TrainingSetup(data, data.items, Recipe(seed=3), Template(), encoder)
    teacher = fit_stacked_regression(train, setup.validation, data.items, seed=3)
    found = planted_effects(setup, encoder, teacher)
    labels = short_labels(data.codebook)
    lines = [
        profile_lines({labels[d.column]: option})[0]
        for d in data.codebook.demographics
        for option in d.options
    ]
    shown = ProfileCodes.of(train).one_hot()
    people = shown @ np.array([found[line][PROFILE] for line in lines])  # (n, effects)
    low, answers, free = low_rank_effects(teacher, train, EFFECTS, seed=3)
    checked = []
    for item in data.items:
        options = [phrase for phrase in encoder.lines_of(item) if phrase.band is not None]
        numbers = np.array([found[phrase.key] for phrase in options])  # (bands, planted)
        assert [phrase.band for phrase in options] == list(range(len(options)))
        if np.abs(numbers[:, BIAS]).max() == STEEPEST or len(options) < len(item.answers):
            continue  # a steep base rate is clipped, and answers of a band are offered together
        expected = softmax(shown @ low @ answers[item.key] + free[item.key], axis=1)
        planted = softmax(people @ numbers[:, OPTION].T + numbers[:, BIAS].ravel(), axis=1)
        assert planted == pytest.approx(expected, abs=1e-5), item.key
        checked.append(item.key)
    assert len(checked) >= 4
