"""Results of a finished simulation beside the real answers: figures, floors, baselines, temperature sweep.

Everything is computed from the simulation's own folder, never from the database: results stay readable
after the survey was deleted and while another process holds the database. What takes long (fitted baselines,
structure) is computed once by a job and read here when it is there; figures are computed when they are first
asked for.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from core.comparison import job as assessment
from core.comparison.accuracy import Decoder
from core.comparison.calibration import CalibrationBin, calibration
from core.comparison.compare import compare, compare_by, temperature_of
from core.comparison.comparison import Comparison, GroupComparison, Temperatures
from core.comparison.rectify import Estimate, rectify
from core.comparison.structure_figures import Structure
from core.comparison.sweep import Sweep, population_sweep, sweep
from core.comparison.tradeoff import TradeoffPoint, tradeoff_points
from core.comparison.uncertainty import Uncertainty, uncertainty
from core.errors import JobError
from core.jobs.status import JobStatus
from core.models.temperature import fit_temperature, temper
from core.models.token_temperature import TokenTempering
from core.population.figures import PopulationFigures
from core.results.option_mass import OptionMass
from core.results.readout import BY_TYPE, ReadoutSettings
from core.simulation.result import SimulationResult
from core.simulation.scores import Scores
from core.store.records import PopulationRecord, SurveyRecord
from core.survey.codebook import Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base
from core.tuning.registry import Run

Answers = Mapping[str, np.ndarray]
"""Item key -> log-probabilities (n, K), natural log, at temperature 1."""


@dataclass(frozen=True)
class Results:
    """Results of one simulation: what the page, the report and `compare` show.

    Attributes
    ----------
    simulation
        The job.
    survey
        The survey when the simulation was started.
    run
        How the model was tuned.
    population
        The simulated population, or None.
    everyone
        All respondents of the survey.
    scored
        Everything the simulation left.
    others
        Baseline name -> scores of the same profiles.
    structure
        Figures of the structure axis, None until the assessment job is done.
    reading
        Temperature, decoder and the groups compared.
    split
        Which respondents are compared.
    """

    simulation: JobStatus
    survey: SurveyRecord
    run: Run
    population: PopulationRecord | None
    everyone: SurveyData
    scored: SimulationResult
    others: Mapping[str, Scores]
    structure: Structure | None
    reading: ReadoutSettings
    split: str

    def read(self, reading: ReadoutSettings) -> "Results":
        """Results of the same simulation read in another way; no model call.

        Raises
        ------
        JobError
            If fewer than 30 respondents (effective base) are left.
        """
        other = replace(self, reading=reading)
        base = effective_base(other.real.weights)
        if reading.groups and base < SMALL_BASE:
            raise JobError(
                "Too few respondents are left to compare with.",
                where="filter",
                got=f"{len(other.real)} (effective base {base:.0f})",
                fix=f"Choose more categories: at least {SMALL_BASE} are needed.",
            )
        return other

    @property
    def decoder(self) -> Decoder:
        """Decoder: how one answer is read."""
        return self.reading.decoder

    @property
    def fitted_temperature(self) -> float:
        """Temperature fitted on the validation respondents by NLL, to the hundredth a slider can show.

        So the chart and every table say the same share; the likelihood is flat there.
        """
        return round(self.scored.temperature, 2)

    @property
    def temperature(self) -> float:
        """Temperature of the reading; the one fitted for all if there is one per type."""
        chosen = self.reading.temperature
        return self.fitted_temperature if isinstance(chosen, str) else chosen

    @cached_property
    def fitted_by_type(self) -> dict[str, float]:
        """Question type -> temperature fitted by NLL on the validation respondents."""
        rows = np.flatnonzero(self.scored.data.split == "validation")
        data, model = self.scored.data.take(rows), self.scored.tuned.of(self.scored.respondent_profile[rows])
        return {
            str(kind): round(
                fit_temperature(tables, {key: data.answers[key].to_numpy() for key in tables}, data.weights),
                2,
            )
            for kind in QuestionType
            if (tables := {i.key: model[i.key] for i in data.items if i.type is kind and i.key in model})
        }

    @property
    def temperatures(self) -> Temperatures:
        """Temperature questions are read at, or one per type."""
        return self.fitted_by_type if self.reading.temperature == BY_TYPE else self.temperature

    @cached_property
    def token_temperings(self) -> dict[str, TokenTempering]:
        """Item key -> tempering at every token, of items where it differs from tempering whole answers."""
        found = {key: TokenTempering(paths) for key, paths in self.scored.answer_tokens.items()}
        return {key: tempering for key, tempering in found.items() if not tempering.is_trivial}

    @cached_property
    def real(self) -> SurveyData:
        """Real respondents compared with."""
        return self.scored.data.take(self._rows)

    @cached_property
    def model(self) -> Answers:
        """Log-probabilities of the tuned model for `real`."""
        return self.scored.tuned.of(self.scored.respondent_profile[self._rows])

    @cached_property
    def baselines(self) -> dict[str, Answers]:
        """Baselines for `real`, see `core.comparison.baselines`; "untuned" and "empty_persona" among them."""
        profile = self.scored.respondent_profile[self._rows]
        return {name: scores.of(profile) for name, scores in self.others.items()}

    @cached_property
    def comparison(self) -> Comparison:
        """Figures of the reading, with floors and baselines."""
        found = compare(self.real, *self._tempered, self.decoder)
        return replace(found, temperature=self.temperatures)

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """Bootstrap bands and intervals of the overall figures."""
        return uncertainty(self.real, *self._tempered, self.decoder)

    @cached_property
    def calibration(self) -> list[CalibrationBin]:
        """Calibration curve at the temperature of the reading."""
        return calibration(self.real, self._probability(self.model))

    @cached_property
    def tradeoff(self) -> list[TradeoffPoint]:
        """Distance to toplines and individual error of every decoder and baseline."""
        return tradeoff_points(self.real, *self._tempered)

    @property
    def _tempered(self) -> tuple[Answers, dict[str, Answers], Temperatures]:
        """Model, baselines and the temperature still to be applied."""
        if not (self.reading.per_token and self.token_temperings):
            return self.model, self.baselines, self.temperatures
        return self._read(self.model), self.baselines, 1.0

    def _read(self, tables: Answers) -> Answers:
        """Log-probabilities at the temperature of the reading."""
        kinds = {item.key: item.type for item in self.everyone.items}
        temperings = self.token_temperings if self.reading.per_token else {}
        return {
            key: temperings.get(key, temper)(table, temperature_of(self.temperatures, kinds[key]))
            for key, table in tables.items()
        }

    def _probability(self, tables: Answers) -> Answers:
        return {key: np.exp(table) for key, table in self._read(tables).items()}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Questions that were simulated and that somebody compared has answered."""
        given = self.real.answers
        scored = (q for q in self.everyone.codebook.questions if all(i.key in self.model for i in q.items))
        return tuple(q for q in scored if any((given[i.key] >= 0).any() for i in q.items))

    @cached_property
    def sweep(self) -> Sweep:
        """Shares, KL, RMSE, SD ratio and NLL of the respondents at every temperature."""
        return self._swept({item.key for item in self.everyone.items})

    def one_question(self, column: str) -> Sweep:
        """Sweep of one question alone, sooner: what the first chart of a page needs."""
        if "sweep" in vars(self):
            return self.sweep
        return self._swept({item.key for item in self.everyone.codebook.question(column).items})

    def _swept(self, keys: set[str]) -> Sweep:
        def of(tables: Answers) -> Answers:
            return {key: table for key, table in tables.items() if key in keys}

        tempering = self.token_temperings if self.reading.per_token else None
        model, others = of(self.model), {name: of(tables) for name, tables in self.baselines.items()}
        return sweep(self.real, model, others, self.fitted_temperature, self.decoder, tempering=tempering)

    @property
    def has_population(self) -> bool:
        """Whether anybody of a simulated population is among the groups of the reading."""
        return bool(len(self._people_profiles))

    @cached_property
    def _people_profiles(self) -> np.ndarray:
        people, profile = self.scored.people, self.scored.people_profile
        if people is None or profile is None:
            return np.array([], dtype=int)
        return profile[self.reading.selects(people, self.everyone.codebook)]

    @cached_property
    def population_sweep(self) -> Sweep | None:
        """Sweep of the population, against the weighted answers of all respondents."""
        profile, counts = np.unique(self._people_profiles, return_counts=True)
        if not len(profile):
            return None
        codebook = self.everyone.codebook
        return population_sweep(
            self.everyone.take(self.reading.selects(self.everyone.profiles, codebook)),
            self.scored.tuned.of(profile),
            {n: scores.of(profile) for n, scores in self.others.items() if n != assessment.BASE_MODEL},
            self.fitted_temperature,
            counts.astype(float),
            tempering=self.token_temperings if self.reading.per_token else None,
        )

    @cached_property
    def population_figures(self) -> PopulationFigures | None:
        """Figures of how well the population meets its targets; None without one."""
        figures = self.population.figures if self.population else None
        return PopulationFigures.from_dict(figures) if figures else None

    @cached_property
    def rectified(self) -> list[Estimate]:
        """Rectified estimates of the population's answers, corrected by the held-out respondents (PPI++).

        Raises
        ------
        JobError
            If no population was simulated, or there are too few respondents.
        """
        if self.scored.people_profile is None:
            fix = "Build a population and simulate it."
            raise JobError("This simulation has no population.", where=self.simulation.id, fix=fix)
        profile, counts = np.unique(self.scored.people_profile, return_counts=True)
        whole = replace(self, reading=replace(self.reading, groups=()))
        model, people = whole._probability(whole.model), whole._probability(self.scored.tuned.of(profile))
        profiles = self.scored.profiles.iloc[profile].reset_index(drop=True)
        return rectify(whole.real, model, profiles, people, counts.astype(float))

    @cached_property
    def option_mass(self) -> OptionMass | None:
        """In-option mass of the respondents compared; None when it was not recorded."""
        profile = self.scored.respondent_profile[self._rows]
        return OptionMass.of(of_item[profile] for of_item in self.scored.tuned.mass.values())

    def by(self, column: str) -> dict[str, GroupComparison]:
        """Comparison within each category of a demographic; small groups are left out."""
        model, baselines, temperatures = self._tempered
        return compare_by(self.real, model, column, baselines, temperatures, self.decoder)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what `compare --json` prints."""
        return {
            **self.comparison.to_dict(),
            "fitted_temperature": self.fitted_temperature,
            "fitted_by_type": self.fitted_by_type,
            "in_option_mass": self.option_mass.to_dict() if self.option_mass else None,
            "uncertainty": self.uncertainty.to_dict(),
            "structure": self.structure.to_dict() if self.structure else None,
            "calibration": [asdict(found) for found in self.calibration],
            "tradeoff": [asdict(point) for point in self.tradeoff],
        }

    @cached_property
    def _rows(self) -> np.ndarray:
        data = self.scored.data
        return np.flatnonzero((data.split == self.split) & self.reading.selects(data.profiles, data.codebook))
