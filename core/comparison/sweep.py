"""Simulated shares and distances on the temperature grid, ready for a chart that moves while dragged.

Everything is exact arithmetic on stored log-probabilities. Distances are computed on the same bands
as in `core.comparison.measures`; RMSE is a share of the scale's length, so questions can be averaged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.accuracy import Decoder
from core.comparison.compare import LogProbs
from core.comparison.comparison import HEADLINE_TYPES
from core.comparison.floors import kl_floor
from core.comparison.item_sweep import ItemSweep, Tempering, people_sweep, respondents_sweep
from core.comparison.measures import real_answers
from core.models.temperature import TEMPERATURES, shares
from core.survey.answer_bands import AnswerBands
from core.survey.codebook import Item, Question, QuestionType
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class QuestionSweep:
    """Curves of one question over the temperature grid; n_T temperatures, K answers.

    Attributes
    ----------
    column, text, type
        The question.
    answers
        Legal answers in codebook order; for "select all that apply" its options, whose shares are
        those who select each and do not add up to 1.
    bands
        The bands of `answers` that distances are computed on; None where every answer is its own.
    n
        Real respondents who answered, unweighted.
    real
        Shape (K,), weighted real shares.
    simulated
        Shape (n_T, K).
    others
        Name -> shape (K,), shares of the base model and the baselines, at temperature 1.
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
    bands: AnswerBands | None
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
    """Curves of all questions over the temperature grid, and their means.

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
        """Curves of the question of a column that was swept; KeyError if it was not."""
        return {question.column: question for question in self.questions}[column]


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
    """Sweep of respondents' simulated answers against their real ones at every temperature.

    Parameters
    ----------
    real
        The n respondents to compare with.
    model
        Item key -> (n, K) log-probabilities of the same respondents in the same order.
    others
        Name -> log-probabilities likewise, of baselines and the base model.
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

    def item_sweep(item: Item) -> ItemSweep | None:
        answered = real_answers(item, real.answers[item.key].to_numpy(), weights)
        if not answered.n:
            return None
        # log-probabilities of those who answered, (m, K), and the shares of the others, (K,)
        given = {name: t[item.key][answered.rows] for name, t in (others or {}).items() if item.key in t}
        tables = {name: shares(table, answered.weights, 1.0)[0] for name, table in given.items()}
        z, how = np.asarray(model[item.key])[answered.rows], (tempering or {}).get(item.key)
        return respondents_sweep(answered, z, tables, temperatures, decoder, how)

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
    """Sweep of a synthetic population's answers against the survey's weighted shares, at every temperature.

    A population with other marginals than the survey's should differ from it; the distance then is no
    error. There are no individual answers, so RMSE and NLL are None.

    Parameters
    ----------
    real
        The respondents whose weighted shares are shown beside the population's.
    model
        Item key -> (n_people, K) log-probabilities of the population; or of its profiles, with `weights`.
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

    def item_sweep(item: Item) -> ItemSweep | None:
        answered = real_answers(item, real.answers[item.key].to_numpy(), real.weights)
        if not answered.n:
            return None
        # everybody in the population counts, whoever answered in reality: (n_people, K)
        z = np.asarray(model[item.key])
        people = np.ones(len(z)) if weights is None else weights
        given = {name: t[item.key] for name, t in (others or {}).items() if item.key in t}
        tables = {name: shares(table, people, 1.0)[0] for name, table in given.items()}
        return people_sweep(answered, z, tables, temperatures, people, (tempering or {}).get(item.key))

    return _sweep(real, model, item_sweep, chosen, temperatures)


def _sweep(
    real: SurveyData,
    model: LogProbs,
    item_sweep: Callable[[Item], ItemSweep | None],
    chosen: float,
    temperatures: np.ndarray,
) -> Sweep:
    """Sweep of every question the model answers; `item_sweep` gives None for an item nobody answered."""
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


def _question_sweep(question: Question, items: list[ItemSweep]) -> QuestionSweep:
    """Curves of a question from those of its items: one, or one per option of "select all that apply"."""
    first = items[0]
    if question.type is QuestionType.MULTI:
        # share of each option that selects it: real (options,), simulated (n_T, options)
        answers = tuple(str(i.answered.item.part) for i in items)
        bands = None
        names = [name for name in first.others if all(name in i.others for i in items)]
        real = np.array([i.real[Item.SELECTED] for i in items])
        simulated = np.stack([i.simulated[:, Item.SELECTED] for i in items], axis=1)
        others: Mapping[str, np.ndarray] = {
            name: np.array([i.others[name][Item.SELECTED] for i in items]) for name in names
        }
    else:
        answers, real = first.answered.item.answers, first.real
        bands = first.answered.bands if len(first.answered.bands.labels) < len(answers) else None
        simulated, others = first.simulated, first.others
    return QuestionSweep(
        column=question.column,
        text=question.text,
        type=question.type,
        answers=answers,
        bands=bands,
        n=max(i.answered.n for i in items),
        real=real,
        simulated=simulated,
        others=others,
        kl=np.mean([i.kl for i in items], axis=0),
        rmse=first.individual.get("rmse"),
        rmse_sampled=first.individual.get("rmse_sampled"),
        sd_ratio=first.sd_ratio,
        nll=_mean([i.individual.get("nll") for i in items]),
        floor_kl=float(np.mean([kl_floor(len(i.answered.shares), i.answered.n_effective) for i in items])),
    )


def _mean(curves: list[np.ndarray | None]) -> np.ndarray | None:
    """Mean of the curves that exist, shape (n_T,); None without any."""
    found = [curve for curve in curves if curve is not None]
    return np.mean(found, axis=0) if found else None
