"""Interviews worth: about how many real interviews would come as close as the simulated shares.

A random sample of N people differs from the truth by a KL of (K - 1) / (2 N) on average. A simulation whose
distance from the truth is that large is therefore as close as N real interviews would be. Its distance from
the *truth* is the one from the real sample minus that sample's own noise; when nothing is left, this real
sample is too small to distinguish the simulation from the truth.
"""

from collections.abc import Sequence


def interviews_worth(
    kl: Sequence[float], answers: Sequence[int], n_effective: Sequence[float], noises: int = 1
) -> float | None:
    """Number of real interviews that would be as close, pooled over questions.

    N = sum (K - 1) / (2 sum KL_adj) with KL_adj = KL(real || simulated) - (K - 1) / (2 n): one question
    gives the N of that question.

    Parameters
    ----------
    kl
        KL of each question in nats, real shares not smoothed.
    answers
        K of each question.
    n_effective
        Effective base of each question.
    noises
        How many times the sample's noise is in the KL: 1, and 2 for a bootstrap replicate of it.

    Returns
    -------
    float or None
        None when the real sample cannot distinguish the simulation from the truth, or without questions.

    Examples
    --------
    >>> interviews_worth([0.021], [5], [2000]), interviews_worth([0.001], [5], [2000])
    (100.0, None)
    """
    freedom = sum(k - 1 for k in answers)
    noise = sum((k - 1) / (2 * n) for k, n in zip(answers, n_effective, strict=True))
    left = sum(kl) - noises * noise
    return freedom / (2 * left) if left > 1e-12 and freedom else None
