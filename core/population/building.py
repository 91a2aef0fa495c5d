"""Building people from a survey and a plan: starting sample, diagnosis, raking, draw, and figures about them.

People are whole profiles of respondents (or of the unseen profiles asked for), drawn in the proportions the
targets ask for. `diagnose` does everything up to the weights, so a page can say what is wrong before a draw.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.association import associations
from core.population.diagnosis import Diagnosis, explain, missing_combinations
from core.population.drawing import draw_counts
from core.population.figures import AchievedShare, JointShare, PopulationFigures
from core.population.marginals import Marginals, survey_marginals
from core.population.new_variables import NewVariable
from core.population.plan import PopulationPlan
from core.population.raking import RakingResult, rake
from core.population.raking_margins import Margin, code_margins
from core.population.screening import Frame
from core.population.starting_sample import UNSEEN, StartingSample, starting_sample
from core.survey.respondents import SurveyData

UNSEEN_COLUMN = "unseen profile"
"""Column of the people that marks whose profile no respondent has; only there after smoothing."""


@dataclass(frozen=True)
class Population:
    """Synthetic people.

    Attributes
    ----------
    people
        One row per person, one text column per demographic (named by its column); NA where the
        demographic has no target and the respondent lacks it. In random order. Then the new variables, and
        `UNSEEN_COLUMN` ("yes" or "no") if unseen profiles were asked for.
    figures
        How well they meet their targets, and what that cost.
    """

    people: pd.DataFrame
    figures: PopulationFigures


@dataclass(frozen=True)
class _Prepared:
    """Plan's targets under the survey's names, split into those that respondents have and new ones."""

    marginals: Marginals
    own: Marginals
    new: tuple[NewVariable, ...]


def diagnose(data: SurveyData, plan: PopulationPlan) -> Diagnosis:
    """Whether the plan's targets can be met, at what cost, and what is missing; nothing is drawn.

    Raises
    ------
    CodebookError
        If the survey has no such demographic.
    MarginalsError
        If the plan does not fit the survey: unknown categories, or nobody qualifies. Targets that cannot be
        met are no error here: they are the diagnosis' `problem`.
    """
    return _diagnose(data, plan, _prepare(data, plan), np.random.default_rng(plan.seed))


def build_population(data: SurveyData, plan: PopulationPlan) -> Population:
    """Synthetic people who meet the targets and keep the respondents' correlations.

    All respondents of the survey are used, whatever their split.

    Raises
    ------
    CodebookError, MarginalsError
        If the plan does not fit the survey, or the targets cannot be met (see `rake`).
    """
    rng = np.random.default_rng(plan.seed)
    prepared = _prepare(data, plan)
    found = _diagnose(data, plan, prepared, rng)
    raked = found.raking
    columns = list(prepared.marginals.columns)
    passing = np.flatnonzero(found.sample.qualified)
    profiles = found.sample.profiles.iloc[passing].reset_index(drop=True)
    weights = raked.weights[passing]
    margins = [
        replace(m, codes=m.codes[passing], targets=_wanted(m, plan, raked.weights, passing))
        for m in code_margins(found.sample.profiles, prepared.marginals)
    ]
    counts, exchanged = draw_counts(profiles[columns], weights, margins, plan.size, plan.method, rng)
    chosen = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    people = profiles.iloc[chosen].reset_index(drop=True)
    for variable in prepared.new:
        people[variable.name] = variable.draw(people, rng)
    source = found.sample.source[passing][chosen]
    if plan.unseen:
        people[UNSEEN_COLUMN] = pd.Series(np.where(source == UNSEEN, "yes", "no"), dtype="str")
    real = found.sample.source[passing] != UNSEEN
    figures = _figures(found, data, prepared, margins, counts, real)
    drawn = [r for variable in prepared.new for r in _drawn(variable, people[variable.name])]
    figures = replace(
        figures,
        achieved=(*figures.achieved, *drawn),
        exchanged=exchanged,
        unseen_people=int((source == UNSEEN).sum()),
        distinct_profiles=int(len(profiles[counts > 0].drop_duplicates())),
        associations=associations(profiles[columns], found.sample.weights[passing], counts),
    )
    return Population(people, figures)


def own_marginals(data: SurveyData, plan: PopulationPlan) -> Marginals:
    """Marginals of the respondents that the plan's targets describe: everybody, or who qualifies."""
    if plan.screener and plan.screener.frame is Frame.QUALIFIED:
        data = data.take(plan.screener.qualified(data))
    return survey_marginals(data)


def _prepare(data: SurveyData, plan: PopulationPlan) -> _Prepared:
    own = own_marginals(data, plan)
    marginals = own if plan.marginals is None else plan.marginals.checked(data.codebook)
    absent = [c for c in marginals.shares if c not in own.shares]  # nobody gave them
    new = tuple(NewVariable(c, marginals.shares[c]) for c in absent)
    kept = {c: targets for c, targets in marginals.shares.items() if c not in absent}
    return _Prepared(replace(marginals, shares=kept), own, (*new, *plan.new))


def _diagnose(
    data: SurveyData, plan: PopulationPlan, prepared: _Prepared, rng: np.random.Generator
) -> Diagnosis:
    columns = list(prepared.marginals.columns)
    sample = starting_sample(data, columns, plan.screener, plan.unseen, rng)
    outcome, incidence = _raked(sample, prepared, plan), float(_share(sample.weights, sample.qualified))
    raking = outcome if isinstance(outcome, RakingResult) else None
    if raking and plan.screener.frame is Frame.EVERYBODY:
        incidence = float(_share(raking.weights, sample.qualified))
    if plan.screener and plan.screener.frame is Frame.QUALIFIED:
        incidence = float(_share(data.weights, plan.screener.qualified(data)))
    if raking and not raking.weights[sample.qualified].sum() > 0:
        raise MarginalsError(
            "The targets leave no weight to anybody who qualifies.",
            where="screener",
            got=str(plan.screener),
            fix="Accept more answers, or change the targets.",
        )
    missing = missing_combinations(sample.profiles, prepared.marginals, columns)
    notes = (*prepared.marginals.notes, *(v.note for v in prepared.new))
    return Diagnosis(outcome, sample, incidence, missing, notes)


def _raked(
    sample: StartingSample, prepared: _Prepared, plan: PopulationPlan
) -> RakingResult | MarginalsError:
    try:
        return rake(sample.profiles, sample.weights, prepared.marginals, cap=plan.cap)
    except MarginalsError as error:
        return error


def _share(weights: np.ndarray, mask: np.ndarray) -> float:
    return weights[mask].sum() / weights.sum()


def _wanted(margin: Margin, plan: PopulationPlan, weights: np.ndarray, passing: np.ndarray) -> np.ndarray:
    """Margin's targets among the people to draw: what follows from the screener, if there is one."""
    if not plan.screener:
        return margin.targets
    return replace(margin, codes=margin.codes[passing]).achieved(weights[passing])


def _figures(
    found: Diagnosis,
    data: SurveyData,
    prepared: _Prepared,
    margins: list[Margin],
    counts: np.ndarray,
    real: np.ndarray,
) -> PopulationFigures:
    raked = found.raking
    reached = [m.achieved(counts.astype(float)) for m in margins]
    worst = max(
        (float(np.abs(r - m.targets).max()) for m, r in zip(margins, reached, strict=True)), default=0
    )
    respondents = found.sample.n_respondents
    return PopulationFigures(
        worst_margin_error=100 * worst,
        weighting_efficiency=raked.efficiency,
        design_effect=raked.design_effect,
        effective_base=found.effective_base,
        verdict=str(found.verdict),
        explanation=explain(raked.efficiency, found.effective_base, respondents),
        respondents=respondents,
        incidence=found.incidence,
        rounds=raked.rounds,
        converged=raked.converged,
        trace=raked.trace,
        capped=raked.capped,
        excluded=raked.excluded,
        filled=found.sample.filled,
        notes=found.notes,
        missing=found.missing,
        achieved=tuple(_achieved(data, prepared, margins, counts, real)),
        joint=tuple(
            JointShare(m.columns, o, float(t), float(r))
            for m, reach in zip(margins, reached, strict=True)
            if len(m.columns) > 1
            for o, t, r in zip(m.options, m.targets, reach, strict=True)
        ),
    )


def _achieved(
    data: SurveyData, prepared: _Prepared, margins: list[Margin], counts: np.ndarray, real: np.ndarray
) -> list[AchievedShare]:
    """Records of the categories of every demographic with targets, single or interlocking."""
    records = []
    for demographic in data.codebook.demographics:
        column = demographic.column
        margin = next((m for m in margins if column in m.columns), None)
        if margin is None:
            continue
        place = margin.columns.index(column)
        options = [option[place] for option in margin.options]
        reached = margin.achieved(counts.astype(float))
        given = np.bincount(margin.codes[real], minlength=len(options) + 1)[:-1]
        for option in demographic.options:
            rows = [i for i, o in enumerate(options) if o == option]
            records.append(
                AchievedShare(
                    column=column,
                    label=demographic.label,
                    option=option,
                    survey=float(prepared.own.shares.get(column, {}).get(option, 0.0)),
                    asked=float(margin.targets[rows].sum()),
                    achieved=float(reached[rows].sum()),
                    respondents=int(given[rows].sum()),
                )
            )
    return records


def _drawn(variable: NewVariable, column: pd.Series) -> list[AchievedShare]:
    """Records like those of `_achieved` for a variable no respondent has; what it follows is not repeated."""
    if variable.given:
        return []
    found = column.value_counts(normalize=True)
    return [
        AchievedShare(
            column=variable.name,
            label=variable.name,
            option=option,
            survey=0.0,
            asked=float(share),
            achieved=float(found.get(option, 0.0)),
            respondents=0,
        )
        for option, share in variable.shares.items()
    ]
