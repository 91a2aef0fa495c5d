"""Population Fidelity Score: accuracy, adaptability and structure of group answers, by demographic.

Its cells are groups: the categories of each demographic with an effective base of 30. The score is the
geometric mean of how close the cells are (normalised earth mover's distance), whether they differ from one
another as much as the real ones do, and whether the same ones differ; a model that gives everybody the same
answer fails on the last two. It needs an order of the answers, so it is computed for ordinal, numeric and
two-option questions. Computed by popfidelity.

Source: da Silva et al. (2026), arXiv 2609.36253.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import popfidelity

from core.comparison.measures import rescale
from core.comparison.structure_figures import FidelityScore
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base, real_shares

COMPONENTS = ("score_accuracy", "score_adaptability", "score_structure", "pfs")
POPULATION = "population"


def population_fidelity(
    real: SurveyData, items: list[Item], probability: Mapping[str, np.ndarray]
) -> tuple[FidelityScore, ...]:
    """Population Fidelity Scores, pooled and by demographic, means over questions.

    Parameters
    ----------
    real
        The n respondents compared with.
    items
        Items to compare; those without an order are left out.
    probability
        Item key -> (n, K).

    Returns
    -------
    tuple of FidelityScore
        The population first, then each demographic.
    """
    frames = []
    for item in items:
        # one row per cell, demographic and the whole population, with the components as columns
        if item.is_ordered or len(item.answers) == 2:
            cells = _cells(real, item, probability[item.key])
            if cells is not None:
                frame = popfidelity.score_groups(*cells, threads=1)
                frames.append(frame.assign(question=item.key))
    if not frames:
        return ()
    table = pd.concat(frames, ignore_index=True)
    labels = {d.column: d.label for d in real.codebook.demographics}
    order = [name for name in (POPULATION, *labels) if name in set(_groups(table))]
    table["about"] = _groups(table)
    return tuple(
        FidelityScore(
            labels.get(name, "All groups"),
            int(found["n_cells"].max()),
            len(found),
            **{
                component: _mean(found[component])
                if found["n_cells"].max() > 2 or component in COMPONENTS[:2]
                else None
                for component in COMPONENTS
            },
        )
        for name in order
        for found in [table[table["about"] == name]]
    )


def _groups(table: pd.DataFrame) -> list[str]:
    """Column of the demographic each row is about, or `POPULATION`."""
    return [
        POPULATION if group == POPULATION else str(level)
        for group, level in zip(table["group"], table["level"], strict=True)
    ]


def _mean(values: pd.Series) -> float | None:
    """Mean of the values that are defined; None without any."""
    mean = float(np.mean([v for v in values if not math.isnan(v)] or [math.nan]))
    return None if math.isnan(mean) else mean


def _cells(
    real: SurveyData, item: Item, probability: np.ndarray
) -> tuple[popfidelity.Cells, popfidelity.Cells, popfidelity.Facets] | None:
    """Real and simulated shares of one item in every group, and which demographic a group belongs to.

    None with fewer than two answers on the scale or three groups.
    """
    answers = real.answers[item.key].to_numpy()
    scale = np.flatnonzero(np.isfinite(item.value_array)) if item.is_ordered else np.arange(len(item.answers))
    on_scale = (answers >= 0) & np.isin(answers, scale)
    if len(scale) < 2:
        return None
    # position among the S answers of the scale, (n,); who is off it gets the first and is left out below
    place = np.searchsorted(scale, np.where(on_scale, answers, scale[0]))
    person = rescale(probability[:, scale])  # (n, S)
    labels, families, said, simulated, bases = [], [], [], [], []
    for demographic in real.codebook.demographics:
        for option in demographic.options:
            rows = on_scale & (real.profiles[demographic.column] == option).to_numpy(dtype=bool)
            base = effective_base(real.weights[rows])
            if base >= SMALL_BASE:
                labels.append(f"{demographic.column}: {option}")
                families.append(demographic.column)
                said.append(real_shares(place[rows], real.weights[rows], len(scale)))
                simulated.append(np.average(person[rows], axis=0, weights=real.weights[rows]))
                bases.append(base)
    if len(labels) < 3:
        return None
    # shares (groups, S), the same for both sides but for who answers
    options = tuple(f"{k}" for k in range(len(scale)))
    survey, model = (
        popfidelity.Cells(tuple(labels), options, np.array(shares), np.array(bases), item.key)
        for shares in (said, simulated)
    )
    family = popfidelity.FacetFamily("demographic", tuple(dict.fromkeys(families)), tuple(families))
    return survey, model, popfidelity.Facets(tuple(labels), (family,))
