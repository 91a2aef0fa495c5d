"""Start of a run from its teacher: the low-rank part of the teacher's effects, planted in the phrases.

Only for base models that were pre-trained to read planted effects, see `core.models.planting`. From there the
run goes on by gradient steps; without a start it would spend most of them on finding what is known already.
"""

import numpy as np
import torch
from scipy.special import softmax
from torch import nn

from core.models.planting import EFFECTS, PLANTED, planted_option, planted_profile, planted_rows
from core.prompts.phrases import LINE, PhraseEncoder
from core.prompts.template import option_lines
from core.survey.answer_bands import answer_bands
from core.survey.codebook import Item
from core.tuning.main_effects import low_rank_effects
from core.tuning.profile_codes import ProfileCodes
from core.tuning.setup import TrainingSetup
from core.tuning.stacked_regression import StackedRegression

STEEPEST = 6.0
"""Largest base rate in log-odds that is planted; beyond, the model learns by itself."""


def plant_teacher(model: nn.Module, setup: TrainingSetup, teacher: StackedRegression | None) -> None:
    """Write the teacher's effects into the trained embedding rows of `model`; of None, the plain rows alone.

    Does nothing for models that read words.
    """
    encoder = setup.encoder
    if not isinstance(encoder, PhraseEncoder):
        return
    plain = plain_tokens(setup, encoder)
    known = {} if teacher is None else planted_effects(setup, encoder, teacher)
    rows = planted_rows(model.get_input_embeddings().weight, encoder.ids, plain, known)  # type: ignore[operator]
    place = {token: k for k, token in enumerate(setup.survey_tokens() or ())}
    ((_, delta),) = [(n, p) for n, p in model.named_parameters() if "trainable_tokens_delta" in n]
    with torch.no_grad():
        for token, row in rows.items():
            delta[place[token]] = row.to(delta)


def plain_tokens(setup: TrainingSetup, encoder: PhraseEncoder) -> dict[str, int]:
    """Key of each phrase of the survey -> the plain token of its kind."""
    plain = dict.fromkeys(encoder.ids, encoder.id_of(LINE))
    for item in setup.items:
        plain |= {phrase.key: encoder.id_of(phrase.plain) for phrase in encoder.lines_of(item)}
    return plain


def planted_effects(
    setup: TrainingSetup, encoder: PhraseEncoder, teacher: StackedRegression
) -> dict[str, np.ndarray]:
    """Numbers (PLANTED,) for each phrase, from the teacher's effects factorised to `EFFECTS` dimensions."""
    # (width, R), item key -> (R, K), item key -> (K,)
    people, answers, intercepts = low_rank_effects(teacher, setup.train, EFFECTS, setup.recipe.seed)
    people, answers, intercepts = _standardised(setup, people, answers, intercepts)
    lines = option_lines(setup.data.codebook)  # one for each row of `people`
    found = {line: planted_profile(effect) for line, effect in zip(lines, people, strict=True)}
    for item in setup.items:
        found |= _of_item(encoder, item, answers[item.key], intercepts[item.key])
    return found


def _of_item(
    encoder: PhraseEncoder, item: Item, answers: np.ndarray, intercept: np.ndarray
) -> dict[str, np.ndarray]:
    """Numbers for the phrases of an item: `answers` (R, K), `intercept` (K,)."""
    bands = answer_bands(item)
    # (B,): log-odds of bands are those of their answers together; people move a band's answers alike
    base = np.log(bands.sum(softmax(intercept)))
    base = np.clip(base - base.mean(), -STEEPEST, STEEPEST)
    directions = answers[:, bands.firsts].T  # (B, R)
    return {
        phrase.key: np.zeros(PLANTED)
        if phrase.band is None
        else planted_option(directions[phrase.band], base[phrase.band])
        for phrase in encoder.lines_of(item)
    }


def _standardised(
    setup: TrainingSetup,
    people: np.ndarray,
    answers: dict[str, np.ndarray],
    intercepts: dict[str, np.ndarray],
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The same effects with training respondents of mean 0 and standard deviation 1 in every dimension."""
    train = setup.train
    shown = ProfileCodes.of(train).one_hot()  # (n, width)
    weights = train.weights / train.weights.sum()
    mean = np.zeros(people.shape[1])
    people, start = people.copy(), 0
    for demographic in setup.data.codebook.demographics:
        part = slice(start, start + len(demographic.options))
        counts = weights @ shown[:, part]  # (options,) share of everybody; those without a value count 0
        centre = counts @ people[part] / max(counts.sum(), 1e-9)
        people[part] -= centre
        mean, start = mean + centre, part.stop
    spread = np.sqrt(weights @ (shown @ people) ** 2)
    spread = np.where(spread > 1e-9, spread, 1.0)
    return (
        people / spread,
        {key: table * spread[:, None] for key, table in answers.items()},
        {key: intercepts[key] + mean @ answers[key] for key in answers},
    )
