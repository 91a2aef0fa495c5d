"""The weighted functions of core.population, each as a case of tests/test_weight_two.py."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.population.association import associations
from core.population.building import build_population, diagnose, own_marginals
from core.population.diagnosis import Diagnosis
from core.population.drawing import DrawMethod, draw, draw_counts
from core.population.feasibility import raking_cells
from core.population.marginals import Marginals, survey_joint, survey_marginals
from core.population.mix import Mix, mix
from core.population.plan import PopulationPlan
from core.population.raking import RakingResult, rake
from core.population.raking_margins import Margin, code_margins, worst_error
from core.population.screening import Frame, Screener
from core.population.smoothing import _draw_from_tree, unseen_profiles
from core.population.starting_sample import fill_missing, starting_sample
from core.survey.respondents import SurveyData
from tests.skewed_survey import Sheets
from tests.weighted_case import DATA, NOBODY, Case, per_person

TARGETS = Marginals({"sex": {"Female": 0.7, "Male": 0.3}, "age": {"18-34": 0.3, "35-54": 0.3, "55+": 0.4}})
DRIVERS = Screener({"owns": ("Yes",)})
GAPS = NOBODY.copy()
GAPS[::15] = True


def _associations(sheets: Sheets) -> list:
    drawn = (np.arange(len(DATA)) % 4)[sheets.rows] * sheets.factor
    return [vars(a) for a in associations(*_profiles(sheets), drawn)]


def _profiles(sheets: Sheets) -> tuple[pd.DataFrame, np.ndarray]:
    data = sheets.data(DATA)
    return data.profiles, data.weights


def _diagnose(sheets: Sheets) -> list:
    found = []
    for frame in Frame:
        plan = PopulationPlan(TARGETS, screener=Screener(DRIVERS.conditions, frame))
        result = diagnose(sheets.data(DATA), plan)
        found.append([result.effective_base, result.incidence, [vars(m) for m in result.missing]])
    return found


def _people(sheets: Sheets) -> pd.DataFrame:
    plan = PopulationPlan(TARGETS, 500, method=DrawMethod.SYSTEMATIC)
    return build_population(sheets.data(DATA), plan).people


def _draw(sheets: Sheets) -> np.ndarray:
    return sheets.rows[draw(sheets.data(DATA).weights, 300, np.random.default_rng(2))]


def _draw_counts(sheets: Sheets) -> np.ndarray:
    profiles, weights = _profiles(sheets)
    rng = np.random.default_rng(2)
    return per_person(sheets, draw_counts(profiles, weights, [], 300, DrawMethod.SYSTEMATIC, rng)[0])


def _margins(sheets: Sheets) -> list:
    profiles, weights = _profiles(sheets)
    margins = code_margins(profiles, TARGETS)
    totals = [m.totals(weights) / weights.sum() for m in margins]
    return [worst_error(margins, weights), totals, [m.achieved(weights) for m in margins]]


def _cells(sheets: Sheets) -> list:
    profiles, weights = _profiles(sheets)
    cells = raking_cells(code_margins(profiles, TARGETS), weights)
    of = np.full(len(DATA), -1)
    np.maximum.at(of, sheets.rows, cells.of)
    return [cells.incidence.toarray(), cells.asked, of]


def _rake(sheets: Sheets) -> np.ndarray:
    weights = rake(*_profiles(sheets), TARGETS).weights
    return per_person(sheets, weights) / weights.sum()


def _mix(sheets: Sheets) -> list:
    cells = DATA.profiles.drop_duplicates().head(12).reset_index(drop=True)
    found = mix(cells, np.arange(1.0, 13), sheets.data(DATA), TARGETS)
    return [found.unseen, found.unseen_share, found.weights]


def _gappy(sheets: Sheets) -> SurveyData:
    profiles = DATA.profiles.copy()
    profiles.loc[GAPS, "age"] = pd.NA
    return sheets.data(replace(DATA, profiles=profiles))


def _filled(sheets: Sheets) -> pd.DataFrame:
    data = _gappy(sheets)
    filled, count = fill_missing(data.profiles, ["age"], data.weights, np.random.default_rng(0))
    return filled[GAPS[sheets.rows]].reset_index(drop=True).assign(count=count)


def _seed(sheets: Sheets) -> pd.DataFrame:
    made = starting_sample(_gappy(sheets), ["age"], DRIVERS, 0.0, np.random.default_rng(0))
    total = per_person(sheets, made.weights) / made.weights.sum()
    rows = np.flatnonzero(GAPS[sheets.rows])
    found = made.profiles.iloc[rows].reset_index(drop=True)
    return found.assign(weight=total[GAPS], passes=made.qualified[rows])


def _tree(sheets: Sheets) -> np.ndarray:
    profiles, weights = _profiles(sheets)
    codes = np.column_stack(
        [pd.Index(d.options).get_indexer(profiles[d.column]) for d in DATA.codebook.demographics]
    )
    return _draw_from_tree(codes, weights, 2000, np.random.default_rng(0))


EXACT = [
    Case("survey marginals", (survey_marginals,), lambda s: survey_marginals(s.data(DATA)).shares),
    Case("own marginals of the qualified", (own_marginals, Screener.qualified),
         lambda s: own_marginals(
             s.data(DATA), PopulationPlan(screener=Screener(DRIVERS.conditions, Frame.QUALIFIED))
         ).shares),
    Case("survey joint", (survey_joint,), lambda s: survey_joint(s.data(DATA), ("age", "sex"))),
    Case("margins", (Margin.totals, Margin.achieved, worst_error), _margins),
    Case("occurring cells", (raking_cells,), _cells),
    Case("raking", (rake,), _rake),
    Case("draw", (draw,), _draw),
    Case("draw counts", (draw_counts,), _draw_counts),
    Case("people", (build_population,), _people),
    Case("filled gaps", (fill_missing,), _filled, single=GAPS),
    Case("seed", (starting_sample,), _seed, single=GAPS),
    Case("likely profiles", (_draw_from_tree,), _tree),
    Case("profiles a mix leaves out", (mix,), _mix),
]  # fmt: skip
"""Raking without a cap: a cap is a limit to the weight of one sheet."""

BASES = [
    Case("associations of demographics", (associations,), _associations, scale=False),  # people are counted
    Case("diagnosis", (diagnose, Diagnosis.effective_base), _diagnose),
    Case("raked base", (RakingResult.effective_base,),
         lambda s: rake(*_profiles(s), TARGETS).effective_base),
]  # fmt: skip

EXCUSED = {
    unseen_profiles: "draws five profiles for every sheet; the tree it draws from is tested here",
    Mix.verdict: "only asks whether there are weights",
}
