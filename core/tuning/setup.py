"""Training setup: what a run learns besides the model: items, labels, length, words of the survey."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.models.calibration_slope import Calibration, fit_calibration
from core.models.chat import encoder_for
from core.models.language_model import LanguageModel
from core.models.loading import LoadedModel
from core.models.parallel_scoring import score_on_all_cores
from core.models.processes import ALONE, Processes
from core.models.profiles import ProfileScores, no_persona_profile
from core.prompts.encoding import Encoder
from core.prompts.phrases import PhraseEncoder, Phrases
from core.prompts.template import Template, option_lines
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals
from core.tuning.blend import Blend
from core.tuning.blend_weight import fit_blend_weight
from core.tuning.examples import SurveyExamples
from core.tuning.presets import BUNDLES_PER_STEP, planned_steps
from core.tuning.profile_codes import ProfileCodes
from core.tuning.recipe import Recipe
from core.tuning.result import Smoothing
from core.tuning.stacked_regression import StackedRegression, fit_stacked_regression
from core.tuning.targets import IndividualTargets, SmoothedTargets, Targets, cell_targets, choose_smoothing

MONITORED_PAIRS, MONITORED_PAIRS_LARGE = 40_000, 8_000
"""Most validation respondents x items scored at a check of the embedded model, and of larger ones."""
FEWEST_MONITORED = 100
"""Respondents monitored at least, however many items there are."""
SMALL_VOCABULARY = 20_000
"""Tokens up to which the embeddings of the survey's words are trained."""


@dataclass(frozen=True)
class TrainingSetup:
    """Respondents, items, recipe and prompts of a run.

    Scoring is shared among `processes`; scores are the model's own as long as there is no `blend`.
    """

    data: SurveyData
    items: tuple[Item, ...]
    recipe: Recipe
    template: Template
    encoder: Encoder
    processes: Processes = ALONE
    blend: Blend | None = None

    @classmethod
    def of(
        cls, data: SurveyData, recipe: Recipe, loaded: LoadedModel, processes: Processes = ALONE
    ) -> "TrainingSetup":
        """Setup for a base model, with the items of all questions that are not held out."""
        items = tuple(i for i in data.items if i.column not in recipe.hold_out_questions)
        train = data.part("train")
        shares = {i.key: training_marginals(train, i) for i in items}
        phrases = Phrases.of(data.codebook, items, shares)
        encoder = encoder_for(loaded.tokenizer, loaded.talks, phrases)
        return cls(data, items, recipe, Template(), encoder, processes)

    @property
    def train(self) -> SurveyData:
        """Training respondents."""
        return self.data.part("train")

    @property
    def validation(self) -> SurveyData:
        """Validation respondents, on whom settings are chosen."""
        return self.data.part("validation")

    @property
    def monitored(self) -> SurveyData:
        """Monitored respondents, scored on all items at every check: all validation ones, or a sample."""
        everybody = self.validation
        pairs = MONITORED_PAIRS if self.recipe.is_embedded else MONITORED_PAIRS_LARGE
        count = max(FEWEST_MONITORED, pairs // len(self.items))
        if count >= len(everybody):
            return everybody
        drawn = np.random.default_rng((self.recipe.seed, 4)).choice(len(everybody), count, replace=False)
        return everybody.take(np.sort(drawn))

    @property
    def held_out(self) -> tuple[Item, ...]:
        """Items of the held-out questions, which the model is not trained on."""
        return tuple(i for i in self.data.items if i.column in self.recipe.hold_out_questions)

    def score(
        self, model: LanguageModel, respondents: SurveyData, items: tuple[Item, ...] | None = None
    ) -> ProfileScores:
        """Scores of the learned items, or of `items`, for these respondents."""
        return self._score(model, respondents.profiles, self.items if items is None else items)

    def score_no_persona(self, model: LanguageModel) -> dict[str, np.ndarray]:
        """Scores of the no-persona prompt: key of each learned item -> log-probabilities (K,)."""
        found = self._score(model, no_persona_profile(self.data.profiles), self.items)
        return {key: table[0] for key, table in found.logprob.items()}

    def blended(
        self, teacher: StackedRegression | None, scores: ProfileScores
    ) -> tuple["TrainingSetup", ProfileScores]:
        """Setup that blends scores with the teacher's, and the validation respondents' scores so blended.

        Parameters
        ----------
        teacher
            Fitted to the learned items; without one everything stays as it is.
        scores
            The model's own scores of the validation respondents, by which the blend's weight is chosen.
        """
        if teacher is None:
            return self, scores
        people, book = self.validation, self.data.codebook
        theirs = teacher.logprob(ProfileCodes.of(people).codes)
        answers = {item.key: people.answers[item.key].to_numpy() for item in self.items}
        blend = Blend(teacher, fit_blend_weight(scores.logprob, theirs, answers, people.weights), book)
        mixed = blend.apply(scores.logprob, people.profiles, book)
        return replace(self, blend=blend), ProfileScores(mixed, scores.mass)

    def calibrate(self, scores: ProfileScores, no_persona: Mapping[str, np.ndarray]) -> Calibration:
        """Calibration fitted on scores of the validation respondents and of the no-persona prompt."""
        people = self.validation
        answers = {item.key: people.answers[item.key].to_numpy() for item in self.items}
        return fit_calibration(scores.logprob, no_persona, answers, people.weights)

    def _score(self, model: LanguageModel, profiles: pd.DataFrame, items: tuple[Item, ...]) -> ProfileScores:
        found = score_on_all_cores(
            model,
            self.encoder,
            self.template,
            self.data.codebook,
            profiles,
            items,
            processes=self.processes,
        )
        if self.blend is None:
            return found
        return ProfileScores(
            self.blend.apply(found.logprob, profiles, self.data.codebook),  # (n, K) each
            found.mass,
        )

    def examples(self, targets: Targets) -> SurveyExamples:
        """Training examples of the whole run."""
        return SurveyExamples(
            self.train,
            self.items,
            targets,
            self.encoder,
            self.template,
            count=self.steps * BUNDLES_PER_STEP,
            seed=self.recipe.seed,
        )

    @property
    def phrases(self) -> Phrases:
        """Phrases of the survey; none for a model that reads words."""
        return self.encoder.phrases if isinstance(self.encoder, PhraseEncoder) else Phrases()

    @property
    def steps(self) -> int:
        """Number of optimiser steps of the whole run."""
        return planned_steps(self.recipe, len(self.items), len(self.train))

    def survey_tokens(self) -> list[int] | None:
        """Ids of the tokens of this survey, sorted; their embeddings are trained with the adapter.

        None for large vocabularies: a large model knows its words, the embedded one does not.
        """
        if len(self.encoder.tokenizer) > SMALL_VOCABULARY:
            return None
        if isinstance(self.encoder, PhraseEncoder):
            return sorted({*self.encoder.cue, *self.encoder.ids.values()})
        encoder, seen = self.encoder, set(self.encoder.cue)
        for item in self.items:
            seen.update(encoder.question(item))
            for branch in encoder.trie(item).branches:
                seen.update(branch.prefix, branch.children.tolist())
        for line in option_lines(self.data.codebook):
            seen.update(encoder.segment(line))
        return sorted(seen)

    def constant(self, *, uniform: bool) -> ProfileScores:
        """Scores of a baseline, the same for all validation respondents: uniform or training marginals."""
        n = len(self.validation)
        logprob = {}
        for item in self.items:
            k = len(item.answers)
            shares = np.full(k, 1 / k) if uniform else training_marginals(self.train, item)
            logprob[item.key] = np.tile(np.log(shares), (n, 1))
        return ProfileScores(logprob, {})


def make_targets(setup: TrainingSetup) -> tuple[Targets, Smoothing, StackedRegression | None]:
    """Labels of the recipe's kind, what was chosen for them, and the teacher; None for raw labels."""
    if setup.recipe.targets == "individual":
        return IndividualTargets(setup.train), Smoothing(), None
    if setup.recipe.targets == "cells":
        return cell_targets(setup.train, setup.items), Smoothing(0.0), None
    teacher = fit_stacked_regression(setup.train, setup.validation, setup.items, setup.recipe.seed)
    rng = np.random.default_rng((setup.recipe.seed, 2))
    targets = SmoothedTargets(setup.train, teacher, 20.0)
    targets.smoothing = choose_smoothing(targets, setup.validation, setup.items, rng)
    nll = None if np.isnan(teacher.validation_nll) else teacher.validation_nll
    return targets, Smoothing(targets.smoothing, nll), teacher
