"""A finished simulation beside the real answers: figures, floors, baselines and the temperature sweep.

Everything is computed from the simulation's own folder, never from the database: results stay readable
after the survey was deleted and while another process holds the database. The baselines are fitted once
per simulation and kept beside its scores; figures are computed when they are first asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.comparison.accuracy import Decoder
from core.comparison.baselines import BASELINES, fit_baselines
from core.comparison.compare import Comparison, compare, compare_by
from core.comparison.sweep import Sweep, population_sweep, sweep
from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.process import find_job, find_jobs
from core.jobs.status import JobState, JobStatus
from core.models.temperature import TEMPERATURES
from core.simulation.result import SimulationResult
from core.simulation.scores import Scores
from core.store.files import read_json, write_json
from core.store.records import PopulationRecord, SurveyRecord
from core.survey.codebook import QuestionType
from core.survey.respondents import SurveyData
from core.tuning import job as tuning_job

UNTUNED = "untuned"
"""Name of the base model before tuning, among the baselines; it answers for respondents only."""
CONTEXT = "context.json"
"""In a simulation's inputs: what is known of its survey, run and population."""

Answers = Mapping[str, np.ndarray]
"""Item key -> log-probabilities (n, K), natural log, at temperature 1."""


@dataclass(frozen=True)
class Results:
    """What the results page, the report and `compare` show of one simulation.

    Attributes
    ----------
    simulation
        The job.
    survey
        The survey when the simulation was started.
    run
        How the model was tuned: the tuning job's result, with `run_id` and `recipe`.
    population
        The simulated population, or None.
    everyone
        All respondents of the survey.
    scored
        Everything the simulation left.
    others
        Baseline name -> scores of the same cells.
    temperature
        Temperature of the figures. `fitted_temperature` is the one fitted on validation respondents.
    decoder, split
        How answers are read, and which respondents are compared.
    """

    simulation: JobStatus
    survey: SurveyRecord
    run: Mapping[str, Any]
    population: PopulationRecord | None
    everyone: SurveyData
    scored: SimulationResult
    others: Mapping[str, Scores]
    temperature: float
    decoder: Decoder
    split: str

    @property
    def fitted_temperature(self) -> float:
        """The temperature fitted on the validation respondents by NLL."""
        return self.scored.temperature

    @cached_property
    def real(self) -> SurveyData:
        """The real respondents compared with."""
        return self.scored.data.take(self._rows)

    @cached_property
    def model(self) -> Answers:
        """The tuned model's answers for `real`."""
        return self.scored.tuned.of(self.scored.respondent_cells[self._rows])

    @cached_property
    def baselines(self) -> dict[str, Answers]:
        """Answers for `real` without tuning: see `core.comparison.baselines`, and "untuned"."""
        cells = self.scored.respondent_cells[self._rows]
        return {name: scores.of(cells) for name, scores in self.others.items()}

    @cached_property
    def comparison(self) -> Comparison:
        """Figures at `temperature`, with floors and baselines."""
        return compare(self.real, self.model, self.baselines, self.temperature, self.decoder)

    @cached_property
    def sweep(self) -> Sweep:
        """Shares, KL, RMSE and NLL of the respondents at every temperature."""
        return sweep(self.real, self.model, self.baselines, self.fitted_temperature, self.decoder)

    @cached_property
    def population_sweep(self) -> Sweep | None:
        """The population at every temperature, against the weighted answers of all respondents."""
        if self.scored.people_cells is None:
            return None
        cells, counts = np.unique(self.scored.people_cells, return_counts=True)
        return population_sweep(
            self.everyone,
            self.scored.tuned.of(cells),
            {name: scores.of(cells) for name, scores in self.others.items() if name != UNTUNED},
            self.fitted_temperature,
            counts.astype(float),
        )

    def by(self, column: str) -> dict[str, Any]:
        """The figures within each category of a demographic; small groups are left out."""
        return compare_by(self.real, self.model, column, self.baselines, self.temperature, self.decoder)

    def to_dict(self) -> dict[str, Any]:
        """What `compare --json` prints."""
        return {**self.comparison.to_dict(), "fitted_temperature": self.fitted_temperature}

    @cached_property
    def _rows(self) -> np.ndarray:
        return np.flatnonzero(self.scored.data.split == self.split)


def finished_job(jobs_folder: Path, job_id: str, kind: str) -> JobFolder:
    """The folder of a job of this kind that is done.

    Raises
    ------
    NotFoundError
        If there is no such job.
    JobError
        If it is of the other kind or not done.
    """
    folder = find_job(jobs_folder, job_id)
    status = folder.status()
    if status.kind != kind:
        wanted = "tuning run" if kind == tuning_job.KIND else "simulation"
        known = [f.id for f in find_jobs(jobs_folder, kind) if f.status().state is JobState.DONE]
        fix = f"Use one of: {', '.join(known)}." if known else f"Start a {wanted} first."
        raise JobError(f"This job is not a {wanted}.", where="jobs", got=job_id, fix=fix)
    if status.state is not JobState.DONE:
        fix = "Wait until it is done." if status.state.is_active else "Start it again."
        raise JobError(f"The job is not done: it is {status.state}.", where=job_id, fix=fix)
    return folder


def write_context(
    simulation: JobFolder, survey: SurveyRecord, run: JobFolder, population: PopulationRecord | None
) -> None:
    """Keep what is known of survey, run and population beside a simulation's inputs."""
    known = {
        "survey": vars(survey),
        "run": {"run_id": run.id, "recipe": run.spec().get("recipe", {}), **run.result()},
        "population": vars(population) if population else None,
    }
    write_json(simulation.inputs / CONTEXT, known)


def read_results(
    folder: JobFolder, temperature: float | str = "auto", decoder: str = "expected", split: str = "test"
) -> Results:
    """Read a finished simulation.

    Parameters
    ----------
    temperature
        "auto" for the one fitted on the validation respondents.
    decoder
        How answers are read for RMSE and accuracy, see `Decoder`.
    split
        Respondents to compare with: "test" or "validation".

    Raises
    ------
    JobError
        If none of these respondents were simulated, or the temperature is out of range.
    """
    scored = SimulationResult.read(folder)
    if not (scored.data.split == split).any():
        raise JobError(
            "The simulation has no such respondents.",
            where=folder.id,
            got=split,
            fix="Use one of: " + ", ".join(sorted(set(scored.data.split))) + ".",
        )
    known = read_json(folder.inputs / CONTEXT)
    population = known["population"]
    return Results(
        simulation=folder.status(),
        survey=SurveyRecord(**known["survey"] | {"warnings": tuple(known["survey"]["warnings"])}),
        run=known["run"],
        population=PopulationRecord(**population) if population else None,
        everyone=SurveyData.read(folder.inputs),
        scored=scored,
        others={UNTUNED: scored.untuned, **_baselines(folder, scored)},
        temperature=scored.temperature if temperature == "auto" else _checked(temperature),
        decoder=Decoder(decoder),
        split=split,
    )


def _checked(temperature: float | str) -> float:
    low, high = TEMPERATURES[0], TEMPERATURES[-1]
    try:
        value = float(temperature)
    except ValueError:
        value = np.nan
    if not low <= value <= high:
        raise JobError(
            "The temperature is out of range.",
            where="temperature",
            got=temperature,
            fix=f"Use auto, or a number from {low:.1f} to {high:.0f}.",
        )
    return value


def _baselines(folder: JobFolder, scored: SimulationResult) -> dict[str, Scores]:
    """The baselines' answers for every simulated cell; fitted on the first call, read afterwards."""
    kept = folder.outputs / "baselines"
    if not kept.is_dir():
        fitted = fit_baselines(scored.train, scored.data.part("validation"), scored.cells)
        unfinished = kept.with_name(f"baselines-{np.random.default_rng().integers(1 << 32):x}")
        unfinished.mkdir()
        for name, tables in fitted.items():
            mass = {key: np.ones(len(table)) for key, table in tables.items()}
            Scores(tables, mass).write(unfinished / f"{name}.parquet")
        try:
            unfinished.rename(kept)
        except OSError:  # somebody else was faster
            pass
    return {name: Scores.read(kept / f"{name}.parquet", scored.data.items) for name in BASELINES}


def prediction_table(folder: JobFolder) -> pd.DataFrame:
    """One row per simulated respondent and legal answer, at temperature 1.

    Returns
    -------
    pandas.DataFrame
        `respondent_id`, `question` (column), `option` (label), `logprob` (natural log) and `split`. For
        "select all that apply" the row of an option holds the log-probability of selecting it.
    """
    scored = SimulationResult.read(folder)
    n = len(scored.data)
    frames = []
    for item in scored.data.items:
        if item.key not in scored.tuned.logprob:
            continue
        table = scored.tuned.logprob[item.key][scored.respondent_cells]
        options = item.answers
        if item.type is QuestionType.MULTI:
            options, table = (item.part,), table[:, :1]  # "Yes" is the first answer of each part
        frames.append(
            pd.DataFrame(
                {
                    "respondent_id": np.repeat(scored.data.ids, len(options)),
                    "question": item.column,
                    "option": np.tile(np.array(options, dtype=object), n),
                    "logprob": table.ravel(),
                    "split": np.repeat(scored.data.split, len(options)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
