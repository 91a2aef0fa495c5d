"""A tuning job's folder: what goes in, and what the worker leaves behind. Needs no torch."""

from pathlib import Path

from core.errors import RecipeError
from core.jobs.folder import JobFolder
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe

KIND = "tune"
WORKER = "core.tuning.worker"


def prepare_tuning(
    jobs_folder: Path, data: SurveyData, recipe: Recipe, title: str, survey_id: str
) -> JobFolder:
    """Make the job folder of a tuning run; start it with module `WORKER`.

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
    folder = JobFolder.create(jobs_folder, KIND, title, {"survey_id": survey_id, "recipe": recipe.to_dict()})
    data.write(folder.inputs)
    return folder
