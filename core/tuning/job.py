"""Job folder of a tuning run with its inputs. Needs no torch."""

from pathlib import Path

from core.errors import RecipeError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe

WORKER = "core.tuning.worker"


def prepare_tuning(
    jobs_folder: Path,
    data: SurveyData,
    recipe: Recipe,
    title: str,
    survey_id: str,
    processes: int | None = None,
    sharded: bool = False,
) -> JobFolder:
    """Job folder of a tuning run, new and queued; start it with module `WORKER`.

    Parameters
    ----------
    processes
        Number of data-parallel processes; None for what suits the machine the job runs on.
    sharded
        Whether the base model is sharded over them.

    Raises
    ------
    RecipeError
        If the recipe does not fit the survey, or there is no training respondent.
    """
    recipe.check(data.codebook)
    if not len(data.part("train")):
        raise RecipeError(
            "No respondent is in the training part.", where="split", fix="Check the split column."
        )
    if not data.codebook.questions:
        raise RecipeError(
            "The survey has no question to learn.", where="codebook", fix="Mark a column as question."
        )
    spec = {"survey_id": survey_id, "recipe": recipe.to_dict()}
    asked = {"processes": processes, "sharded": sharded} if processes else {}
    folder = JobFolder.create(jobs_folder, JobKind.TUNE, title, spec | asked)
    data.write(folder.inputs)
    return folder
