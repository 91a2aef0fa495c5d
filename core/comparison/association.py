"""Associations of answers: Cramér's V between all pairs of questions, and of questions with demographics.

The simulated table of two questions is the weighted mean of the respondents' products pi_i x pi_i'. Given
the demographics, answers are thus simulated independently: what two questions share beyond them is missing,
and V between questions comes out too low by construction. Real V is corrected for the chance associations of
a finite sample (Bergsma 2013, doi:10.1016/j.jkss.2012.10.002); simulated V is exact and has none to correct.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.comparison.accuracy import rank_correlation
from core.comparison.structure_figures import HalvesAgreement, LinkFigures, MethodLinks
from core.survey.answer_bands import answer_bands
from core.survey.codebook import Item
from core.survey.contingency import cramers_v
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base

SPLITS = 10
"""Random halvings behind the noise floor."""


@dataclass(frozen=True)
class Variables:
    """Demographics and items of n respondents as blocks of columns, zero where an answer is missing.

    Attributes
    ----------
    names
        Column of a demographic or key of an item, one per block.
    question
        Column of the question each block belongs to; demographics stand for themselves.
    demographic
        Shape (blocks,), whether the block is a demographic.
    start
        Shape (blocks + 1,), first column of each block.
    table
        Shape (n, columns), one-hot or probabilities.
    """

    names: tuple[str, ...]
    question: tuple[str, ...]
    demographic: np.ndarray
    start: np.ndarray
    table: np.ndarray


def real_variables(real: SurveyData, items: list[Item]) -> Variables:
    """Variables of the real respondents: demographics and answers one-hot, numeric questions in bands."""
    blocks = _demographics(real)
    for item in items:
        codes, bands = real.answers[item.key].to_numpy(), answer_bands(item)
        # (n, B) one-hot, all zero where the answer is missing
        place = np.where(codes >= 0, bands.band_of[codes], -1)
        blocks.append(place[:, None] == np.arange(len(bands.labels)))
    return _variables(real, items, blocks)


def simulated_variables(
    real: SurveyData, items: list[Item], probability: Mapping[str, np.ndarray]
) -> Variables:
    """Variables of the simulation: demographics one-hot, and probabilities of those who answered an item."""
    blocks = _demographics(real)
    for item in items:
        answered = real.answers[item.key].to_numpy() >= 0
        blocks.append(answer_bands(item).sum(probability[item.key]) * answered[:, None])
    return _variables(real, items, blocks)


def _demographics(real: SurveyData) -> list[np.ndarray]:
    """One-hot blocks, (n, categories) per demographic."""
    return [
        pd.Index(d.options).get_indexer(pd.Index(real.profiles[d.column]))[:, None]
        == np.arange(len(d.options))
        for d in real.codebook.demographics
    ]


def _variables(real: SurveyData, items: list[Item], blocks: list[np.ndarray]) -> Variables:
    columns = [d.column for d in real.codebook.demographics]
    return Variables(
        names=(*columns, *(i.key for i in items)),
        question=(*columns, *(i.column for i in items)),
        demographic=np.r_[np.ones(len(columns), bool), np.zeros(len(items), bool)],
        start=np.r_[0, np.cumsum([b.shape[1] for b in blocks])],
        table=np.concatenate(blocks, axis=1).astype(float) if blocks else np.zeros((len(real), 0)),
    )


def associations(variables: Variables, weights: np.ndarray, corrected: bool) -> np.ndarray:
    """V of every pair of blocks, shape (blocks, blocks); NaN for pairs that are not compared.

    Not compared: demographics with each other, parts of one question, and pairs below `SMALL_BASE`.
    """
    blocks, table = len(variables.names), variables.table
    # weighted table of every pair of blocks at once, (columns, columns): sums of products pi x pi'
    joint = (table * weights[:, None]).T @ table
    # who has each block, (n, blocks)
    given = np.stack(
        [table[:, a:b].sum(axis=1) > 0 for a, b in zip(variables.start, variables.start[1:], strict=False)],
        axis=1,
    )
    found = np.full((blocks, blocks), np.nan)
    for i in range(blocks):
        # demographics come first and are not paired with each other
        for j in range(max(i + 1, int(variables.demographic.sum())), blocks):
            if variables.question[i] == variables.question[j]:
                continue
            base = effective_base(weights[given[:, i] & given[:, j]])
            if base >= SMALL_BASE:
                rows, columns = (slice(*variables.start[[x, x + 1]]) for x in (i, j))
                found[i, j] = cramers_v(joint[rows, columns], base if corrected else math.inf)
    return found


def compare_associations(real: np.ndarray, simulated: np.ndarray, demographic: np.ndarray) -> MethodLinks:
    """Mean difference V_sim - V_real and rank agreement, for questions with each other and with demographics.

    Parameters
    ----------
    real, simulated
        Shape (blocks, blocks), from `associations`.
    demographic
        Shape (blocks,), which blocks are demographics.
    """
    both = np.isfinite(real) & np.isfinite(simulated)  # (blocks, blocks)
    with_demographics, with_questions = both & demographic[:, None], both & ~demographic[:, None]
    return MethodLinks(
        _link_figures(real[with_demographics], simulated[with_demographics]),
        _link_figures(real[with_questions], simulated[with_questions]),
    )


def _link_figures(real: np.ndarray, simulated: np.ndarray) -> LinkFigures:
    """Over V of the same pairs, shape (pairs,) each."""
    if not len(real):
        return LinkFigures(0, None, None, None, None)
    return LinkFigures(
        pairs=len(real),
        real=float(real.mean()),
        simulated=float(simulated.mean()),
        difference=float((simulated - real).mean()),
        rank_agreement=rank_correlation(simulated, real, np.ones(len(real))) if len(real) > 2 else None,
    )


def halves_agreement(variables: Variables, weights: np.ndarray, seed: int = 0) -> HalvesAgreement:
    """Rank agreement of the real associations between two random halves: what no simulation can exceed.

    Stepped up to the whole sample by Spearman-Brown, 2 r / (1 + r); mean of `SPLITS` halvings.
    """
    rng = np.random.default_rng(seed)
    demographics: list[float] = []
    questions: list[float] = []
    for _ in range(SPLITS):
        first = rng.permutation(len(weights)) % 2 == 0
        one, other = (associations(variables, weights * half, corrected=True) for half in (first, ~first))
        links = compare_associations(one, other, variables.demographic)
        for found, figures in ((demographics, links.demographics), (questions, links.questions)):
            if figures.rank_agreement is not None:
                found.append(max(figures.rank_agreement, 0.0))
    return HalvesAgreement(_stepped_up(demographics), _stepped_up(questions))


def _stepped_up(agreements: list[float]) -> float | None:
    return float(np.mean([2 * r / (1 + r) for r in agreements])) if agreements else None
