"""Exact scores of many profiles on many items, read in bundles: no sampling, no text parsing.

With the question in front, one bundle asks one item of as many profiles as fit; sorted profiles
share the beginnings of their lines. The budget bounds memory: the mask of a bundle is (S, S).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core.models.language_model import LanguageModel
from core.models.processes import ALONE, Processes
from core.models.scoring import answer_logprobs, branch_logits, in_option_mass
from core.prompts.bundle import Bundle, BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Template, profile_lines, shown_fields
from core.survey.codebook import Codebook, Item

SCORING_BUNDLE_TOKENS = 512
"""Tokens after which a bundle is full; more than in training, as there are no gradients to hold."""


@dataclass(frozen=True)
class ProfileScores:
    """Scores of n profiles.

    Attributes
    ----------
    logprob
        Item key -> shape (n, K), natural log; exponentials of each row sum to 1.
    mass
        Item key -> shape (n,), in-option mass, 0 to 1; see `core.models.scoring`.
    """

    logprob: dict[str, np.ndarray]
    mass: dict[str, np.ndarray]


def score_profiles(
    model: LanguageModel,
    encoder: Encoder,
    template: Template,
    codebook: Codebook,
    profiles: pd.DataFrame,
    items: Sequence[Item],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    processes: Processes = ALONE,
) -> ProfileScores:
    """Log-probabilities of every legal answer for every profile x item.

    Parameters
    ----------
    profiles
        One row per profile, one column per demographic; missing fields are left out of the prompt.
    on_progress
        Called with (pairs done, pairs in all) after every bundle.
    processes
        This process among those that share the work; all get the whole result.

    Returns
    -------
    ProfileScores
        Rows in the order of `profiles`, natural log, float64.
    """
    shown = shown_fields(codebook)
    lines = [
        profile_lines({label: v for label, v in zip(shown.values(), row, strict=True) if isinstance(v, str)})
        for row in profiles[list(shown)].itertuples(index=False, name=None)
    ]
    logprob = {i.key: np.zeros((len(lines), len(i.answers))) for i in items}
    mass = {i.key: np.zeros(len(lines)) for i in items}
    done, total = 0, len(lines) * len(items)
    was_training = model.training
    model.eval()
    # a sharded model keeps the weights it gathered and uses them in training: no inference tensors then
    with torch.no_grad() if processes.sharded else torch.inference_mode():
        for (bundle, rows), is_own in processes.shared(_bundles(encoder, template, lines, items)):
            logits, row_of = branch_logits(model, bundle)  # (M, V) at the branching nodes
            if not is_own:
                continue  # only passed through so that the other processes are not kept waiting
            for group in bundle.groups:
                at = rows[group.item.key]  # (n_prompts,), profiles that the prompts of this group show
                logprob[group.item.key][at] = answer_logprobs(logits, row_of, group).double().cpu().numpy()
                mass[group.item.key][at] = in_option_mass(logits, row_of, group).double().cpu().numpy()
            done += bundle.n_prompts
            on_progress(done, total)
    model.train(was_training)
    # every process filled other rows and left zeros elsewhere, so the sum is the whole table
    for found in (*logprob.values(), *mass.values()):
        processes.sum(torch.from_numpy(found))
    return ProfileScores(logprob, mass)


def no_persona_profile(profiles: pd.DataFrame) -> pd.DataFrame:
    """No-persona prompt as a profile: one row with the same columns, all missing."""
    return pd.DataFrame({column: pd.array([pd.NA], dtype="string") for column in profiles})


def _bundles(
    encoder: Encoder, template: Template, lines: list[list[str]], items: Sequence[Item]
) -> Iterator[tuple[Bundle, dict[str, list[int]]]]:
    """Bundles and, per item key, positions in `lines` of the profiles they ask, in the order of the prompts.

    A bundle has one question or one profile in front, as two would share no tokens.
    """
    # sorted profiles begin with the same lines, whose tokens a bundle holds once
    order = sorted(range(len(lines)), key=lambda row: lines[row])
    if template.order == "question_first":
        pairs = ((item, row) for item in items for row in order)
    else:
        pairs = ((item, row) for row in order for item in items)
    builder, rows = BundleBuilder(encoder, template), dict[str, list[int]]()
    front: str | int | None = None
    for item, row in pairs:
        now = item.key if template.order == "question_first" else row
        if builder.size and (builder.size > SCORING_BUNDLE_TOKENS or now != front):
            yield builder.build(), rows
            builder, rows = BundleBuilder(encoder, template), {}
        front = now
        builder.add(item, lines[row])
        rows.setdefault(item.key, []).append(row)
    if builder.size:
        yield builder.build(), rows
