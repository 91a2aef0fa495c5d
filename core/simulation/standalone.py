"""An adapter without its survey: load it, ask people from anywhere, get answer probabilities.

This is what a published adapter is used with outside of the app. It gives the numbers of a simulation of
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
from core.prompts.template import Template
from core.simulation.scores import Scores, distinct_profiles
from core.survey.codebook import Codebook


@dataclass(frozen=True)
class StandaloneAdapter:
    """A taught model with everything it needs to be asked."""

    model: LanguageModel
    encoder: Encoder
    template: Template
    codebook: Codebook
    calibration: Calibration
    learned: tuple[str, ...]

    @property
    def temperature(self) -> float:
        """The one fitted on validation respondents."""
        return self.calibration.temperature

    @classmethod
    def load(cls, folder: str | Path, base: str | None = None) -> "StandaloneAdapter":
        """Load a published adapter from its folder.

        Parameters
        ----------
        folder
            Holds `adapter_config.json`, `adapter_model.safetensors` and `understudy.json`.
        base
            The base model, for one that is not on the Hub; otherwise the adapter names it.

        Raises
        ------
        ModelError
            If the base is not to be had, or the adapter does not go with it or with this release.
        """
        study = json.loads((Path(folder) / "understudy.json").read_text(encoding="utf-8"))
        known = study["base"]
        name = base or "@".join(filter(None, (known["id"], known.get("revision"))))
        template = Template.from_dict(study["template"])
        loaded = unpack_for_scoring(load_base(name, "qlora" if known.get("quantisation") else "lora"))
        model = load_adapter(loaded, Path(folder))
        book = Codebook.from_dict(study["codebook"])
        encoder = encoder_for(loaded.tokenizer, study.get("chat", False))
        calibration = Calibration.from_dict(study)
        return cls(model, encoder, template, book, calibration, tuple(study.get("learned_questions", ())))

    def score(self, people: pd.DataFrame) -> Scores:
        """Log-probability of every legal answer of every person, emphasised, at temperature 1.

        Parameters
        ----------
        people
            One row per person, columns named as the codebook's background fields; a field that is missing
            or empty is not shown to the model.

        Raises
        ------
        ModelError
            If a value is none of its field's categories.
        """
        profiles = self._profiles(people)
        # the last one, of whom nothing is known, is what the others are emphasised against
        cells, profile_of = distinct_profiles(
            pd.concat([profiles, no_persona_profile(profiles)], ignore_index=True)
        )
        found = score_profiles(
            self.model, self.encoder, self.template, self.codebook, cells, self.codebook.items
        )
        scores, rows = Scores(found.logprob, found.mass), profile_of[:-1]
        learned = [item for item in self.codebook.items if item.column in self.learned]
        scores = scores.with_slope_correction(
            scores.rows_of(profile_of[-1], learned), self.calibration.slope_correction
        )
        return Scores(scores.of(rows), {key: mass[rows] for key, mass in scores.mass.items()})

    def shares(
        self, people: pd.DataFrame | Sequence[Mapping[str, str]], temperature: float | None = None
    ) -> dict[str, np.ndarray]:
        """Simulated share of every answer: item key -> (K,), each adding up to 1.

        Parameters
        ----------
        people
            See `score`; a list of dictionaries will do.
        temperature
            The fitted one if None.
        """
        scores = self.score(pd.DataFrame(people))
        chosen = self.temperature if temperature is None else temperature
        return {key: shares(table, np.ones(len(table)), chosen)[0] for key, table in scores.logprob.items()}

    def _profiles(self, people: pd.DataFrame) -> pd.DataFrame:
        columns = {}
        for field in self.codebook.demographics:
            given = people[field.column] if field.column in people else pd.Series(pd.NA, people.index)
            values = given.astype("string")
            if len(strange := values[values.notna() & ~values.isin(field.options)]):
                raise ModelError(
                    "A person has a category the adapter was not taught.",
                    where=field.column,
                    got=strange.iloc[0],
                    fix=f"Use one of: {', '.join(field.options)}.",
                )
            columns[field.column] = values.astype(object)
        return pd.DataFrame(columns)
