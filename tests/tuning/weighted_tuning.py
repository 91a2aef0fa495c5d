"""The weighted functions of core.tuning, each as a case of tests/test_weight_two.py."""

from dataclasses import asdict

import numpy as np
import torch

from core.models.profiles import ProfileScores
from core.prompts.template import Template
from core.survey.respondents import SurveyData
from core.tuning.blend_weight import fit_blend_weight
from core.tuning.examples import SurveyExamples
from core.tuning.job import prepare_tuning
from core.tuning.main_effects import (
    MainEffects,
    ProfileCodes,
    _AnswerLayout,
    fit_main_effects,
)
from core.tuning.recipe import Recipe
from core.tuning.registry import data_hash
from core.tuning.respondent_loss import (
    RespondentLosses,
    mean_nll,
    paired_difference,
    respondent_losses,
)
from core.tuning.setup import TrainingSetup
from core.tuning.stacked_regression import fit_stacked_regression
from core.tuning.targets import SmoothedTargets, cell_targets, choose_smoothing
from tests.skewed_survey import Sheets
from tests.weighted_case import DATA, MODEL, Case

WIDTH = ProfileCodes.of(DATA).width
EFFECTS = MainEffects(
    {item.key: np.log(np.full(len(item.answers), 1 / len(item.answers))) for item in DATA.items},
    {item.key: np.zeros((WIDTH, len(item.answers))) for item in DATA.items},
    0.1,
    0.0,
)
CODES = np.array([1, 2, 0])
"""Men of 55 and over in the north."""
BLANK = {key: np.log(np.exp(table).mean(axis=0)) for key, table in MODEL.items()}


def _loss(sheets: Sheets) -> np.ndarray:
    data, layout = sheets.data(DATA), _AnswerLayout.of(DATA.items)
    logits = torch.from_numpy(np.concatenate(list(sheets.tables(MODEL).values()), axis=1))[None]
    owner = layout.owner.double()
    layout = _AnswerLayout(layout.items, layout.parts, owner)
    return layout.loss(logits, layout.codes(data), torch.from_numpy(data.weights)).numpy()


def _parts(sheets: Sheets) -> list[np.ndarray]:
    targets = SmoothedTargets(sheets.data(DATA), EFFECTS, 20.0)
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
    Case("loss of the main effects", (_AnswerLayout.loss,), _loss),
]  # fmt: skip

BASES = [
    Case("group shares and sizes", (SmoothedTargets.__init__, SmoothedTargets.parts), _parts),
    Case("cell labels", (cell_targets,), _labels, relative=1e-4),
    Case("difference of two models", (respondent_losses, paired_difference), _difference),
    Case("weight of the teacher", (fit_blend_weight,), _blend_weight),
    Case("calibration of a run", (TrainingSetup.calibrate,), _calibrate, relative=1e-4),
]  # fmt: skip

EXCUSED = {
    fit_main_effects: "hides other fields of every sheet in every pass; tests/tuning/test_targets.py",
    choose_smoothing: "looks at random answers in a random order; tests/tuning/test_targets.py",
    fit_stacked_regression: "tests/tuning/test_stacked_regression.py asks it",
    SurveyExamples.__init__: "picks whom to ask regardless of weights: the labels carry them",
    ProfileCodes.of: "codes profiles and reads no weights",
    TrainingSetup.of: "hands the respondents on",
    TrainingSetup.blended: "hands answers and weights to fit_blend_weight and mixes scores",
    TrainingSetup.score: "scores profiles and reads no weights",
    prepare_tuning: "writes the respondents into the job's folder",
    data_hash: "a hash of the file: other sheets are another file",
}
