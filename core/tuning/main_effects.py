"""Main-effects model: answer shares of any subset of background values, for every question at once.

Multinomial logistic regression on the shown background values, with a random part of them hidden
in every pass, so one set of additive effects serves every subset. The intercepts are the
training marginals and stay fixed; the effects are shrunk by an L2 penalty chosen on the validation
respondents. This is the "regression" half of multilevel regression and poststratification.
"""

from dataclasses import dataclass

import numpy as np
import torch

from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals

INVERSE_PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Candidates for C, scikit-learn's inverse penalty; large C trusts the respondents more."""
PASSES = 250


@dataclass(frozen=True)
class ProfileCodes:
    """Background values as numbers.

    `codes` has shape (n, D): index of each value among the demographic's options, -1 missing;
    `starts` (D,): first column of each demographic in the one-hot layout of `width` columns.
    """

    codes: np.ndarray
    starts: np.ndarray
    width: int

    @classmethod
    def of(cls, data: SurveyData) -> "ProfileCodes":
        """Code the profiles of `data`."""
        sizes = [len(d.options) for d in data.codebook.demographics]
        columns = [
            data.profiles[d.column]
            .map({o: i for i, o in enumerate(d.options)})
            .fillna(-1)
            .to_numpy(dtype=int)
            for d in data.codebook.demographics
        ]
        codes = np.stack(columns, axis=1) if columns else np.zeros((len(data), 0), dtype=int)
        return cls(codes, np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int), int(sum(sizes)))

    def one_hot(self) -> np.ndarray:
        """Shape (n, width) of 0/1; missing values are all zero."""
        table = np.zeros((len(self.codes), self.width), dtype=np.float32)
        rows, columns = np.nonzero(self.codes >= 0)
        table[rows, self.starts[columns] + self.codes[rows, columns]] = 1.0
        return table


@dataclass(frozen=True)
class MainEffects:
    """Additive effects on the log-odds of the answers.

    Attributes
    ----------
    intercept
        Item key -> shape (K,), log of the training marginals.
    effects
        Item key -> shape (width, K), effect of each background value.
    inverse_penalty
        The chosen C.
    validation_nll
        Mean NLL of the validation respondents' answers, nats per answer.
    """

    intercept: dict[str, np.ndarray]
    effects: dict[str, np.ndarray]
    inverse_penalty: float
    validation_nll: float

    def logits(self, key: str, columns: np.ndarray) -> np.ndarray:
        """Logits, shape (K,), of people showing these one-hot columns."""
        return self.intercept[key] + self.effects[key][columns].sum(axis=0)


def fit_main_effects(
    train: SurveyData, validation: SurveyData, items: tuple[Item, ...], seed: int
) -> MainEffects:
    """Fit on the training respondents, choose the penalty on the validation respondents."""
    layout = _AnswerLayout.of(items)
    intercept = torch.from_numpy(
        np.concatenate([np.log(training_marginals(train, i)) for i in items])
    ).float()
    x, y = torch.from_numpy(ProfileCodes.of(train).one_hot()), layout.codes(train)
    weights = torch.from_numpy(train.weights).float()
    effects = _fit(x, y, weights, intercept, layout, seed)
    held_x, held_y = torch.from_numpy(ProfileCodes.of(validation).one_hot()), layout.codes(validation)
    held_weights = torch.from_numpy(validation.weights).float()
    with torch.no_grad():
        losses = layout.loss(intercept + held_x @ effects, held_y, held_weights)
    best = int(losses.argmin()) if len(validation) else INVERSE_PENALTIES.index(0.1)
    table = effects[best].numpy()
    return MainEffects(
        intercept={i.key: intercept[part].numpy() for i, part in zip(items, layout.parts, strict=True)},
        effects={i.key: table[:, part] for i, part in zip(items, layout.parts, strict=True)},
        inverse_penalty=INVERSE_PENALTIES[best],
        validation_nll=float(losses[best]),
    )


@dataclass(frozen=True)
class _AnswerLayout:
    """All answers of all items side by side: `total` columns, a slice and an owner row per item."""

    items: tuple[Item, ...]
    parts: tuple[slice, ...]
    owner: torch.Tensor  # (total, n_items) 0/1

    @classmethod
    def of(cls, items: tuple[Item, ...]) -> "_AnswerLayout":
        ends = np.cumsum([len(i.answers) for i in items])
        parts = tuple(slice(int(e) - len(i.answers), int(e)) for e, i in zip(ends, items, strict=True))
        owner = torch.zeros(int(ends[-1]), len(items))
        for column, part in enumerate(parts):
            owner[part, column] = 1.0
        return cls(items, parts, owner)

    def codes(self, data: SurveyData) -> torch.Tensor:
        """Shape (n, n_items): answered column in the side-by-side layout, -1 missing."""
        table = data.answers[[i.key for i in self.items]].to_numpy(dtype=np.int64)
        starts = np.array([part.start for part in self.parts])
        return torch.from_numpy(np.where(table >= 0, table + starts, -1))

    def loss(self, logits: torch.Tensor, codes: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Mean over items of the weighted NLL; `logits` (C, n, total) gives shape (C,)."""
        normaliser = torch.log(torch.exp(logits.clamp(-40, 40)) @ self.owner)  # (C, n, n_items)
        chosen = torch.gather(logits, 2, codes.clamp_min(0).expand(logits.shape[0], -1, -1))
        use = (codes >= 0).float() * weights[:, None]
        return (((normaliser - chosen) * use).sum(1) / use.sum(0).clamp_min(1e-9)).mean(-1)


def _fit(
    x: torch.Tensor,
    y: torch.Tensor,
    weights: torch.Tensor,
    intercept: torch.Tensor,
    layout: _AnswerLayout,
    seed: int,
) -> torch.Tensor:
    """Effects for every candidate C at once, shape (C, width, total), by Adam on random subsets."""
    generator = torch.Generator().manual_seed(seed)
    candidates = torch.tensor(INVERSE_PENALTIES)
    effects = torch.zeros(len(candidates), x.shape[1], intercept.shape[0], requires_grad=True)
    optimiser = torch.optim.Adam([effects], lr=0.03)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, PASSES)
    for _ in range(PASSES):
        keep = torch.rand(len(x), 1, generator=generator).clamp_min(0.05) * 1.5  # a third show everything
        shown = x * (torch.rand(x.shape, generator=generator) < keep)
        losses = layout.loss(intercept + shown @ effects, y, weights)
        shrink = (effects**2).sum((1, 2)) / (2 * candidates * len(x) * len(layout.items))
        optimiser.zero_grad()
        (losses + shrink).sum().backward()
        optimiser.step()
        schedule.step()
    return effects.detach()
