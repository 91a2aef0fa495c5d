import json
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from core.comparison.association import associations, compare_associations, real_variables
from core.comparison.baselines import fit_baselines
from core.comparison.detection import detectability, draw_matched
from core.comparison.fidelity import population_fidelity
from core.comparison.structure import structure
from core.comparison.structure_figures import Structure
from core.comparison.subgroups import subgroups
from core.comparison.transfer import design, effects, least_squares, transfer
from core.studio.demo import PREPARED
from tests.comparison.survey_factory import small_survey

NAMES = ("training_marginals", "logistic_regression", "gaussian_copula")
DATA = small_survey(2500, weighted=True)
TEST = DATA.part("test")
LOGS = fit_baselines(DATA.part("train"), DATA.part("validation"), TEST.profiles, NAMES)
METHODS = {name: {key: np.exp(t) for key, t in tables.items()} for name, tables in LOGS.items()}
METHODS = {"model": METHODS["logistic_regression"], **METHODS}
ITEMS = list(TEST.items)
CAR = [TEST.items[0]]


def test_associations_of_weighted_respondents():
    variables = real_variables(TEST, ITEMS)
    found = associations(variables, TEST.weights, corrected=False)
    names = list(variables.names)
    table = np.zeros((2, 2))
    areas, said = TEST.profiles["area"].to_numpy(), TEST.answers["car"].to_numpy()
    for area, answer, weight in zip(areas, said, TEST.weights, strict=True):
        table[int(area == "Country"), answer] += weight
    expected = table.sum(1)[:, None] * table.sum(0) / table.sum()
    by_hand = np.sqrt(((table - expected) ** 2 / expected).sum() / table.sum())
    assert found[names.index("area"), names.index("car")] == pytest.approx(by_hand)
    assert np.isnan(found[names.index("sex"), names.index("age")])  # demographics are not compared
    assert np.isnan(found[names.index("uses#0"), names.index("uses#1")])  # nor parts of one question
    same = compare_associations(found, found, variables.demographic).questions
    assert (same.difference, same.rank_agreement) == (0, pytest.approx(1))


def test_regressions_are_those_of_statsmodels():
    rng = np.random.default_rng(2)
    x = np.c_[np.ones(150), rng.integers(0, 2, (150, 3))]
    y, weights = x @ [1, 0.5, 0, -1] + rng.normal(0, 1 + x[:, 1], 150), rng.uniform(0.3, 2, 150)
    theirs = sm.WLS(y, x, weights=weights).fit(cov_type="HC3")
    ours, error = least_squares(x, y, weights)
    assert ours == pytest.approx(theirs.params)
    assert error == pytest.approx(theirs.bse)


def test_effects_transfer_from_the_right_model_and_not_from_the_marginals():
    found = transfer(effects(TEST, ITEMS, METHODS))
    right, flat = found.methods["logistic_regression"], found.methods["training_marginals"]
    assert right.sign_agreement > 0.5
    assert right.slope == pytest.approx(1, abs=0.35)
    assert flat.sign_agreement is None
    assert flat.slope == pytest.approx(0, abs=1e-6)
    assert right.excluded < flat.excluded


def test_categories_that_nearly_repeat_each_other_are_regressed_once():
    """Four people differ between the two; without the rule those four decide both effects of every answer."""
    area = TEST.profiles["area"].to_numpy()
    nearly = np.where(np.arange(len(TEST)) < 4, np.where(area == "City", "Country", "City"), area)
    twice = TEST.profiles.assign(sex=np.where(nearly == "City", "Female", "Male"))
    # intercept, sex, three of age (missing is one) and, where it is not nearly sex, area
    assert (design(TEST.profiles, TEST).shape[1], design(twice, TEST).shape[1]) == (6, 5)


def test_unrelated_answers_have_five_percent_of_effects_and_no_slope():
    rng = np.random.default_rng(4)
    mixed = replace(TEST, profiles=TEST.profiles.iloc[rng.permutation(len(TEST))].reset_index(drop=True))
    found = transfer(effects(mixed, ITEMS, METHODS))
    assert found.significant / found.coefficients < 0.15
    assert found.methods["training_marginals"].slope is None
    assert subgroups(mixed, CAR, METHODS).methods["model"].slope is None


def test_group_differences_have_slope_one_zero_or_two():
    flat, right = METHODS["training_marginals"]["car"], METHODS["logistic_regression"]["car"]
    mean = np.average(right, axis=0, weights=TEST.weights)
    twice = {"car": mean + 2 * (right - mean)}
    found = subgroups(TEST, CAR, {"right": {"car": right}, "flat": {"car": flat}, "twice": twice})
    slopes = {name: figures.slope for name, figures in found.methods.items()}
    assert slopes["flat"] == pytest.approx(0, abs=1e-9)
    assert slopes["right"] == pytest.approx(1, abs=0.25)
    assert slopes["twice"] == pytest.approx(2 * slopes["right"])
    assert found.methods["flat"].tv > found.methods["right"].tv


def test_small_groups_are_suppressed():
    rows = np.r_[
        np.flatnonzero(TEST.profiles["area"] == "City"),
        np.flatnonzero(TEST.profiles["area"] == "Country")[:9],
    ]
    few = TEST.take(rows)
    found = subgroups(few, CAR, {"model": {"car": METHODS["model"]["car"][rows]}}).groups
    country = next(g for g in found if g.option == "Country")
    assert country.suppressed and country.floor is None
    told = country.to_dict()
    assert told["suppressed"] is True and not {"floor", "model"} & told.keys()


def test_fidelity_punishes_a_model_that_gives_everybody_the_same():
    perfect = {i.key: np.eye(len(i.answers))[np.maximum(TEST.answers[i.key].to_numpy(), 0)] for i in ITEMS}
    same, flat = (population_fidelity(TEST, CAR, t)[0] for t in (perfect, METHODS["training_marginals"]))
    assert same.pfs == pytest.approx(1)
    assert flat.score_adaptability == pytest.approx(0, abs=1e-9)
    assert population_fidelity(TEST, CAR, perfect)[1].group == "Gender"
    assert population_fidelity(TEST, CAR, perfect)[1].score_structure is None  # two cells have no order


def test_twins_of_the_right_model_pass_and_uniform_ones_do_not():
    few, tables = TEST.take(np.arange(250)), {k: t[:250] for k, t in METHODS["model"].items()}
    right = detectability(few, ITEMS, draw_matched(few, ITEMS, tables, 1))
    uniform = {i.key: np.full((250, len(i.answers)), 1 / len(i.answers)) for i in ITEMS}
    wrong = detectability(few, ITEMS, draw_matched(few, ITEMS, uniform, 1))
    assert right.auc < 0.6 < wrong.auc
    assert right.pmse < wrong.pmse <= 0.25
    assert wrong.telling[0].column in {i.column for i in ITEMS}


def test_all_of_it_is_stored_and_read_back_as_it_was():
    steps = []
    found = structure(TEST, DATA.part("train"), METHODS, steps.append)
    assert steps == [1, 2, 3, 4, 5]
    stored = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert Structure.from_dict(stored) == found
    assert list(stored) == ["n", "association", "subgroups", "transfer", "fidelity", "detectability"]
    assert list(stored["association"])[:3] == ["ceiling", "model", "pairs"]
    assert set(stored["association"]["ceiling"]) == {"demographics", "questions"}
    assert set(stored["subgroups"]) == {"groups", "methods", "differences"}
    assert found.fidelity["perfect"][0].pfs > found.fidelity["training_marginals"][0].pfs


def test_the_structure_of_the_prepared_study_keeps_every_key():
    (path,) = PREPARED.glob("jobs/simulate-*/outputs/structure.json")
    stored = json.loads(path.read_text())
    found = Structure.from_dict(stored)
    assert json.dumps(found.to_dict()) == json.dumps(stored)
    assert found.subgroups.methods["model"].slope == pytest.approx(0.807, abs=0.001)
