"""Main-effects model: answer shares given any subset of demographics, for every item at once.

Multinomial logistic regression on the shown demographics, with a random part of them hidden in every
pass, so one set of additive effects serves every subset. The intercepts are the
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
"""Candidates for C, the inverse L2 penalty as in scikit-learn; large C shrinks less."""
PASSES = 250
"""Passes of the optimiser over all training respondents."""


@dataclass(frozen=True)
class ProfileCodes:
    """Profiles as numbers.

    Attributes
    ----------
    codes
        Shape (n, D): index of each value among the demographic's options, -1 missing.
    starts
        Shape (D,): first column of each demographic in the one-hot layout.
    width
        Columns of the one-hot layout: options of all demographics.
    """

    codes: np.ndarray
    starts: np.ndarray
    width: int

    @classmethod
    def of(cls, data: SurveyData) -> "ProfileCodes":
        """Coded profiles of `data`, with the layout of its codebook."""
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
        """One-hot table of 0 and 1, shape (n, width); a missing value has zeros only."""
        table = np.zeros((len(self.codes), self.width), dtype=np.float32)
        rows, columns = np.nonzero(self.codes >= 0)
        table[rows, self.starts[columns] + self.codes[rows, columns]] = 1.0
        return table


@dataclass(frozen=True)
class MainEffects:
    """Fitted model: additive effects of demographics on the log-odds of the answers.

    Attributes
    ----------
    intercept
        Item key -> shape (K,), log of the training marginals.
    effects
        Item key -> shape (width, K), effect of each option of each demographic.
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
        """Logits, shape (K,), of a profile with these one-hot columns set."""
        return self.intercept[key] + self.effects[key][columns].sum(axis=0)


def fit_main_effects(
    train: SurveyData, validation: SurveyData, items: tuple[Item, ...], seed: int
) -> MainEffects:
    """Model fitted on the training respondents, with the penalty of the lowest validation NLL."""
    layout = _AnswerLayout.of(items)
    # (total,): training marginals of all items side by side
    intercept = torch.from_numpy(
        np.concatenate([np.log(training_marginals(train, i)) for i in items])
    ).float()
    # (n, width) one-hot and (n, n_items) answered columns
    x, y = torch.from_numpy(ProfileCodes.of(train).one_hot()), layout.codes(train)
    weights = torch.from_numpy(train.weights).float()
    effects = _fit(x, y, weights, intercept, layout, seed)  # (C, width, total)
    held_x, held_y = torch.from_numpy(ProfileCodes.of(validation).one_hot()), layout.codes(validation)
    held_weights = torch.from_numpy(validation.weights).float()
    # validation profiles are shown whole; one NLL for each candidate, (C,)
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
    """Layout with the answers of all items side by side in `total` columns.

    `parts` holds the columns of each item; `owner` (total, n_items) is 1 where a column belongs to an item.
    """

    items: tuple[Item, ...]
    parts: tuple[slice, ...]
    owner: torch.Tensor

    @classmethod
    def of(cls, items: tuple[Item, ...]) -> "_AnswerLayout":
        """Layout of these items in their order."""
        ends = np.cumsum([len(i.answers) for i in items])
        parts = tuple(slice(int(e) - len(i.answers), int(e)) for e, i in zip(ends, items, strict=True))
        owner = torch.zeros(int(ends[-1]), len(items))
        for column, part in enumerate(parts):
            owner[part, column] = 1.0
        return cls(items, parts, owner)

    def codes(self, data: SurveyData) -> torch.Tensor:
        """Column of each answer in the layout, shape (n, n_items); -1 missing."""
        table = data.answers[[i.key for i in self.items]].to_numpy(dtype=np.int64)
        starts = np.array([part.start for part in self.parts])
        return torch.from_numpy(np.where(table >= 0, table + starts, -1))

    def loss(self, logits: torch.Tensor, codes: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Mean over items of the weighted NLL in nats; `logits` (C, n, total), result (C,)."""
        # log-sum-exp over the answers of each item, (C, n, n_items), as one product with the 0/1 owner table
        normaliser = torch.log(torch.exp(logits.clamp(-40, 40)) @ self.owner)
        # logit of the answer given, (C, n, n_items); missing ones read column 0 and are masked below
        chosen = torch.gather(logits, 2, codes.clamp_min(0).expand(logits.shape[0], -1, -1))
        # weight of each answer, (n, n_items); NLLs are averaged by weight within an item, then over items
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
        # (n, 1) share of demographics shown, drawn per respondent; from 1 on, which is a third, all are shown
        keep = torch.rand(len(x), 1, generator=generator).clamp_min(0.05) * 1.5
        # (n, width): a hidden demographic looks like a missing one
        shown = x * (torch.rand(x.shape, generator=generator) < keep)
        losses = layout.loss(intercept + shown @ effects, y, weights)
        # L2 penalty of each candidate, (C,), on the scale of a mean over respondents and items
        shrink = (effects**2).sum((1, 2)) / (2 * candidates * len(x) * len(layout.items))
        optimiser.zero_grad()
        (losses + shrink).sum().backward()  # candidates share no effects, so the sum fits each of them
        optimiser.step()
        schedule.step()
    return effects.detach()
