"""What a run starts from: the teacher's effects, planted in the phrases of any wording."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from transformers import AutoTokenizer

from core.models.catalogue import EMBEDDED_FOLDER
from core.models.loading import load_base
from core.models.planting import BIAS, EFFECTS, OPTION, PROFILE
from core.prompts.phrases import PhraseEncoder, Phrases
from core.prompts.template import Template, profile_lines, short_labels
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals
from core.tuning.main_effects import low_rank_effects
from core.tuning.profile_codes import ProfileCodes
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.stacked_regression import fit_stacked_regression
from core.tuning.start import STEEPEST, plant_teacher, planted_effects
from core.tuning.worker import prepare_model
from tests.skewed_survey import skewed_survey

SCRIPTS = {"codes": "{}", "Cyrillic": "Вопрос {}?", "Japanese": "質問{}", "accents": "Ünê {} àçõ"}


def setup_of(data):
    loaded = load_base("embedded", "lora")
    setup = TrainingSetup.of(data, Recipe(adapter="lora"), loaded)
    return prepare_model(loaded, setup), setup


def differences(logprob):
    """How far each person's log-probabilities are from everybody's mean, all items in one array."""
    return np.concatenate([(table - table.mean(axis=0)).ravel() for table in logprob.values()])


@pytest.fixture(scope="module")
def data():
    return skewed_survey(500, seed=3)


@pytest.fixture(scope="module")
def planted(data):
    model, setup = setup_of(data)
    plain = setup.score(model, setup.validation).logprob
    _, _, teacher = make_targets(setup)
    plant_teacher(model, setup, teacher)
    return plain, setup.score(model, setup.validation).logprob, teacher, setup


def test_before_anything_is_planted_everybody_answers_alike(planted, data):
    plain = planted[0]
    for table in plain.values():
        assert np.ptp(table, axis=0) == pytest.approx(np.zeros(table.shape[1]), abs=1e-5)


def test_a_run_starts_from_the_differences_between_people_that_its_teacher_makes(planted):
    _, start, teacher, setup = planted
    wanted = differences(teacher.logprob(ProfileCodes.of(setup.validation).codes))
    found = differences(start)
    assert np.corrcoef(wanted, found)[0, 1] > 0.8
    assert 0.7 < found.std() / wanted.std() < 1.3


def test_planted_people_have_mean_0_and_spread_1(planted):
    _, _, teacher, setup = planted
    numbers = planted_effects(setup, setup.encoder, teacher)
    train = setup.train
    options = [d.options for d in train.codebook.demographics]
    rows = [numbers[key] for key in setup.encoder.phrases.keys[: sum(map(len, options))]]
    people = ProfileCodes.of(train).one_hot() @ np.array(rows)
    weights = train.weights / train.weights.sum()
    used = np.flatnonzero(np.abs(people).sum(axis=0) > 1e-6)
    assert len(used) > 0
    assert weights @ people[:, used] == pytest.approx(np.zeros(len(used)), abs=0.05)
    assert np.sqrt(weights @ people[:, used] ** 2) == pytest.approx(np.ones(len(used)), abs=0.02)


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


@pytest.mark.parametrize("script", SCRIPTS)
def test_wording_changes_nothing(planted, data, script):
    """The same survey in codes or another script: the same start to the last bit."""
    _, start, teacher, _ = planted
    worded = reworded(data, SCRIPTS[script])
    model, setup = setup_of(worded)
    plant_teacher(model, setup, make_targets(setup)[2])
    found = setup.score(model, setup.validation).logprob
    for key, table in start.items():
        assert np.array_equal(table, found[key])


def reworded(data: SurveyData, form: str) -> SurveyData:
    """Survey with every text but the columns replaced by `form` with a number."""
    book, texts = data.codebook, dict[str, str]()

    def word(text: str) -> str:
        return texts.setdefault(text, form.format(len(texts) + 1))

    demographics = tuple(
        replace(d, label=word(d.label), options=tuple(map(word, d.options))) for d in book.demographics
    )
    questions = tuple(
        replace(
            q,
            text=word(q.text),
            options=tuple(map(word, q.options)),
            non_substantive=tuple(map(word, q.non_substantive)),
        )
        for q in book.questions
    )
    profiles = data.profiles.copy()
    for d in book.demographics:
        profiles[d.column] = profiles[d.column].map(lambda v: texts.get(v, v), na_action="ignore")
    changed: Codebook = replace(book, demographics=demographics, questions=questions)
    return replace(data, codebook=changed, profiles=profiles)
