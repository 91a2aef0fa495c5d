"""The weighted functions of core.survey and core.models, each as a case of tests/test_weight_two.py.

No function of core.report takes weights or respondents: its figures come computed.
"""

from dataclasses import asdict

import numpy as np

from core.models.calibration_slope import fit_calibration
from core.models.temperature import fit_temperature, shares
from core.survey.flags import find_warnings
from core.survey.library import add_survey
from core.survey.respondents import SurveyData
from core.survey.routing import find_routing
from core.survey.topline import question_topline, toplines
from core.survey.weights import weighting_efficiency
from tests.skewed_survey import Sheets
from tests.weighted_case import DATA, MODEL, Case

BLANK = {key: np.log(np.exp(table).mean(axis=0)) for key, table in MODEL.items()}


def _toplines(sheets: Sheets) -> list:
    found = toplines(sheets.data(DATA))
    return [[t.mean, [[row.answer, row.share] for row in t.rows]] for t in found]


def _precision(sheets: Sheets) -> list:
    data = sheets.data(DATA)
    found = [question_topline(data, question) for question in data.codebook.questions]
    return [
        [
            t.weighted_base / data.weights.sum(),
            t.effective_base,
            t.mean_margin,
            [row.margin for row in t.rows],
        ]
        for t in found
    ]


def _counts(sheets: Sheets) -> list:
    found = toplines(sheets.data(DATA))
    return [[t.n, t.n_missing, t.n_not_asked, [row.n for row in t.rows]] for t in found]


def _answers(data: SurveyData) -> dict[str, np.ndarray]:
    return {key: data.answers[key].to_numpy() for key in MODEL}


def _temperature(sheets: Sheets) -> float:
    data = sheets.data(DATA)
    return fit_temperature(sheets.tables(MODEL), _answers(data), data.weights)


def _calibration(sheets: Sheets) -> dict[str, float]:
    data = sheets.data(DATA)
    return asdict(fit_calibration(sheets.tables(MODEL), BLANK, _answers(data), data.weights))


EXACT = [
    Case("toplines", (toplines, question_topline), _toplines),
    Case("shares of a model", (shares,),
         lambda s: shares(s.tables(MODEL)["drive"], s.data(DATA).weights, np.array([0.5, 1.0]))),
    Case("fitted temperature", (fit_temperature,), _temperature, relative=1e-5),
]  # fmt: skip

BASES = [
    Case("margins of toplines", (question_topline,), _precision),
    Case("weighting efficiency", (weighting_efficiency,),
         lambda s: len(s.rows) * weighting_efficiency(s.data(DATA).weights)),
    Case("calibration of a model", (fit_calibration,), _calibration, relative=1e-4),
]  # fmt: skip
"""The variance behind the emphasis has the respondent as its unit."""

COUNTED = [Case("counts of toplines", (question_topline, toplines), _counts)]

EXCUSED = {
    find_routing: "who was asked is read from empty cells, a matter of sheets",
    find_warnings: "counts small groups as they are in the file",
    add_survey: "stores the weights as they are",
    SurveyData.take: "carries the weights of the chosen rows along",
    SurveyData.write: "writes the weights as they are",
    SurveyData.to_frame: "copies the weights as they are",
}
