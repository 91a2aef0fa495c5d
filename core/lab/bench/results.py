"""Benchmark of the results page: cost of comparing a made-up study of some size, and times of the page.

Answers depend on demographics through a latent class, so baselines and structure find something; the model is
a noisy copy of the truth. The simpler methods and the structure are fitted as always.
"""

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.lab.bench.page import PageTimes, time_page
from core.results.folder import write_context
from core.results.results import Results
from core.simulation.job import prepare_simulation
from core.simulation.scores import Scores, distinct_profiles
from core.store.files import write_json
from core.store.workspace import Workspace
from core.studio import population as populations
from core.studio import simulation as simulations
from core.studio.workspace import open_workspace
from core.survey import library
from core.survey.codebook import Codebook, Item
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe

CLASSES = 4
DEMOGRAPHICS = {"Age": 5, "Region": 4, "Education": 4, "Gender": 2, "Household": 3}
"""Demographics and their number of categories."""
KINDS = ("ordinal", "ordinal", "single", "ordinal", "multi")
"""Types of questions, in turn; every tenth is a number from 0 to 10."""


@dataclass(frozen=True)
class ResultsBench:
    """Result of one run.

    Attributes
    ----------
    questions, respondents
        Size of the study: questions, and held-out respondents compared with.
    assess_seconds
        CPU-seconds of fitting the simpler methods and the structure, once per simulation.
    compare_seconds
        Step -> CPU-seconds of what the page computes when a simulation is first opened.
    chart_bytes
        Chart -> bytes of its specification as it is sent to the browser.
    page
        What a browser measured, None without one.
    """

    questions: int
    respondents: int
    assess_seconds: float
    compare_seconds: Mapping[str, float]
    chart_bytes: Mapping[str, int]
    page: PageTimes | None


def bench_results(
    questions: int = 50,
    respondents: int = 1_000,
    seed: int = 0,
    browser: bool = True,
    report: Callable[[str], None] = lambda line: None,
) -> ResultsBench:
    """Costs of a made-up study: fitting, comparing, and the page in a browser if there is one.

    Parameters
    ----------
    questions, respondents
        Size of the questionnaire, and of the held-out sample and the population.
    browser
        Whether to look at the page.
    report
        Called with a sentence before every step.
    """
    from core.comparison.worker import assess  # its packages are not in a demonstration, the commands are

    with tempfile.TemporaryDirectory() as folder:
        ws = open_workspace(folder)
        report(f"Writing a study of {questions} questions x {respondents:,} held-out respondents")
        simulation = write_study(ws, questions, respondents, seed)
        report("Fitting the simpler methods")
        started = time.process_time()
        assess(simulation)
        fitted = time.process_time() - started
        report("Comparing")
        results, seconds = _compare(ws, simulation.id)
        bytes_sent = _chart_bytes(results)
        survey_id = results.survey.id
        ws.close()  # the app opens the database itself
        page = None
        if browser:
            report("Looking at the page in a browser")
            page = time_page(folder, survey_id)
    return ResultsBench(questions, respondents, fitted, seconds, bytes_sent, page)


def write_study(ws: Workspace, questions: int, respondents: int, seed: int = 0) -> JobFolder:
    """Finished simulation of a stored made-up survey, with `respondents` held-out respondents and people."""
    data, truth = _survey(questions, respondents, seed)
    survey_id = library.add_survey(ws, name="Made up", source_name="made-up.csv", data=data, raw=b"")
    population = populations.build(ws, survey_id, size=respondents, seed=seed)
    people = populations.people(ws, population.id)
    recipe = Recipe()
    run = JobFolder.create(
        ws.jobs_folder, "tune", "Made up", {"survey_id": survey_id, "recipe": recipe.to_dict()}
    )
    (run.outputs / "adapter").mkdir()
    write_json(run.outputs / "result.json", {"base": {"id": "made up"}})
    run.write_status(state=JobState.DONE)
    folder = prepare_simulation(
        ws.jobs_folder, run, data, people=people, population_id=population.id, title="Made up"
    )
    write_context(folder, library.find_survey(ws, survey_id), run, population)
    _write_scores(folder, data, people, truth, seed)
    return folder


def _survey(questions: int, held_out: int, seed: int) -> tuple[SurveyData, dict[str, np.ndarray]]:
    """Generated respondents, and item key -> (classes, K), answer shares of each latent class."""
    rng, book = np.random.default_rng(seed), _codebook(questions)
    split = np.repeat(np.array(["train", "validation", "test"], dtype=object), [2 * held_out, 300, held_out])
    n = len(split)
    hidden = rng.integers(0, CLASSES, n)
    profiles = {}
    for demographic in book.demographics:
        shares = rng.dirichlet(np.full(len(demographic.options), 1.5), CLASSES)
        profiles[demographic.column] = np.array(demographic.options, dtype=object)[_draw(shares[hidden], rng)]
    truth = {item.key: rng.dirichlet(np.full(len(item.answers), 1.5), CLASSES) for item in book.items}
    answers = {key: _draw(shares[hidden], rng) for key, shares in truth.items()}
    data = SurveyData(
        book,
        np.arange(n).astype(str).astype(object),
        pd.DataFrame(profiles, dtype="str"),
        pd.DataFrame(answers).astype("int16"),
        np.ones(n),
        split,
    )
    return data, truth


def _codebook(questions: int) -> Codebook:
    demographics = [
        {"column": name.lower(), "label": name, "options": [f"{name} {k + 1}" for k in range(count)]}
        for name, count in DEMOGRAPHICS.items()
    ]
    scale = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
    listed = []
    for k in range(questions):
        kind = "numeric" if k % 10 == 9 else KINDS[k % len(KINDS)]
        question: dict[str, Any] = {
            "column": f"q{k + 1}",
            "text": f"How much do you agree with statement {k + 1}?",
            "type": kind,
        }
        if kind == "numeric":
            question["range"] = [0, 10]
        else:
            question["options"] = scale if kind == "ordinal" else [f"Option {i + 1}" for i in range(6)]
        listed.append(question)
    return Codebook.from_dict({"title": "Made up", "demographics": demographics, "questions": listed})


def _draw(shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Index of one drawn answer per row of shares (n, K), shape (n,)."""
    above = rng.random((len(shares), 1)) > shares.cumsum(axis=1)
    return above.sum(axis=1).clip(0, shares.shape[1] - 1)


def _write_scores(
    folder: JobFolder, data: SurveyData, people: pd.DataFrame, truth: Mapping[str, np.ndarray], seed: int
) -> None:
    rng = np.random.default_rng(seed + 1)
    held_out = data.part("validation", "test").profiles
    no_persona = people.iloc[:1].copy()
    for column in people.columns:
        no_persona[column] = pd.NA
    profiles, profile_of = distinct_profiles(pd.concat([held_out, people, no_persona], ignore_index=True))
    profiles.to_parquet(folder.outputs / "cells.parquet", index=False)
    np.savez(
        folder.outputs / "cell_of.npz",
        respondents=profile_of[: len(held_out)],
        people=profile_of[len(held_out) : -1],
        blank=profile_of[-1],
    )
    member = rng.dirichlet(np.full(CLASSES, 0.7), len(profiles))  # (n_profiles, classes)
    for name, blur in (("scores", 0.2), ("base_scores", 1.0)):
        tables = {item.key: _blurred(member @ truth[item.key], blur, item, rng) for item in data.items}
        mass = {key: np.ones(len(profiles)) for key in tables}
        Scores(tables, mass).write(folder.outputs / f"{name}.parquet")
    write_json(
        folder.outputs / "result.json", {"temperature": 1.1, "seconds": 60.0, "answers": len(data.items)}
    )
    folder.write_status(state=JobState.DONE)


def _blurred(shares: np.ndarray, blur: float, item: Item, rng: np.random.Generator) -> np.ndarray:
    """Log-probabilities (n, K) of the shares with Gaussian noise of SD `blur` on the logits."""
    z = np.log(shares) + blur * rng.normal(size=len(item.answers))
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _compare(ws: Workspace, simulation_id: str) -> tuple[Results, dict[str, float]]:
    seconds, clock = {}, time.process_time
    started = clock()
    results = simulations.results(ws, simulation_id)
    seconds["read"] = clock() - started
    for name in ("comparison", "uncertainty", "sweep", "population_sweep", "calibration", "tradeoff"):
        started = clock()
        getattr(results, name)
        seconds[name.replace("_", " ")] = clock() - started
    return results, seconds


def _chart_bytes(results: Results) -> dict[str, int]:
    from core.report import charts  # Altair is loaded where charts are made

    sweep, codebook = results.sweep, results.everyone.codebook
    pairs = results.structure.association.pairs if results.structure else ()
    specifications = {
        "one question": charts.distribution_chart(sweep.questions[0], sweep.temperatures, sweep.chosen),
        "every temperature": charts.tradeoff_chart(sweep),
        "toplines against individuals": charts.decoder_chart(sweep, results.tradeoff),
        "calibration": charts.calibration_chart(results.calibration),
        "links between answers": charts.association_chart(
            pairs,
            {d.column: d.label for d in codebook.demographics},
            {q.column: q.text for q in codebook.questions},
        ),
    }
    return {
        name: len(json.dumps(charts.to_specification(chart)))
        for name, chart in specifications.items()
        if chart is not None
    }
