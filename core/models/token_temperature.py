"""Token-level temperature: what sampling token by token at a temperature would give, exactly.

A language model asked to *write* its answer is tempered at every token, so an answer of several tokens
("75") is tempered along its path. With the choices at every node restricted to legal continuations,

    P_T(a) = P_1(a)^(1/T) / prod_s S_s(T),   S_s(T) = sum_c P_1(c | s)^(1/T),

over the branching nodes s on the path of answer a. P_1(c | s) is the probability of the answers behind
child c divided by that of the answers behind s, so the stored answer scores are enough; no model call.
Where every answer is one token this is the answer-level temperature of `core.models.temperature`, the
default, which unlike this one does not depend on how a tokenizer cuts an answer.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import logsumexp

from core.models.temperature import LOWEST_LOGPROB
from core.prompts.trie import AnswerTrie

_END = -1
"""Stands for the terminator in stored paths; no token has this id."""


class TokenTempering:
    """Callable that tempers the answers of one item at every token.

    Parameters
    ----------
    paths
        Token ids of each of the K answers, as they follow the cue. Answers with the same tokens, the numbers
        of a band, keep their shares of it at every temperature.
    """

    def __init__(self, paths: Sequence[Sequence[int]]) -> None:
        leaves = list(dict.fromkeys(tuple(path) for path in paths))
        self._leaf_of = np.array([leaves.index(tuple(path)) for path in paths])  # (K,)
        self._branches = [
            b.leads_to[:, self._leaf_of].astype(bool) for b in AnswerTrie.build(leaves, _END).branches
        ]

    @property
    def is_trivial(self) -> bool:
        """Whether there is one choice only, so that both kinds of temperature agree."""
        return len(self._branches) <= 1 and len(set(self._leaf_of)) == len(self._leaf_of)

    def __call__(self, logprob: np.ndarray, temperature: float) -> np.ndarray:
        """Log-probabilities of the answers at a token-level temperature.

        Parameters
        ----------
        logprob
            Shape (n, K), natural log, at temperature 1.
        temperature
            Above 0.

        Returns
        -------
        numpy.ndarray
            Shape (n, K); exponentials of each row sum to 1.

        Examples
        --------
        Answers "1", "10" and "2": the second token is a choice between stopping and "0".

        >>> tempering = TokenTempering([[1], [1, 0], [2]])
        >>> np.exp(tempering(np.log([[0.25, 0.25, 0.5]]), 0.5)).round(4).tolist()
        [[0.25, 0.25, 0.5]]
        """
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, got {temperature}")
        z = np.maximum(np.asarray(logprob, dtype=float), LOWEST_LOGPROB)
        tempered = np.zeros_like(z)  # (n, K)
        for leads_to in self._branches:  # (C, K) bool: answers behind each of the C children of a node
            # log P of each child: all answers behind it together, shape (n, C)
            children = np.stack([logsumexp(z[:, behind], axis=1) for behind in leads_to], axis=1)
            # conditional on having reached the node, then tempered and renormalised over its children
            scaled = (children - logsumexp(children, axis=1, keepdims=True)) / temperature
            scaled -= logsumexp(scaled, axis=1, keepdims=True)
            # an answer's log-probability is the sum along its path; nodes off its path add 0
            tempered += scaled @ leads_to
        # (n, K): the share of an answer among those with its tokens, 0 for one that has its own
        leaves = np.stack(
            [logsumexp(z[:, self._leaf_of == k], axis=1) for k in range(self._leaf_of.max() + 1)], axis=1
        )
        return tempered + z - leaves[:, self._leaf_of]
