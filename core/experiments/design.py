"""Experiments of the paper on any survey: what each compares, and the claim it tests. Needs no torch.

Source: arXiv 2403.20252. Its claims are restated; its numbers, prompts and exact penalty are not known here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.comparison.comparison import HEADLINE_TYPES
from core.errors import RecipeError
from core.experiments.row import ExperimentResult
from core.jobs.status import JobStatus
from core.survey.codebook import QuestionType

ORDERED_TYPES = (QuestionType.ORDINAL, QuestionType.NUMERIC)


@dataclass(frozen=True)
class Experiment:
    """Experiment: name, claim, and how its figures are shown.

    Attributes
    ----------
    key, title
        Name in jobs, name as shown.
    claim
        What the paper found, in a sentence.
    axis
        What `Variant.x` is; empty when variants are categories.
    curve
        Whether its chart is KL against RMSE.
    ordered_only
        Whether KL and NLL, too, are means over ordinal and numeric questions only.
    """

    key: str
    title: str
    claim: str
    axis: str = ""
    curve: bool = False
    ordered_only: bool = False

    @property
    def kinds(self) -> tuple[QuestionType, ...]:
        """Types of the questions whose mean KL and NLL are shown."""
        return ORDERED_TYPES if self.ordered_only else HEADLINE_TYPES


EXPERIMENTS = (
    Experiment(
        "taught",
        "Before and after teaching",
        "Fine-tuned models match the population (KL) and individuals (RMSE) better than pre-trained ones.",
    ),
    Experiment(
        "method",
        "LoRA against QLoRA",
        "QLoRA is hardly worse than LoRA and saves memory.",
    ),
    Experiment(
        "size",
        "Model size",
        "Larger models are better before fine-tuning; afterwards the advantage shrinks.",
    ),
    Experiment(
        "temperature",
        "Temperature",
        "A low temperature matches individuals better, a high one the population.",
        axis="Temperature",
        curve=True,
    ),
    Experiment(
        "penalty",
        "Penalty for numbers",
        "A penalty on the distance to the true number improves numeric answers.",
        ordered_only=True,
    ),
    Experiment(
        "respondents",
        "Number of training respondents",
        "More respondents help, with diminishing returns.",
        axis="Training respondents",
    ),
    Experiment(
        "baselines",
        "Against simpler methods",
        "A fine-tuned model matches people better than SVR, CatBoost and other methods that know the "
        "demographics but no language.",
    ),
)


def find_experiment(key: str) -> Experiment:
    """Experiment with that key.

    Raises
    ------
    RecipeError
        If there is none.
    """
    for experiment in EXPERIMENTS:
        if experiment.key == key:
            return experiment
    known = ", ".join(e.key for e in EXPERIMENTS)
    raise RecipeError("There is no such experiment.", got=key, fix=f"Use one of: {known}.")


@dataclass(frozen=True)
class Outcome(ExperimentResult):
    """Finished experiment as a page shows it: result, job and settings.

    Attributes
    ----------
    job
        What was started, and when.
    recipe
        Settings of all variants, but for what each varies.
    """

    job: JobStatus
    recipe: Mapping[str, Any]
