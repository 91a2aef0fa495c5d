"""Token-level temperature against its definition: tempering every choice on the way to an answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.temperature import temper
from core.models.token_temperature import TokenTempering

END = -1
answer_sets = st.lists(
    st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple), min_size=2, max_size=9, unique=True
)


def choices(paths):
    """Prefix -> the legal next tokens, the terminator among them where an answer ends."""
    found = {}
    for path in paths:
        for k, token in enumerate((*path, END)):
            found.setdefault(path[:k], set()).add(token)
    return {prefix: sorted(tokens) for prefix, tokens in found.items()}


def brute_force(paths, logits, temperature):
    """Product of the tempered choices along each answer, from the logits of every node."""
    probability = []
    for path in paths:
        product = 1.0
        for k, token in enumerate((*path, END)):
            scaled = {t: np.exp(logits[path[:k], t] / temperature) for t in choices(paths)[path[:k]]}
            product *= scaled[token] / sum(scaled.values())
        probability.append(product)
    return np.array(probability)


def random_logits(paths, seed):
    rng = np.random.default_rng(seed)
    return {(prefix, t): rng.normal(0, 1.5) for prefix, tokens in choices(paths).items() for t in tokens}


@given(answer_sets, st.integers(0, 2**32 - 1), st.sampled_from([0.2, 0.7, 1.0, 1.5, 4.0]))
def test_it_equals_tempering_every_choice_from_the_logits(paths, seed, temperature):
    logits = random_logits(paths, seed)
    stored = np.log(brute_force(paths, logits, 1.0))[None]
    found = np.exp(TokenTempering(paths)(stored, temperature)[0])
    assert found == pytest.approx(brute_force(paths, logits, temperature), abs=1e-9)
    assert found.sum() == pytest.approx(1)


@given(answer_sets, st.integers(0, 2**32 - 1))
def test_temperature_one_changes_nothing(paths, seed):
    stored = np.log(np.random.default_rng(seed).dirichlet(np.ones(len(paths)), 5))
    assert TokenTempering(paths)(stored, 1.0) == pytest.approx(stored)


@given(st.integers(2, 9), st.integers(0, 2**32 - 1), st.sampled_from([0.3, 1.0, 2.5]))
def test_answers_of_one_token_are_tempered_like_whole_answers(k, seed, temperature):
    tempering = TokenTempering([[token] for token in range(k)])
    stored = np.log(np.random.default_rng(seed).dirichlet(np.ones(k), 5))
    assert tempering.is_trivial
    assert tempering(stored, temperature) == pytest.approx(temper(stored, temperature))


def test_the_hot_limit_splits_every_choice_evenly():
    """METHODS 5.4, digits of 0 to 100: P(0) = .1, P(5) = 1/110, P(10) = P(100) = half of that."""
    paths = [tuple(int(d) for d in str(n)) for n in range(101)]
    hot = np.exp(TokenTempering(paths)(np.log(np.full((1, 101), 1 / 101)), 1e9)[0])
    assert hot[[0, 5, 10, 100]] == pytest.approx([1 / 10, 1 / 110, 1 / 220, 1 / 220], rel=1e-6)


def test_temperature_must_be_positive():
    with pytest.raises(ValueError, match="above 0, got 0"):
        TokenTempering([[1], [2]])(np.zeros((1, 2)), 0)
