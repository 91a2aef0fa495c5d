"""Outputs of a finished simulation: scores of distinct profiles, and the profile of every person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.jobs.folder import JobFolder
from core.simulation.scores import Scores
from core.store.files import read_json
from core.survey.respondents import SurveyData

ANSWER_TOKENS = "answer_tokens.json"
"""File with item key -> tokens of each legal answer, for token-level temperature."""


@dataclass(frozen=True)
class SimulationResult:
    """Scores and people of a finished simulation.

    Attributes
    ----------
    data
        The survey respondents that were scored, with their split.
    train
        The training respondents, for baselines.
    respondent_profile
        Shape (len(data),), position in `profiles` of each scored respondent.
    people, people_profile
        The synthetic population, and the position in `profiles` of each person; None without one.
    profiles
        Distinct profiles, one row each.
    tuned, untuned
        Scores of the fine-tuned model and of its base model.
    temperature
        Fitted on validation respondents by NLL when the model was fine-tuned.
    no_persona
        Position in `profiles` of the no-persona prompt; None in simulations of earlier versions.
    answer_tokens
        Item key -> tokens of each legal answer; empty in simulations of earlier versions.
    """

    data: SurveyData
    train: SurveyData
    respondent_profile: np.ndarray
    people: pd.DataFrame | None
    people_profile: np.ndarray | None
    profiles: pd.DataFrame
    tuned: Scores
    untuned: Scores
    temperature: float
    no_persona: int | None = None
    answer_tokens: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: JobFolder) -> "SimulationResult":
        """Result in the job folder of a finished simulation."""
        survey = SurveyData.read(folder.inputs)
        scored = survey.part(*folder.spec()["respondents"])
        profiles = pd.read_parquet(folder.outputs / "cells.parquet")
        people_path = folder.inputs / "people.parquet"
        people = pd.read_parquet(people_path) if people_path.exists() else None
        profile_of = np.load(folder.outputs / "cell_of.npz", allow_pickle=False)
        return cls(
            data=scored,
            train=survey.part("train"),
            respondent_profile=profile_of["respondents"],
            people=people,
            people_profile=profile_of["people"] if people is not None else None,
            profiles=profiles,
            tuned=Scores.read(folder.outputs / "scores.parquet", survey.items),
            untuned=Scores.read(folder.outputs / "base_scores.parquet", survey.items),
            temperature=float(folder.result()["temperature"]),
            no_persona=int(profile_of["blank"]) if "blank" in profile_of else None,
            answer_tokens=read_json(folder.outputs / ANSWER_TOKENS)
            if (folder.outputs / ANSWER_TOKENS).exists()
            else {},
        )
