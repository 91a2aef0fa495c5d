"""Exact scores of many profiles on many items, read in bundles: no sampling, no text parsing.

With the question in front, one bundle asks one item of as many profiles as fit; sorted profiles
share the beginnings of their lines. The budget bounds memory: the mask of a bundle is (S, S).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core.models.language_model import LanguageModel
from core.models.path_attention import MAX_PATH, PATH_BUNDLE_TOKENS, path_logits, reads_paths
from core.models.processes import ALONE, Processes
from core.models.scoring import answer_logprobs, branch_logits, in_option_mass
from core.prompts.encoding import Encoder
from core.prompts.plan import PlannedBundle, plan
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
    lines, people = _distinct_lines(codebook, profiles)
    logprob = {i.key: np.zeros((len(lines), len(i.answers))) for i in items}
    mass = {i.key: np.zeros(len(lines)) for i in items}
    counts = np.bincount(people, minlength=len(lines))  # (n distinct,)
    done, total = 0, len(people) * len(items)
    reach = _reach(encoder, template, codebook) if reads_paths(model) else {}
    was_training = model.training
    model.eval()
    # a sharded model keeps the weights it gathered and uses them in training: no inference tensors then
    with torch.no_grad() if processes.sharded else torch.inference_mode():
        for bundle, is_own in processes.shared(_bundles(encoder, template, lines, items, reach)):
            logits, row_of = _read(model, bundle, reach)  # (M, V) at the branching nodes
            if not is_own:
                continue  # only passed through so that the other processes are not kept waiting
            for group in bundle.groups:
                at = bundle.rows[group.item.key]  # (n_prompts,), profiles that the prompts of this group show
                logprob[group.item.key][at] = answer_logprobs(logits, row_of, group).double().cpu().numpy()
                mass[group.item.key][at] = in_option_mass(logits, row_of, group).double().cpu().numpy()
                done += int(counts[at].sum())
            on_progress(done, total)
    model.train(was_training)
    # every process filled other rows and left zeros elsewhere, so the sum is the whole table
    for found in (*logprob.values(), *mass.values()):
        processes.sum(torch.from_numpy(found))
    if len(lines) == len(people):
        return ProfileScores(logprob, mass)
    return ProfileScores({k: t[people] for k, t in logprob.items()}, {k: m[people] for k, m in mass.items()})


def no_persona_profile(profiles: pd.DataFrame) -> pd.DataFrame:
    """No-persona prompt as a profile: one row with the same columns, all missing."""
    return pd.DataFrame({column: pd.array([pd.NA], dtype="string") for column in profiles})


def _distinct_lines(codebook: Codebook, profiles: pd.DataFrame) -> tuple[list[list[str]], np.ndarray]:
    """Lines of each distinct profile, in order of first appearance, and the one that each row has."""
    shown = shown_fields(codebook)
    number: dict[tuple[str | None, ...], int] = {}
    people = np.fromiter(
        (
            number.setdefault(tuple(v if isinstance(v, str) else None for v in row), len(number))
            for row in profiles[list(shown)].itertuples(index=False, name=None)
        ),
        dtype=np.int64,
        count=len(profiles),
    )
    labels = shown.values()
    lines = [
        profile_lines({label: v for label, v in zip(labels, row, strict=True) if v is not None})
        for row in number
    ]
    return lines, people


def _reach(encoder: Encoder, template: Template, codebook: Codebook) -> dict[str, int]:
    """Tokens of the longest prompt any profile could need, with the beginning of an answer.

    Item key -> length; with the profile in front, when bundles ask several items, that of the longest.
    """
    labels = shown_fields(codebook)
    profile = sum(
        max(len(encoder.lines(profile_lines({labels[d.column]: option}))[0]) for option in d.options)
        for d in codebook.demographics
    )
    around = len(encoder.start) + profile + len(encoder.cue)
    found = {
        item.key: around
        + len(encoder.question(item))
        + max((len(branch.prefix) for branch in encoder.trie(item).branches), default=0)
        for item in codebook.items
    }
    if template.order == "profile_first":
        return dict.fromkeys(found, max(found.values()))
    return found


def _bundles(
    encoder: Encoder,
    template: Template,
    lines: list[list[str]],
    items: Sequence[Item],
    reach: Mapping[str, int],
) -> Iterator[PlannedBundle]:
    """Bundles to read: larger ones of the items that are read along paths, then those of the others."""
    short = [item for item in items if reach.get(item.key, MAX_PATH + 1) <= MAX_PATH]
    yield from plan(encoder, template, lines, short, PATH_BUNDLE_TOKENS)
    others = [item for item in items if item not in short]
    yield from plan(encoder, template, lines, others, SCORING_BUNDLE_TOKENS)


def _read(
    model: LanguageModel, bundle: PlannedBundle, reach: Mapping[str, int]
) -> tuple[torch.Tensor, np.ndarray]:
    """Logits at the branching nodes of a bundle, and their rows; see `core.models.scoring.branch_logits`."""
    longest = max(reach.get(group.item.key, MAX_PATH + 1) for group in bundle.groups)
    if longest > MAX_PATH:
        return branch_logits(model, bundle.packed())
    nodes = np.unique(np.concatenate([group.nodes.ravel() for group in bundle.groups]))
    row_of = np.full(len(bundle.forest.tokens), -1, dtype=np.int64)
    row_of[nodes] = np.arange(len(nodes))
    return path_logits(model, bundle.forest, nodes, longest), row_of
