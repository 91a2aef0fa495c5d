"""Plan of an experiment before it starts: models to train, models in the cache, and time.

Needs no torch.
"""

from dataclasses import dataclass
from pathlib import Path

from core.experiments.design import Experiment
from core.experiments.score_cache import cache_key, missing
from core.experiments.variants import Variant, variants
from core.models.machine import Machine, this_machine
from core.survey.respondents import SurveyData
from core.tuning.plan import TuningPlan, in_words, plan
from core.tuning.recipe import Recipe

FITTING = 20.0
"""Rough seconds for a baseline, or for a base model without training."""


@dataclass(frozen=True)
class ExperimentPlan:
    """Plan of an experiment.

    Attributes
    ----------
    teach, known
        Number of models to train, and of trained ones that other experiments left in the cache.
    steps
        Steps of every model trained.
    seconds
        Rough time on this machine; None when a model's size is unknown.
    """

    teach: int
    known: int
    steps: int
    seconds: float | None

    @property
    def sentence(self) -> str:
        """Message for the user about models, steps and time.

        >>> ExperimentPlan(teach=1, known=0, steps=150, seconds=200.0).sentence
        'Teaches 1 model, 150 steps. About 3 minutes on this machine.'
        """
        if not self.teach:
            return "Every model it needs is known from other experiments: a few seconds."
        time = "" if self.seconds is None else f" {in_words(self.seconds)} on this machine."
        each = " each" if self.teach > 1 else ""
        text = f"Teaches {_models(self.teach)}, {self.steps:,} steps{each}.{time}"
        if self.known:
            are = "is" if self.known == 1 else "are"
            text += f" {self.known} more {are} known from other experiments."
        return text


def _models(count: int) -> str:
    return f"{count} model{'s' * (count != 1)}"


def plan_experiment(
    jobs_folder: Path,
    data: SurveyData,
    experiment: Experiment,
    recipe: Recipe,
    machine: Machine | None = None,
) -> ExperimentPlan:
    """Plan of an experiment on this machine.

    Raises
    ------
    RecipeError
        If it needs what the survey or this machine does not have, or a model does not fit.
    ModelError
        If a base model has to be downloaded first.
    """
    machine = (machine or this_machine()).with_one_gpu()  # an experiment's models are trained by one process
    planned = variants(experiment, recipe, data)
    work = missing(jobs_folder, planned, data)
    models = {cache_key(v, data) for v in planned if v.cost == 1.0}
    teach = sum(v.cost == 1.0 for v in work)
    seconds = [_seconds(v, data, machine) for v in work]
    return ExperimentPlan(
        teach=teach,
        known=len(models) - teach,
        steps=max((_plan(v, data, machine).steps for v in work if v.baseline is None), default=0),
        seconds=None if None in seconds else sum(s for s in seconds if s is not None),
    )


def _plan(variant: Variant, data: SurveyData, machine: Machine) -> TuningPlan:
    found = plan(variant.recipe, data.codebook, len(data.part("train")), machine)
    found.check()
    return found


def _seconds(variant: Variant, data: SurveyData, machine: Machine) -> float | None:
    return FITTING if variant.cost < 1.0 else _plan(variant, data, machine).seconds
