"""Structure axis: associations of answers, groups and effects of demographics, for the model and baselines.

Everything is computed for the respondents compared with, at the fitted temperature, once per simulation: it
takes seconds to a minute and needs more respondents than a filter leaves.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from core.comparison.association import (
    associations,
    compare_associations,
    halves_agreement,
    real_variables,
    simulated_variables,
)
from core.comparison.comparison import HEADLINE_TYPES
from core.comparison.copula import Copula
from core.comparison.detection import detectability, draw_matched
from core.comparison.fidelity import population_fidelity
from core.comparison.structure_figures import (
    PERFECT,
    AssociationFigures,
    MethodLinks,
    Pair,
    Structure,
)
from core.comparison.subgroups import subgroups
from core.comparison.transfer import effects, transfer
from core.survey.codebook import Item
from core.survey.respondents import SurveyData

STEPS = 5
SHOWN = ("model", "untuned", "training_marginals", "logistic_regression", "gaussian_copula")
"""Methods the structure is computed for, where they exist."""
MOST_ITEMS = 120
"""Detectability and associations look at the first this many items."""


def structure(
    real: SurveyData,
    train: SurveyData,
    methods: Mapping[str, Mapping[str, np.ndarray]],
    on_step: Callable[[int], None] = lambda done: None,
) -> Structure:
    """Figures of the structure axis.

    Parameters
    ----------
    real
        The n respondents compared with.
    train
        The training respondents, for the copula's joint draws.
    methods
        Name -> item key -> probabilities (n, K); "model" first.
    on_step
        Called with the number of steps done, of `STEPS`; may raise to stop.
    """
    items = [item for item in real.items if item.key in methods["model"]][:MOST_ITEMS]
    methods = {name: methods[name] for name in SHOWN if name in methods}
    headline = [i for i in items if i.type in HEADLINE_TYPES] or items
    matched = _matched(real, train, items, methods)
    association = _association(real, items, methods, matched)
    on_step(1)
    groups = subgroups(real, headline, methods)
    on_step(2)
    transferred = transfer(effects(real, items, methods))
    on_step(3)
    fidelity = {name: population_fidelity(real, items, tables) for name, tables in methods.items()}
    # real answers drawn from the model itself: what a perfect simulation scores with this many respondents
    drawn = real.answers.copy()
    for item in items:
        drawn[item.key] = np.where(real.answers[item.key] >= 0, matched["model"][item.key], -1).astype(
            "int16"
        )
    fidelity[PERFECT] = population_fidelity(replace(real, answers=drawn), items, methods["model"])
    on_step(4)
    detected = {n: detectability(real, items, answers) for n, answers in matched.items() if n != "untuned"}
    on_step(5)
    return Structure(len(real), association, groups, transferred, fidelity, detected)


def _matched(
    real: SurveyData, train: SurveyData, items: list[Item], methods: Mapping[str, Mapping[str, np.ndarray]]
) -> dict[str, dict[str, np.ndarray]]:
    """Drawn answers of every respondent, method -> item key -> (n,); the copula draws its answers jointly."""
    found = {name: draw_matched(real, items, tables, seed=1) for name, tables in methods.items()}
    if "gaussian_copula" in methods:
        found["gaussian_copula"] = Copula(train).draw(real.profiles, seed=1)
    return found


def _association(
    real: SurveyData,
    items: list[Item],
    methods: Mapping[str, Mapping[str, np.ndarray]],
    matched: Mapping[str, Mapping[str, np.ndarray]],
) -> AssociationFigures:
    """Associations of every method against the real ones; V of all pairs, (blocks, blocks), for the model."""
    variables = real_variables(real, items)
    truth = associations(variables, real.weights, corrected=True)
    found: dict[str, MethodLinks] = {}
    pairs: tuple[Pair, ...] = ()
    for name, tables in methods.items():
        joint = name == "gaussian_copula"  # drawn, so its chance associations are corrected as well
        if joint:
            tables = {i.key: np.eye(len(i.answers))[matched[name][i.key]] for i in items}
        simulated = associations(simulated_variables(real, items, tables), real.weights, corrected=joint)
        found[name] = compare_associations(truth, simulated, variables.demographic)
        if name == "model":
            pairs = _pairs(variables.names, truth, simulated)
    return AssociationFigures(halves_agreement(variables, real.weights), found, pairs)


def _pairs(names: tuple[str, ...], real: np.ndarray, simulated: np.ndarray) -> tuple[Pair, ...]:
    """Compared pairs: two names, real V and simulated V."""
    both = np.isfinite(real) & np.isfinite(simulated)
    return tuple(
        (names[i], names[j], round(float(real[i, j]), 4), round(float(simulated[i, j]), 4))
        for i, j in zip(*np.nonzero(both), strict=True)
    )
