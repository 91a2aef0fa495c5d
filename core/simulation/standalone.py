"""Published adapter used without its survey and without the app: answer probabilities of any people.

It gives the numbers of a simulation of
the same people, to the bit as long as the same set of people is asked (how they are bundled decides how
the last digits round). Imports torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import ModelError
from core.models.calibration_slope import Calibration
from core.models.chat import encoder_for
from core.models.language_model import LanguageModel
from core.models.loading import load_adapter, load_base, unpack_for_scoring
from core.models.profiles import no_persona_profile, score_profiles
from core.models.temperature import shares
from core.prompts.encoding import Encoder
from core.prompts.phrases import Phrases
from core.prompts.template import Template
from core.simulation.scores import Scores, distinct_profiles
from core.survey.codebook import Codebook
from core.tuning.blend import Blend


@dataclass(frozen=True)
class StandaloneAdapter:
    """Fine-tuned model with everything that scoring needs.

    Attributes
    ----------
    calibration
        Temperature and slope correction, fitted on validation respondents.
    learned
        Columns of the questions the model was fine-tuned on; the others get no slope correction.
    blend
        Teacher whose answers are mixed in; None for the model alone.
    """

    model: LanguageModel
    encoder: Encoder
    template: Template
    codebook: Codebook
    calibration: Calibration
    learned: tuple[str, ...]
    blend: Blend | None = None

    @property
    def temperature(self) -> float:
        """Temperature fitted on validation respondents."""
        return self.calibration.temperature

    @classmethod
    def load(cls, folder: str | Path, base: str | None = None) -> "StandaloneAdapter":
        """Published adapter, loaded from its folder.

        Parameters
        ----------
        folder
            Holds `adapter_config.json`, `adapter_model.safetensors` and `understudy.json`.
        base
            Name of the base model, where it is not on the Hub; None for the one the adapter names.

        Raises
        ------
        ModelError
            If the base model is not available, or the adapter does not fit it or this release.
        """
        study = json.loads((Path(folder) / "understudy.json").read_text(encoding="utf-8"))
        known = study["base"]
        name = base or "@".join(filter(None, (known["id"], known.get("revision"))))
        template = Template.from_dict(study["template"])
        loaded = unpack_for_scoring(load_base(name, "qlora" if known.get("quantisation") else "lora"))
        model = load_adapter(loaded, Path(folder))
        book = Codebook.from_dict(study["codebook"])
        phrases = Phrases.from_dict(study.get("phrases", {}))
        encoder = encoder_for(loaded.tokenizer, study.get("chat", False), phrases)
        calibration = Calibration.from_dict(study)
        learned, blend = tuple(study.get("learned_questions", ())), Blend.read(Path(folder), study)
        return cls(model, encoder, template, book, calibration, learned, blend)

    def score(self, people: pd.DataFrame) -> Scores:
        """Slope-corrected scores of the people, one row per person, at temperature 1.

        Parameters
        ----------
        people
            One row per person, columns named as the codebook's demographics; one that is missing or NA is
            left out of the prompt.

        Raises
        ------
        ModelError
            If a value is none of the demographic's categories.
        """
        profiles = self._profiles(people)
        # the last row is the no-persona prompt, the reference of the slope correction
        distinct, profile_of = distinct_profiles(
            pd.concat([profiles, no_persona_profile(profiles)], ignore_index=True)
        )
        found = score_profiles(
            self.model, self.encoder, self.template, self.codebook, distinct, self.codebook.items
        )
        logprob = found.logprob
        if self.blend is not None:
            logprob = self.blend.apply(logprob, distinct, self.codebook)
        scores, rows = Scores(logprob, found.mass), profile_of[:-1]
        learned = [item for item in self.codebook.items if item.column in self.learned]
        scores = scores.with_slope_correction(
            scores.rows_of(profile_of[-1], learned), self.calibration.slope_correction
        )
        return Scores(scores.of(rows), {key: mass[rows] for key, mass in scores.mass.items()})

    def shares(
        self, people: pd.DataFrame | Sequence[Mapping[str, str]], temperature: float | None = None
    ) -> dict[str, np.ndarray]:
        """Simulated answer shares: item key -> (K,), each summing to 1.

        Parameters
        ----------
        people
            See `score`; a list of dictionaries is accepted too.
        temperature
            The fitted one if None.
        """
        scores = self.score(pd.DataFrame(people))
        chosen = self.temperature if temperature is None else temperature
        return {key: shares(table, np.ones(len(table)), chosen)[0] for key, table in scores.logprob.items()}

    def _profiles(self, people: pd.DataFrame) -> pd.DataFrame:
        """Columns of the codebook's demographics, checked; NA where `people` lacks one."""
        columns = {}
        for demographic in self.codebook.demographics:
            column = demographic.column
            given = people[column] if column in people else pd.Series(pd.NA, people.index)
            values = given.astype("string")
            if len(strange := values[values.notna() & ~values.isin(demographic.options)]):
                raise ModelError(
                    "A person has a category the adapter was not taught.",
                    where=column,
                    got=strange.iloc[0],
                    fix=f"Use one of: {', '.join(demographic.options)}.",
                )
            columns[column] = values.astype(object)
        return pd.DataFrame(columns)
