"""Folder of a finished simulation: what was known when it was started, and the `Results` read from it."""

from core.comparison import job as assessment
from core.errors import JobError
from core.jobs.folder import JobFolder
from core.results.readout import ReadoutSettings
from core.results.results import Results
from core.simulation.result import SimulationResult
from core.store.files import read_json, write_json
from core.store.records import PopulationRecord, SurveyRecord
from core.survey.respondents import SurveyData
from core.tuning.registry import Run
from core.tuning.result import RunResult

CONTEXT = "context.json"
"""In a simulation's inputs: what is known of its survey, run and population."""


def write_context(
    simulation: JobFolder, survey: SurveyRecord, run: JobFolder, population: PopulationRecord | None
) -> None:
    """Keep what is known of survey, run and population beside a simulation's inputs."""
    known = {
        "survey": vars(survey),
        "run": Run(run.id, run.spec().get("recipe", {}), RunResult.from_dict(run.result())).to_dict(),
        "population": vars(population) if population else None,
    }
    write_json(simulation.inputs / CONTEXT, known)


def read_results(
    folder: JobFolder, temperature: float | str = "auto", decoder: str = "expected", split: str = "test"
) -> Results:
    """Results of a finished simulation, read from its folder.

    Parameters
    ----------
    temperature
        "auto" for the one fitted on the validation respondents, "by_type" for one per question type.
    decoder
        How answers are read for RMSE and accuracy, see `Decoder`.
    split
        Respondents to compare with: "test" or "validation".

    Raises
    ------
    JobError
        If none of these respondents were simulated, or the temperature is out of range.
    """
    reading = ReadoutSettings.of(temperature, decoder)
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
        run=Run.from_dict(known["run"]),
        population=PopulationRecord(**population) if population else None,
        everyone=SurveyData.read(folder.inputs),
        scored=scored,
        others={**assessment.scored_baselines(scored), **assessment.fitted_baselines(folder, scored.data)},
        structure=assessment.read_structure(folder),
        reading=reading,
        split=split,
    )
