"""The weighted functions of core.tuning, each as a case of tests/test_weight_two.py."""

from dataclasses import asdict

import numpy as np
from scipy.special import softmax

from core.models.profiles import ProfileScores
from core.prompts.template import Template
from core.survey.respondents import SurveyData
from core.survey.shares import effective_base
from core.tuning.answer_layout import AnswerLayout, typical_weights
from core.tuning.blend_weight import fit_blend_weight
from core.tuning.examples import SurveyExamples
from core.tuning.held_answers import HeldAnswers
from core.tuning.job import prepare_tuning
from core.tuning.main_effects import MainEffects, low_rank_effects
from core.tuning.partial_profiles import Expectation, fit_partial_profiles
from core.tuning.profile_codes import ProfileCodes
from core.tuning.profile_design import PrincipalAxes, ProfileDesign
from core.tuning.protected_counts import protected_moments
from core.tuning.recipe import Recipe
from core.tuning.registry import data_hash
from core.tuning.respondent_loss import (
    RespondentLosses,
    mean_nll,
    paired_difference,
    respondent_losses,
)
from core.tuning.setup import TrainingSetup
from core.tuning.stack_members import Members, fit_members, mixture
from core.tuning.stacked_regression import fit_stacked_regression, fitted_respondents
from core.tuning.targets import Marginals, SmoothedTargets, cell_targets, choose_smoothing
from tests.skewed_survey import Sheets
from tests.weighted_case import DATA, MODEL, Case

TEACHER = Marginals({item.key: np.full(len(item.answers), 1 / len(item.answers)) for item in DATA.items})
CODES = np.array([1, 2, 0])
"""Men of 55 and over in the north."""
BLANK = {key: np.log(np.exp(table).mean(axis=0)) for key, table in MODEL.items()}


def _mixture(sheets: Sheets) -> np.ndarray:
    given = np.exp(np.stack([MODEL["agree"][:, 0], MODEL["drive"][:, 1], MODEL["owns"][:, 0]], axis=1))
    data = sheets.data(DATA)
    return mixture(given[sheets.rows], data.weights, 0.0)


def _design(sheets: Sheets) -> list[np.ndarray]:
    data = sheets.data(DATA)
    codes = ProfileCodes.of(data).codes
    found = ProfileDesign.of(codes, data.weights, data.codebook, products=True)
    axes = PrincipalAxes.of(found.columns(codes), data.weights)
    return [found.pairs, found.middle, axes.centre, axes.squares]


def _layout(sheets: Sheets) -> dict[str, object]:
    data = sheets.data(DATA)
    layout = AnswerLayout.of(data, data.items)
    weights = layout.answer_weights(data)
    return {
        "base": weights.sum(axis=0),
        "shares": layout.shares(),
        "first": np.bincount(sheets.rows, weights[:, 0]),
    }


def _stacked(sheets: Sheets) -> dict[str, object]:
    data = sheets.data(DATA)
    found = fit_stacked_regression(data, data, data.items)
    whole = found.logprob(np.array([[0, 0, 0], [1, 2, 0], [0, 1, 2], [1, 1, 1]]))
    people, answers, free = low_rank_effects(found, data, 2)
    return {
        "whole": {key: np.exp(table) for key, table in whole.items()},
        "low rank": {key: softmax(people @ answers[key] + free[key], axis=1) for key in answers},
    }


def _expectation(sheets: Sheets) -> list[np.ndarray]:
    data = sheets.data(DATA)
    profiles = ProfileCodes.of(data)
    base = data.weights / data.weights.sum() * effective_base(data.weights)
    found = Expectation.of(profiles.one_hot().astype(float), profiles.sizes, base)
    return [found.centre, found.covariance]


def _parts(sheets: Sheets) -> list[np.ndarray]:
    targets = SmoothedTargets(sheets.data(DATA), TEACHER, 20.0)
    return [part for item in DATA.items for part in targets.parts(item, CODES, [0, 1, 2])]


def _labels(sheets: Sheets) -> list[np.ndarray]:
    targets = cell_targets(sheets.data(DATA), DATA.items)
    return [targets.labels(item, CODES, [0, 1, 2]) for item in DATA.items]


def _calibrate(sheets: Sheets) -> dict[str, float]:
    data = sheets.data(DATA)
    data = SurveyData(
        data.codebook, data.ids, data.profiles, data.answers, data.weights, np.full(len(data), "validation")
    )
    setup = TrainingSetup(data, data.items, Recipe(), Template(), None)
    return asdict(setup.calibrate(ProfileScores(sheets.tables(MODEL), {}), BLANK))


def _losses(sheets: Sheets, tables: dict[str, np.ndarray]) -> RespondentLosses:
    return respondent_losses(ProfileScores(sheets.tables(tables), {}), sheets.data(DATA), DATA.items)


def _difference(sheets: Sheets) -> dict[str, float]:
    even = {key: np.log(np.full(table.shape, 1 / table.shape[1])) for key, table in MODEL.items()}
    one, other = _losses(sheets, MODEL), _losses(sheets, even)
    return asdict(paired_difference(one.losses, other.losses, one.shares))


def _blend_weight(sheets: Sheets) -> float:
    data = sheets.data(DATA)
    even = {key: np.log(np.full(table.shape, 1 / table.shape[1])) for key, table in MODEL.items()}
    answers = {item.key: data.answers[item.key].to_numpy() for item in DATA.items}
    return fit_blend_weight(sheets.tables(even), sheets.tables(MODEL), answers, data.weights)


EXACT = [
    Case("validation nll", (mean_nll,),
         lambda s: mean_nll(ProfileScores(s.tables(MODEL), {}), s.data(DATA), DATA.items)),
    Case("mixture", (mixture,), _mixture),
    Case("design", (ProfileDesign.of, PrincipalAxes.of), _design, scale=False, relative=1e-6),
]  # fmt: skip

BASES = [
    Case("group shares and sizes", (SmoothedTargets.__init__, SmoothedTargets.parts), _parts),
    Case("answers' weights", (AnswerLayout.of, AnswerLayout.answer_weights), _layout),
    Case("stacked regression",
         (fit_stacked_regression, fit_members, Members.mixed, low_rank_effects, MainEffects.of_teacher,
          MainEffects.of, Expectation.exact), _stacked, relative=2e-3),
    Case("expected demographics", (Expectation.of, protected_moments), _expectation),
    Case("cell labels", (cell_targets,), _labels, relative=1e-4),
    Case("difference of two models", (respondent_losses, paired_difference), _difference),
    Case("weight of the teacher", (fit_blend_weight,), _blend_weight),
    Case("calibration of a run", (TrainingSetup.calibrate,), _calibrate, relative=1e-4),
]  # fmt: skip

EXCUSED = {
    fitted_respondents: "all of them, unless there are too many: then at random, whatever they weigh",
    typical_weights: "a mean of weights; asked as part of the stacked regression",
    fit_partial_profiles: "hides other fields of every sheet; tests/tuning/test_partial_profiles.py",
    AnswerLayout.columns: "columns of answers, whatever they weigh",
    HeldAnswers.of: "answers as the members predict them; tests/tuning/test_held_answers.py",
    HeldAnswers.mixture: "asked as part of the stacked regression, and `mixture` by itself",
    HeldAnswers.mean_nll: "a mean of folds made of neighbouring sheets; tests/tuning/test_held_answers.py",
    choose_smoothing: "looks at random answers in a random order; tests/tuning/test_targets.py",
    SurveyExamples.__init__: "picks whom to ask regardless of weights: the labels carry them",
    ProfileCodes.of: "codes profiles and reads no weights",
    TrainingSetup.of: "hands the respondents on",
    TrainingSetup.blended: "hands answers and weights to fit_blend_weight and mixes scores",
    TrainingSetup.score: "scores profiles and reads no weights",
    prepare_tuning: "writes the respondents into the job's folder",
    data_hash: "a hash of the file: other sheets are another file",
}
