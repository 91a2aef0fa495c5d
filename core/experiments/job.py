"""Job folder of an experiment: its inputs. Needs no torch."""

from pathlib import Path

from core.errors import RecipeError
from core.experiments.design import Experiment
from core.experiments.variants import variants
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe

WORKER = "core.experiments.worker"


def check_experiment(experiment: Experiment, recipe: Recipe, data: SurveyData) -> None:
    """Refuse what cannot be compared.

    Raises
    ------
    RecipeError
        If the survey has no question of the kind that is compared, or no test respondents, or a base model
        is missing.
    """
    recipe.check(data.codebook)
    variants(experiment, recipe, data)
    if experiment.ordered_only and not any(item.is_ordered for item in data.items):
        raise RecipeError(
            "The survey has no scale and no number, so a penalty has nothing to act on.", where="codebook"
        )
    if not len(data.part("test")) or not len(data.part("train")):
        raise RecipeError("The survey needs training and test respondents.", where="split")


def prepare_experiment(
    jobs_folder: Path, data: SurveyData, experiment: Experiment, recipe: Recipe, survey_id: str
) -> JobFolder:
    """Make the job folder of an experiment; start it with module `WORKER`.

    Raises
    ------
    RecipeError
        As `check_experiment`.
    """
    check_experiment(experiment, recipe, data)
    spec = {"survey_id": survey_id, "experiment": experiment.key, "recipe": recipe.to_dict()}
    folder = JobFolder.create(jobs_folder, JobKind.EXPERIMENT, experiment.title, spec)
    data.write(folder.inputs)
    return folder
