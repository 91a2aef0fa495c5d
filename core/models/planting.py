"""Planting: known effects of demographics written into the embedding rows of phrases.

The embedded model was pre-trained on surveys whose phrases had these numbers added to their embeddings:

    of a demographic's line   s (EFFECTS,)
    of an option's line       t (EFFECTS,) and b, with  log-odds of option k = b_k + t_k . (sum of s shown)

So it reads them. A tuning run starts from the low-rank part of its teacher, planted in the same way, and
goes on from there: training the rows, and the layers, on the survey.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

EFFECTS = 24
"""Dimensions of the effects of demographics."""
PLANTED = 2 * EFFECTS + 1
"""Numbers of a phrase: as a demographic (s), as an option (t, b)."""
PROFILE, OPTION = slice(0, EFFECTS), slice(EFFECTS, 2 * EFFECTS)
BIAS = 2 * EFFECTS
_LENGTHS = np.array([0.6] * (2 * EFFECTS) + [0.3])
"""Length in embedding space of one unit of each number."""
_SEED = 7


def planted_profile(effect: np.ndarray) -> np.ndarray:
    """Numbers (PLANTED,) of the line of a demographic's option with this effect (EFFECTS,)."""
    numbers = np.zeros(PLANTED)
    numbers[PROFILE] = effect
    return numbers


def planted_option(direction: np.ndarray, base: float) -> np.ndarray:
    """Numbers (PLANTED,) of the line of an answer: its `direction` t (EFFECTS,) and its `base` rate b."""
    numbers = np.zeros(PLANTED)
    numbers[OPTION], numbers[BIAS] = direction, base
    return numbers


def planting_directions(width: int) -> Tensor:
    """Fixed orthogonal directions of the planted numbers in embedding space, shape (PLANTED, width)."""
    generator = torch.Generator().manual_seed(_SEED)
    directions, _ = torch.linalg.qr(torch.randn(width, PLANTED, generator=generator))
    return directions.T * torch.from_numpy(_LENGTHS).float()[:, None]


def planted_rows(
    base_rows: Tensor, ids: Mapping[str, int], plain: Mapping[str, int], planted: Mapping[str, np.ndarray]
) -> dict[int, Tensor]:
    """Embedding rows of phrases: that of their plain token, and what is planted on it.

    Parameters
    ----------
    base_rows
        Shape (V, width), embedding of the base model.
    ids, plain
        Key of each phrase -> its reserved token, and its plain token.
    planted
        Key -> numbers, shape (PLANTED,); a phrase without gets its plain token's row as it is.
    """
    directions = planting_directions(base_rows.shape[1])
    found = {}
    for key, token in ids.items():
        row = base_rows[plain[key]].float().cpu().clone()
        if key in planted:
            row += torch.from_numpy(planted[key]).float() @ directions
        found[token] = row
    return found
