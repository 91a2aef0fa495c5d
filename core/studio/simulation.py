"""Use cases about simulations: starting and assessing one, its results and predictions."""

import pandas as pd

from core.comparison import job as assessment_job
from core.errors import MarginalsError
from core.jobs import process, queue
from core.jobs.kind import JobKind
from core.jobs.process import find_finished
from core.jobs.status import JobStatus
from core.results.folder import read_results, write_context
from core.results.results import Results
from core.results.tables import prediction_table
from core.simulation import job as simulation_job
from core.simulation.result import SimulationResult
from core.store import records
from core.store.workspace import Workspace
from core.studio import jobs
from core.studio.adapters import compatible_part_of
from core.survey import library


def start(
    ws: Workspace,
    run_id: str,
    population_id: str | None = None,
    respondents: tuple[str, ...] = ("validation", "test"),
) -> str:
    """Start scoring every legal answer for the held-out respondents and, if given, a population.

    The records of survey, run and population are written beside the job's inputs, so its results can be
    read after those were deleted.
    """
    run = find_finished(ws.jobs_folder, run_id, JobKind.TUNE)
    record = library.find_survey(ws, run.spec()["survey_id"])
    population = records.find_population(ws, population_id) if population_id else None
    if population and population.survey_id != record.id:
        raise MarginalsError(
            "The population belongs to another survey.",
            where=population.id,
            got=population.survey_id,
            fix=f"Build a population for {record.id}.",
        )
    folder = simulation_job.prepare_simulation(
        ws.jobs_folder,
        run,
        compatible_part_of(run, library.load_survey(ws, record.id)),
        people=records.load_people(ws, population.id) if population else None,
        population_id=population_id,
        respondents=respondents,
        title=f"Simulation of {population.name if population else 'held-out respondents'}",
    )
    write_context(folder, record, run, population)
    queue.submit(folder, simulation_job.WORKER)
    return folder.id


def start_assessment(ws: Workspace, simulation_id: str) -> str | None:
    """Start a simulation's assessment in the background: baselines are fitted, its structure is compared.

    Returns the id of the job under way; None if the simulation is assessed already.
    """
    simulation = find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE)
    if assessment_job.is_assessed(simulation):
        return None
    folder = assessment_job.find_assessment(ws.jobs_folder, simulation)
    if folder is None or not folder.status().state.is_active:
        folder = assessment_job.prepare_assessment(ws.jobs_folder, simulation)
        process.start(folder, assessment_job.WORKER)
    return folder.id


def assessment(ws: Workspace, simulation_id: str) -> JobStatus | None:
    """Status of the newest assessment job of a simulation; None if it was never started."""
    simulation = find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE)
    folder = assessment_job.find_assessment(ws.jobs_folder, simulation)
    return folder.status() if folder else None


def is_assessed(ws: Workspace, simulation_id: str) -> bool:
    """Whether the fitted baselines and the structure of a simulation are stored."""
    return assessment_job.is_assessed(find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE))


def results(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    split: str = "test",
) -> Results:
    """Results of a simulation: simulated against real answers of `split`, floors, baselines and the sweep.

    The fitted baselines and the structure are in it once `start_assessment` is done.
    """
    return read_results(
        find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE), temperature, decoder, split
    )


def predictions(ws: Workspace, simulation_id: str) -> pd.DataFrame:
    """Log-probabilities: one row per held-out respondent and legal answer, at temperature 1.

    Columns: respondent_id, question (column), option (label), logprob (natural log), split. For "select all
    that apply" the row of an option holds the log-probability of selecting it.
    """
    return prediction_table(
        SimulationResult.read(find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE))
    )


def list_simulations(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Statuses of the finished simulations, newest first; of one survey if given."""
    return jobs.list_done(ws, survey_id, JobKind.SIMULATE)
