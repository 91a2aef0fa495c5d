"""Feasibility of targets: whether they can be met at all, by linear programming, in words one can check.

A population made of the respondents' profiles has one share per *raking cell* (combination of categories that
occurs). Targets are jointly feasible if non-negative cell shares add up to all of them. If not, one linear
program (HiGHS) gives both halves of the answer: its solution is the smallest total change of the targets
that mends them, and its dual is an inequality that every population of these respondents obeys and the
targets break, which names the categories in conflict. The price is that combinations nobody has count as
impossible; `core.population.smoothing` can add likely ones.

References: Farkas' lemma as in Boyd & Vandenberghe (2004), Convex Optimization, section 5.8; HiGHS, Huangfu &
Hall (2018), doi:10.1007/s12532-017-0130-5.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from core.errors import MarginalsError
from core.population.raking_margins import Columns, Margin

NEGLIGIBLE = 1e-6
"""Changes of a share smaller than this are rounding."""
MOST_FORMS = 4000
"""Equivalent ways of writing a conflict that are looked at for the shortest."""


@dataclass(frozen=True)
class Change:
    """Change of one target: `asked` and `suggested` are shares, 0 to 1."""

    columns: Columns
    option: Columns
    asked: float
    suggested: float

    def __str__(self) -> str:
        name = " and ".join(f"{c}: {o}" for c, o in zip(self.columns, self.option, strict=True))
        return f"{name} from {100 * self.asked:.1f} % to {100 * self.suggested:.1f} %"


class TargetsConflictError(MarginalsError):
    """No weights of these respondents meet all targets.

    Attributes
    ----------
    categories
        The categories in conflict, in words.
    changes
        The smallest total change of the targets that mends them.
    """

    def __init__(
        self, what: str, *, got: str, fix: str, categories: Sequence[str], changes: Sequence[Change]
    ) -> None:
        super().__init__(what, where="targets", got=got, fix=fix)
        self.categories, self.changes = tuple(categories), tuple(changes)

    @property
    def largest_change(self) -> float:
        """Largest of the changes, as a share."""
        return max((abs(c.suggested - c.asked) for c in self.changes), default=0.0)


@dataclass(frozen=True)
class RakingCells:
    """Combinations of categories that occur among respondents with a weight.

    Attributes
    ----------
    incidence
        Sparse (all categories of all margins, n_cells), 1 where the cell has the category.
    asked
        Shape (all categories,), target shares.
    counts
        Shape (n_cells,), respondents per cell.
    of
        Shape (n,), cell of each respondent, -1 where a demographic is missing or the weight is 0.
    """

    incidence: csr_matrix
    asked: np.ndarray
    counts: np.ndarray
    of: np.ndarray


def raking_cells(margins: Sequence[Margin], weights: np.ndarray) -> RakingCells:
    """Raking cells of the respondents who have every demographic and a positive weight."""
    # (n,) mask; the code after the last category stands for "missing"
    usable = np.all([m.codes < len(m.options) for m in margins] + [weights > 0], axis=0)
    codes = np.stack([m.codes[usable] for m in margins], axis=1)
    cells, inverse, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    of = np.full(len(weights), -1)
    of[usable] = inverse.ravel()
    # categories of all margins are numbered through: one row of the matrix per category, (n_cells, margins)
    sizes = [len(m.options) for m in margins]
    rows = cells + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    columns = np.repeat(np.arange(len(cells)), len(margins))
    shape = (sum(sizes), len(cells))
    incidence = csr_matrix((np.ones(rows.size), (rows.ravel(), columns)), shape=shape)
    return RakingCells(incidence, np.concatenate([m.targets for m in margins]), counts, of)


def find_conflict(margins: Sequence[Margin], cells: RakingCells) -> TargetsConflictError | None:
    """Conflict of the targets, with the smallest change that mends it; None if they can be met."""
    n_cells, n_categories = len(cells.counts), len(cells.asked)
    if not n_cells:
        return None
    # variables: cell shares (n_cells), then what is missing from and in excess of each target (n_categories
    # each), whose sum is minimised; cells + missing - excess = targets, and the cells add up to 1
    unit = identity(n_categories, format="csr")
    whole = csr_matrix(np.r_[np.ones(n_cells), np.zeros(2 * n_categories)])
    solution = _minimise(
        np.r_[np.zeros(n_cells), np.ones(2 * n_categories)],
        A_eq=vstack([hstack([cells.incidence, unit, -unit]), whole]),
        b_eq=np.append(cells.asked, 1.0),
        bounds=(0, None),
    )
    missing, excess = np.split(solution.x[n_cells:], 2)
    change = excess - missing
    if np.abs(change).sum() < NEGLIGIBLE:
        return None
    names = [(m, i) for m in margins for i in range(len(m.options))]
    changes = [
        Change(m.columns, m.options[i], float(asked), float(max(asked + by, 0.0)))
        for (m, i), asked, by in zip(names, cells.asked, change, strict=True)
        if abs(by) > NEGLIGIBLE
    ]
    what, categories = _inequality(margins, cells, solution.eqlin.marginals)
    return TargetsConflictError(
        what,
        got=", ".join(categories),
        fix="The smallest change that mends it: " + "; ".join(map(str, changes)) + ".",
        categories=categories,
        changes=changes,
    )


def possible_cells(cells: RakingCells) -> np.ndarray:
    """Mask of the cells that can have a positive share under the (feasible) targets, shape (n_cells,).

    The targets force the other cells to 0, where raking only gets in the
    limit. Solved on the cone of the feasible set: the largest number of cells whose scaled share reaches 1.
    """
    n_cells = len(cells.counts)
    # variables: scaled cell shares, their scale (1 or more), and per cell a number of at most 1 and its share
    unit = identity(n_cells, format="csr")
    zero = csr_matrix((len(cells.asked), n_cells))
    solution = _minimise(
        np.r_[np.zeros(n_cells + 1), -np.ones(n_cells)],
        A_eq=hstack([cells.incidence, -csr_matrix(cells.asked).T, zero]),
        b_eq=np.zeros(len(cells.asked)),
        A_ub=hstack([-unit, csr_matrix((n_cells, 1)), unit]),
        b_ub=np.zeros(n_cells),
        bounds=[(0, None)] * n_cells + [(1, None)] + [(0, 1)] * n_cells,
    )
    return solution.x[n_cells + 1 :] > 0.5 if solution.success else np.ones(n_cells, dtype=bool)


def smallest_cap(cells: RakingCells) -> float:
    """Smallest cap on a weight (mean 1) under which the (feasible) targets can still be met."""
    n_cells = len(cells.counts)
    # variables: cell shares and the cap; a cell holds at most cap times its part of the respondents
    limit = csr_matrix(-cells.counts / len(cells.of)).T
    solution = _minimise(
        np.r_[np.zeros(n_cells), 1.0],
        A_eq=hstack([cells.incidence, csr_matrix((len(cells.asked), 1))]),
        b_eq=cells.asked,
        A_ub=hstack([identity(n_cells, format="csr"), limit]),
        b_ub=np.zeros(n_cells),
        bounds=(0, None),
    )
    return float(solution.x[-1]) if solution.success else np.inf


def _minimise(cost: np.ndarray, **constraints: Any) -> Any:
    """Solution of `scipy.optimize.linprog`, imported when targets are checked: it slows every start."""
    from scipy.optimize import linprog

    return linprog(cost, **constraints)


def _inequality(margins: Sequence[Margin], cells: RakingCells, dual: np.ndarray) -> tuple[str, list[str]]:
    """Broken inequality as a sentence, and the categories in it.

    With dual values y of the categories and y0 of the total, every cell has sum(y) <= -y0, so every
    population has sum(y * share) <= -y0, and the targets exceed that. The shares of a margin add up to 1, so
    a constant may move from a margin's y into the limit; the form with the fewest categories is taken.
    """
    # dual values margin by margin, (K,) each; a shift of a margin by one of its own values zeroes a category
    split = np.cumsum([len(m.options) for m in margins])[:-1]
    values = np.split(np.round(dual[:-1], 7), split)
    forms = itertools.islice(itertools.product(*(np.unique(v) for v in values)), MOST_FORMS)

    def length(shifts: tuple[float, ...]) -> tuple[int, bool]:
        used = sum(int((v != s).sum()) for v, s in zip(values, shifts, strict=True))
        return used, abs(-dual[-1] - sum(shifts)) > NEGLIGIBLE

    best = min(forms, key=length)
    factors = np.concatenate([v - s for v, s in zip(values, best, strict=True)])
    # scaled so that the smallest factor is 1 and most categories need no "times"
    factors /= np.abs(factors[factors != 0]).min()
    limit = float((cells.incidence.T @ factors).max())  # exact: what the most extreme cell reaches
    names = [m.name(i) for m in margins for i in range(len(m.options))]
    more, less = np.flatnonzero(factors > 0), np.flatnonzero(factors < 0)
    listed = [f"{names[i]} ({100 * cells.asked[i]:.1f} %)" for i in [*more, *less]]
    return _sentence(names, cells.asked, factors, more, less, limit), listed


def _sentence(
    names: Sequence[str],
    asked: np.ndarray,
    factors: np.ndarray,
    more: np.ndarray,
    less: np.ndarray,
    limit: float,
) -> str:
    """Sentence that says the inequality in the simplest of three forms."""

    def listed(which: np.ndarray, joined: str) -> str:
        def one(i: int) -> str:
            times = "" if abs(abs(factors[i]) - 1) < NEGLIGIBLE else f"{abs(factors[i]):.3g} times "
            return f'{times}"{names[i]}"'

        return f" {joined} ".join(one(i) for i in which)

    reach, room = 100 * float(factors[more] @ asked[more]), 100 * float(-factors[less] @ asked[less])
    if len(more) == 1 and len(less) and abs(limit) < NEGLIGIBLE:
        return (
            f"Every respondent with {listed(more, 'and')} also has {listed(less, 'or')}, so at most "
            f"{room:.1f} % of people can have the first, but {reach:.1f} % are asked for."
        )
    if len(more) == 2 and not len(less) and abs(limit - 1) < NEGLIGIBLE:
        return (
            f"No respondent has both {listed(more, 'and')}, so together they can be at most 100 % of people, "
            f"but {reach:.1f} % are asked for."
        )
    most = 100 * limit + room
    versus = f" (the share of {listed(less, 'plus')}{_plus(limit)})" if len(less) else ""
    verb = "is" if len(more) == 1 else "together are"
    return (
        f"Among these respondents {listed(more, 'plus')} {verb} never more than {most:.1f} %{versus}, but "
        f"{reach:.1f} % are asked for."
    )


def _plus(limit: float) -> str:
    return f" plus {100 * limit:.0f} %" if abs(limit) > NEGLIGIBLE else ""
