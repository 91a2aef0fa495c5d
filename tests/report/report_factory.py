"""A comparison and sweeps of a small survey with a made-up model, for charts, tables and reports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.comparison.banner import Banner, SimulatedPeople, banner
from core.comparison.compare import compare
from core.comparison.job import scored_baselines
from core.comparison.sweep import population_sweep, sweep
from core.comparison.uncertainty import uncertainty
from core.jobs.status import JobState, JobStatus
from core.population.figures import AchievedShare, PopulationFigures
from core.results.readout import ReadoutSettings
from core.results.results import Results
from core.simulation.result import SimulationResult
from core.simulation.scores import Scores
from core.store.records import PopulationRecord, SurveyRecord
from core.survey.codebook import Codebook
from core.survey.respondents import SPLITS, SurveyData
from core.tuning.registry import Run
from core.tuning.result import BaseModel, RunResult

CODEBOOK = {
    "title": "Cars & <b>charging</b>",
    "demographics": [{"column": "age", "label": "Age", "options": ["18-34", "35+"]}],
    "questions": [
        {"column": "own", "text": "Do you own a <i>car</i>?", "type": "single", "options": ["Yes", "No"]},
        {
            "column": "rude",
            "text": "Is it rude to recline your seat?",
            "type": "ordinal",
            "options": ["No, not rude at all", "Yes, somewhat rude", "Yes, very rude", "Don't know"],
            "non_substantive_options": ["Don't know"],
        },
        {"column": "liking", "text": "How much do you like cars?", "type": "numeric", "range": [0, 100]},
        {
            "column": "uses",
            "text": "What is it for?",
            "type": "multi",
            "options": ["Work", "Leisure"],
        },
        {"column": "rare", "text": "Asked of few", "type": "single", "options": ["A", "B"]},
    ],
}


def survey(n: int = 200, seed: int = 0) -> SurveyData:
    """Random answers; `rare` is answered by ten."""
    rng = np.random.default_rng(seed)
    codebook = Codebook.from_dict(CODEBOOK)
    answers = {item.key: rng.integers(0, len(item.answers), n) for item in codebook.items}
    answers["rare"][10:] = -1
    return SurveyData(
        codebook,
        np.array([f"person-{i}" for i in range(n)], dtype=object),
        pd.DataFrame({"age": rng.choice(["18-34", "35+"], n)}, dtype="str"),
        pd.DataFrame(answers).astype("int16"),
        np.ones(n),
        np.array(["test"] * n, dtype=object),
    )


def log_probs(data: SurveyData, spread: float, seed: int = 1) -> dict[str, np.ndarray]:
    """A made-up model: item key -> (n, K)."""
    rng = np.random.default_rng(seed)
    tables = {}
    for item in data.items:
        z = rng.normal(0, spread, (len(data), len(item.answers)))
        tables[item.key] = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return tables


def made_comparison(data: SurveyData | None = None):
    """A comparison with baselines."""
    data = data or survey()
    plain = log_probs(data, 0.0)
    baselines = {"uniform": plain, "training_marginals": plain, "untuned": log_probs(data, 1.5, 2)}
    return compare(data, log_probs(data, 1.0), baselines, temperature=0.8)


def made_uncertainty(data: SurveyData | None = None):
    """How sure the figures of that comparison are."""
    data = data or survey()
    plain = log_probs(data, 0.0)
    return uncertainty(data, log_probs(data, 1.0), {"training_marginals": plain}, 0.8, replicates=50)


def made_sweep(data: SurveyData | None = None):
    """The same model at every temperature."""
    data = data or survey()
    return sweep(data, log_probs(data, 1.0), chosen=0.8)


def made_population_sweep(data: SurveyData | None = None):
    """A population without answers of its own."""
    data = data or survey()
    return population_sweep(data, log_probs(data, 1.0, 3), chosen=0.8)


def made_banner(by: tuple[str, ...] = ("age",), data: SurveyData | None = None, **settings) -> Banner:
    """Tables of the same model, beside the respondents' own answers."""
    data = data or survey()
    people = SimulatedPeople(data.profiles, log_probs(data, 1.0), data.weights, np.ones(len(data)), True)
    return banner(data, people, by, **settings)


CARS = CODEBOOK | {"population": "Adults with a driving licence", "weight_column": "weight"}
RUN = Run(
    "tune-1",
    {"hold_out_questions": []},
    RunResult(base=BaseModel("understudy/embedded", "abc123", quantisation="nf4")),
)
POPULATION = PopulationRecord(
    id="young",
    survey_id="cars",
    name="Young",
    size=1000,
    seed=0,
    marginals={},
    figures=PopulationFigures(
        worst_margin_error=0.1,
        weighting_efficiency=0.87,
        design_effect=1 / 0.87,
        effective_base=512.3,
        achieved=(
            AchievedShare("age", "Age", "18-34", survey=0.5, asked=0.4, achieved=0.401),
            AchievedShare("age", "Age", "35+", survey=0.5, asked=0.6, achieved=0.599),
        ),
    ).to_dict(),
    created=0.0,
)


def made_results(
    splits: tuple[int, int, int] = (1400, 100, 200),
    book: Mapping[str, Any] = CARS,
    run: Run = RUN,
    mass: Sequence[float] | None = (1.0, 0.9, 0.8, 0.3),
    generated: bool = False,
    population: PopulationRecord | None = None,
    temperature: float = 0.8,
) -> Results:
    """A finished simulation of a made-up model; every respondent and every synthetic person has an own cell.

    Parameters
    ----------
    splits
        Training, validation and test respondents. Weights are 4/3 and 2/3 in turn, so the effective base of
        n respondents is 0.9 n.
    book
        A codebook; of a question "rare" only ten of each split have an answer.
    mass
        Of the answers, in turn; None when it was not recorded.
    """
    data = weighted_survey(splits, Codebook.from_dict(book))
    scored, (_, _, n_test) = data.part("validation", "test"), splits
    size = population.size if population else 0
    of_respondents, of_people = np.arange(len(scored)), np.arange(size) % n_test + splits[1]
    tables = log_probs(scored, 1.0)
    in_turn = {key: np.resize(mass, len(scored)) for key in tables} if mass else {}
    simulation = SimulationResult(
        data=scored,
        train=data.part("train"),
        respondent_profile=of_respondents,
        people=scored.profiles.iloc[of_people].reset_index(drop=True) if population else None,
        people_profile=of_people if population else None,
        profiles=scored.profiles,
        tuned=Scores(tables, in_turn),
        untuned=Scores(log_probs(scored, 1.5, 2), {}),
        temperature=temperature,
    )
    title, questions = data.codebook.title, data.codebook.questions
    record = SurveyRecord("cars", title, title, 0.0, len(data), len(questions), "cars.csv", "", generated, ())
    return Results(
        simulation=JobStatus("sim", "simulate", "", JobState.DONE, 1, 1, None, "", None, 0.0, 0.0, None),
        survey=record,
        run=run,
        population=population,
        everyone=data,
        scored=simulation,
        others=scored_baselines(simulation),
        structure=None,
        reading=ReadoutSettings(),
        split="test",
    )


def weighted_survey(splits: tuple[int, int, int], book: Codebook) -> SurveyData:
    """Random answers of training, validation and test respondents, with weights of 4/3 and 2/3 in turn."""
    n, rng = sum(splits), np.random.default_rng(5)
    place = np.concatenate([np.arange(count) for count in splits])  # (n,), in the own split
    answers = {item.key: rng.integers(0, len(item.answers), n) for item in book.items}
    if "rare" in answers:
        answers["rare"][place >= 10] = -1
    return SurveyData(
        book,
        np.array([f"person-{i}" for i in range(n)], dtype=object),
        pd.DataFrame({d.column: rng.choice(d.options, n) for d in book.demographics}, dtype="str"),
        pd.DataFrame(answers).astype("int16"),
        np.resize([4 / 3, 2 / 3], n),
        np.repeat(np.array(SPLITS, dtype=object), splits),
    )


def found_as(results: Results, **found: object) -> Results:
    """The same results with some of what is computed from them given: `uncertainty`, `comparison` …"""
    other = replace(results)
    vars(other).update(found)
    return other
