"""*Weight 2 is the respondent twice*, asked of every weighted function of the core.

`EXACT` functions know only who weighs how much: a respondent of weight 2 and the same respondent on two
sheets are one and the same. `BASES` functions also know Kish's effective base (sum w)^2 / sum w^2, which is
smaller for one sheet of weight 2 than for two. What they must not see is whether the same weight, with the
same sum of squares, stands on two sheets (1 and 1) or on three (4/3, 1/3 and 1/3): whoever takes the number
of sheets for a base, or leaves a weight out, does. The same holds for variances with the respondent as the
unit, which add up (w r)^2. `COUNTED` are plain counts of sheets.

For all of them a sheet of weight 0 is nobody, and, unless a prior is given in respondents, only the
proportions of the weights count. Functions left out are in `EXCUSED`, with the reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import core
from tests.comparison import weighted_comparison
from tests.population import weighted_population
from tests.skewed_survey import Sheets
from tests.survey import weighted_survey
from tests.tuning import weighted_tuning
from tests.weighted_case import DATA, PLAIN, Case, assert_same

PARTS = (weighted_comparison, weighted_population, weighted_tuning, weighted_survey)
EXACT: list[Case] = [case for part in PARTS for case in part.EXACT]
BASES: list[Case] = [case for part in PARTS for case in part.BASES]
COUNTED: list[Case] = weighted_comparison.COUNTED + weighted_survey.COUNTED
PACKAGES = ("comparison", "population", "tuning", "survey", "models", "report")
HALF = np.random.default_rng(5).random(len(DATA)) < 0.5

every_case = pytest.mark.parametrize("case", EXACT + BASES, ids=lambda case: case.name)


def sheets(case: Case, *parts: float) -> Sheets:
    """Half of the people on these sheets each."""
    return Sheets.of(len(DATA), parts, HALF & ~case.single)


@pytest.mark.parametrize("case", EXACT, ids=lambda case: case.name)
def test_weight_two_is_the_respondent_twice(case):
    assert_same(case.figures(sheets(case, 2)), case.figures(sheets(case, 1, 1)), case.relative)


@every_case
def test_the_number_of_sheets_does_not_matter_but_weight_and_effective_base(case):
    found = case.figures(sheets(case, 4 / 3, 1 / 3, 1 / 3))
    assert_same(found, case.figures(sheets(case, 1, 1)), case.relative)


@pytest.mark.parametrize("case", EXACT + BASES + COUNTED, ids=lambda case: case.name)
def test_a_weight_of_0_is_nobody(case):
    """Behind every fifth person a sheet of somebody else, without weight."""
    rows = np.repeat(np.arange(len(DATA)), np.where((np.arange(len(DATA)) % 5 == 0) & ~case.single, 2, 1))
    ghost = np.r_[False, np.diff(rows) == 0]
    other = np.where(ghost, (rows + 7) % len(DATA), rows)
    ghostly = Sheets(np.where(case.single[other], rows, other), (~ghost).astype(float))
    assert_same(case.figures(ghostly), case.figures(PLAIN), case.relative)


@every_case
def test_only_proportions_of_the_weights_count(case):
    if case.scale:
        assert_same(case.figures(sheets(case, 3)), case.figures(three_times(case)), case.relative)


def three_times(case: Case) -> Sheets:
    whole = sheets(case, 3)
    return Sheets(whole.rows, 2.5 * whole.factor)


def test_every_weighted_function_is_asked_or_excused():
    covered = {_key(f) for case in EXACT + BASES for f in case.covers}
    covered |= {_key(f) for part in PARTS for f in part.EXCUSED}
    missing = sorted(set(_weighted()) - covered)
    assert not missing, f"Ask them in a weighted_*.py beside the tests, or excuse them there: {missing}"


def test_every_excuse_gives_a_reason():
    assert all(len(reason) > 20 for part in PARTS for reason in part.EXCUSED.values())


def _key(function) -> tuple[str, str]:
    function = getattr(function, "fget", function)  # of a property
    return function.__module__.split(".")[1], function.__qualname__


def _weighted() -> Iterator[tuple[str, str]]:
    """Package and name of public functions that take weights or respondents, or read weights."""
    for package in PACKAGES:
        for path in Path(core.__file__).parent.joinpath(package).rglob("*.py"):
            for owner in ast.parse(path.read_text(encoding="utf-8")).body:
                prefix = f"{owner.name}." if isinstance(owner, ast.ClassDef) else ""
                for found in owner.body if prefix else [owner]:
                    if isinstance(found, ast.FunctionDef) and _takes_weights(found):
                        name = f"{prefix}{found.name}"
                        if not any(part.startswith("_") and part != "__init__" for part in name.split(".")):
                            yield package, name


def _takes_weights(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return any(
        a.arg == "weights" or (a.annotation is not None and "SurveyData" in ast.unparse(a.annotation))
        for a in arguments
    ) or any(isinstance(node, ast.Attribute) and node.attr == "weights" for node in ast.walk(function))
