"""Simulated shares and distances on the temperature grid, ready for a chart that moves while dragged.

Everything is exact arithmetic on stored log-probabilities. Distances are computed on the same bands
as in `core.comparison.measures`; RMSE is a share of the scale's length, so questions can be averaged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.accuracy import Decoder, mean_squared_error, nll
from core.comparison.compare import HEADLINE_TYPES, LogProbs
from core.comparison.divergence import jeffreys, kl, real_shares
from core.comparison.floors import kl_floor
from core.comparison.measures import RealAnswers, real_answers, rescale
from core.models.temperature import TEMPERATURES, shares, temper
from core.survey.codebook import Item, Question, QuestionType
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class QuestionSweep:
    """One question at every temperature; n_T temperatures, K answers.

    Attributes
    ----------
    column, text, type
        The question.
    answers
        Legal answers in codebook order; for "select all that apply" its options, whose shares are
        those who select each and do not add up to 1.
    n
        Real respondents who answered, unweighted.
    real
        Shape (K,), weighted real shares.
    simulated
        Shape (n_T, K).
    others
        Name -> shape (K,), shares of the un-tuned model and the baselines, at temperature 1.
    kl
        Shape (n_T,), KL(real || simulated) in nats; mean over options for "select all that apply".
    rmse, rmse_sampled
        Shape (n_T,), RMSE of the chosen decoder and of sampled answers, as a share of the scale's
        length; None where there is no scale or there are no individual answers.
    sd_ratio
        Shape (n_T,), standard deviation of the simulated answers over that of the real ones; None where
        there is no scale or everybody gave the same answer.
    nll
        Shape (n_T,), nats per answer; None where there are no individual answers.
    floor_kl
        KL a perfect simulation would show.
    """

    column: str
    text: str
    type: QuestionType
    answers: tuple[str, ...]
    n: int
    real: np.ndarray
    simulated: np.ndarray
    others: Mapping[str, np.ndarray]
    kl: np.ndarray
    rmse: np.ndarray | None
    rmse_sampled: np.ndarray | None
    sd_ratio: np.ndarray | None
    nll: np.ndarray | None
    floor_kl: float


@dataclass(frozen=True)
class Sweep:
    """All questions at every temperature.

    Attributes
    ----------
    temperatures
        Shape (n_T,), the grid.
    questions
        In questionnaire order; questions nobody answered are left out.
    kl, nll, rmse, rmse_sampled, sd_ratio
        Shape (n_T,), means over the single-choice and ordinal questions (over all, if there are
        neither) that have the figure; None where none has.
    chosen
        The temperature fitted on the validation respondents.
    """

    temperatures: np.ndarray
    questions: tuple[QuestionSweep, ...]
    kl: np.ndarray | None
    rmse: np.ndarray | None
    rmse_sampled: np.ndarray | None
    sd_ratio: np.ndarray | None
    nll: np.ndarray | None
    chosen: float

    def question(self, column: str) -> QuestionSweep:
        """The question of a column that was swept; KeyError if it was not."""
        return {question.column: question for question in self.questions}[column]


Tempering = Callable[[np.ndarray, float], np.ndarray]
"""(n, K) log-probabilities at temperature 1, and a temperature -> those at that temperature."""


def sweep(
    real: SurveyData,
    model: LogProbs,
    others: Mapping[str, LogProbs] | None = None,
    chosen: float = 1.0,
    decoder: Decoder | str = Decoder.EXPECTED,
    weights: np.ndarray | None = None,
    temperatures: np.ndarray = TEMPERATURES,
    tempering: Mapping[str, Tempering] | None = None,
) -> Sweep:
    """Respondents' simulated answers against their real ones at every temperature.

    Parameters
    ----------
    real
        The n respondents to compare with.
    model
        Item key -> (n, K) log-probabilities of the same respondents in the same order.
    others
        Name -> log-probabilities likewise, of baselines and the un-tuned model.
    chosen
        The temperature fitted on the validation respondents.
    decoder
        Decoder of `rmse`; shares are those of sampled answers with every decoder, the greedy ones
        being their limit at low temperature.
    weights
        Shape (n,), None for the survey's weights.
    temperatures
        Shape (n_T,), the grid.
    tempering
        Item key -> how its answers are tempered, where that is not `core.models.temperature.temper`.
    """
    decoder = Decoder(decoder)
    weights = real.weights if weights is None else weights

    def item_sweep(item: Item) -> _ItemSweep | None:
        answered = real_answers(item, real.answers[item.key].to_numpy(), weights)
        if not answered.n:
            return None
        z = np.asarray(model[item.key])[answered.rows]
        given = {name: t[item.key][answered.rows] for name, t in (others or {}).items() if item.key in t}
        tables = {name: shares(table, answered.weights, 1.0)[0] for name, table in given.items()}
        points = [
            _point(answered, (tempering or {}).get(item.key, temper)(z, t), decoder) for t in temperatures
        ]
        simulated = np.array([point.shares for point in points])
        curves = {
            name: _curve([getattr(point, name) for point in points])
            for name in ("rmse", "rmse_sampled", "sd_ratio", "nll")
        }
        return _ItemSweep(answered, simulated, tables, _kl(answered, simulated), **curves)

    return _sweep(real, model, item_sweep, chosen, temperatures)


def population_sweep(
    real: SurveyData,
    model: LogProbs,
    others: Mapping[str, LogProbs] | None = None,
    chosen: float = 1.0,
    weights: np.ndarray | None = None,
    temperatures: np.ndarray = TEMPERATURES,
    tempering: Mapping[str, Tempering] | None = None,
) -> Sweep:
    """A synthetic population's answers against the survey's weighted shares, at every temperature.

    A population with other marginals than the survey's should differ from it; the distance then is no
    error. There are no individual answers, so RMSE and NLL are None.

    Parameters
    ----------
    real
        The respondents whose weighted shares are shown beside the population's.
    model
        Item key -> (n_people, K) log-probabilities of the population; or of its cells, with `weights`.
    others
        Name -> log-probabilities of the same rows.
    chosen
        The temperature fitted on the validation respondents.
    weights
        Shape (n_people,), people each row stands for; None for one each. Giving distinct profiles and
        their counts is the same and faster.
    temperatures
        Shape (n_T,), the grid.
    tempering
        As for `sweep`.
    """

    def item_sweep(item: Item) -> _ItemSweep | None:
        answered = real_answers(item, real.answers[item.key].to_numpy(), real.weights)
        if not answered.n:
            return None
        z = np.asarray(model[item.key])
        people = np.ones(len(z)) if weights is None else weights
        how = (tempering or {}).get(item.key, temper)
        simulated = np.array([people @ np.exp(how(z, t)) for t in temperatures]) / people.sum()
        given = {name: t[item.key] for name, t in (others or {}).items() if item.key in t}
        tables = {name: shares(table, people, 1.0)[0] for name, table in given.items()}
        spread = _sd_ratio(answered, simulated)
        return _ItemSweep(answered, simulated, tables, _kl(answered, simulated), sd_ratio=spread)

    return _sweep(real, model, item_sweep, chosen, temperatures)


@dataclass(frozen=True)
class _ItemSweep:
    answered: RealAnswers
    simulated: np.ndarray
    others: Mapping[str, np.ndarray]
    kl: np.ndarray
    rmse: np.ndarray | None = None
    rmse_sampled: np.ndarray | None = None
    sd_ratio: np.ndarray | None = None
    nll: np.ndarray | None = None

    @property
    def real(self) -> np.ndarray:
        """Weighted real shares of every answer, shape (K,)."""
        totals = np.bincount(
            self.answered.answers, weights=self.answered.weights, minlength=len(self.answered.item.answers)
        )
        return totals / totals.sum()


def _kl(answered: RealAnswers, simulated: np.ndarray) -> np.ndarray:
    return kl(jeffreys(answered.shares, answered.n_effective), answered.bands.sum(simulated))


@dataclass(frozen=True)
class _Point:
    """One item at one temperature."""

    shares: np.ndarray
    nll: float
    rmse: float | None = None
    rmse_sampled: float | None = None
    sd_ratio: float | None = None


def _point(answered: RealAnswers, logprob: np.ndarray, decoder: Decoder) -> _Point:
    probability, weights = np.exp(logprob), answered.weights
    simulated = weights @ probability / weights.sum()
    loss = nll(logprob, answered.answers, weights)
    scale = answered.scale
    on_scale = np.isin(answered.answers, scale)
    if not on_scale.any():
        return _Point(simulated, loss)
    values, weights = answered.item.codes[scale], weights[on_scale]
    truth = answered.item.codes[answered.answers[on_scale]]
    person = rescale(probability[on_scale][:, scale])
    rmse, sampled = (
        mean_squared_error(person, truth, weights, values, d) ** 0.5 / float(values[-1] - values[0])
        for d in (decoder, Decoder.SAMPLED)
    )
    spread = _sd_ratio(answered, simulated[None])
    return _Point(simulated, loss, rmse, sampled, None if spread is None else float(spread[0]))


def _sd_ratio(answered: RealAnswers, simulated: np.ndarray) -> np.ndarray | None:
    """Standard deviation on the scale of shares (n_T, K) over that of the real answers, shape (n_T,)."""
    scale = answered.scale
    on_scale = np.isin(answered.answers, scale)
    if not on_scale.any():
        return None
    values = answered.item.codes[scale]
    place = np.searchsorted(scale, answered.answers[on_scale])
    real = real_shares(place, answered.weights[on_scale], len(scale))

    def variance(shares: np.ndarray) -> np.ndarray:
        return shares @ values**2 - (shares @ values) ** 2

    if variance(real) < 1e-12:
        return None
    return np.sqrt(np.maximum(variance(rescale(simulated[:, scale])), 0) / variance(real))


def _curve(values: list[float | None]) -> np.ndarray | None:
    return None if values[0] is None else np.array(values)


def _sweep(
    real: SurveyData,
    model: LogProbs,
    item_sweep: Callable[[Item], _ItemSweep | None],
    chosen: float,
    temperatures: np.ndarray,
) -> Sweep:
    questions = []
    for question in real.codebook.questions:
        if all(item.key in model for item in question.items):
            found = [found for item in question.items if (found := item_sweep(item)) is not None]
            if found:
                questions.append(_question_sweep(question, found))
    headline = [q for q in questions if q.type in HEADLINE_TYPES] or questions
    return Sweep(
        temperatures=temperatures,
        questions=tuple(questions),
        kl=_mean([q.kl for q in headline]),
        rmse=_mean([q.rmse for q in headline]),
        rmse_sampled=_mean([q.rmse_sampled for q in headline]),
        sd_ratio=_mean([q.sd_ratio for q in headline]),
        nll=_mean([q.nll for q in headline]),
        chosen=float(chosen),
    )


def _question_sweep(question: Question, items: list[_ItemSweep]) -> QuestionSweep:
    first = items[0]
    if question.type is QuestionType.MULTI:
        answers = tuple(str(i.answered.item.part) for i in items)
        names = [name for name in first.others if all(name in i.others for i in items)]
        real = np.array([i.real[0] for i in items])  # answer 0 is "Yes, selected"
        simulated = np.stack([i.simulated[:, 0] for i in items], axis=1)
        others = {name: np.array([i.others[name][0] for i in items]) for name in names}
    else:
        answers, real = first.answered.item.answers, first.real
        simulated, others = first.simulated, first.others
    return QuestionSweep(
        column=question.column,
        text=question.text,
        type=question.type,
        answers=answers,
        n=max(i.answered.n for i in items),
        real=real,
        simulated=simulated,
        others=others,
        kl=np.mean([i.kl for i in items], axis=0),
        rmse=first.rmse,
        rmse_sampled=first.rmse_sampled,
        sd_ratio=first.sd_ratio,
        nll=_mean([i.nll for i in items]),
        floor_kl=float(np.mean([kl_floor(len(i.answered.shares), i.answered.n_effective) for i in items])),
    )


def _mean(curves: list[np.ndarray | None]) -> np.ndarray | None:
    found = [curve for curve in curves if curve is not None]
    return np.mean(found, axis=0) if found else None
