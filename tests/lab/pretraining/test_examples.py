import numpy as np
import pytest

from core.lab.pretraining.examples import BundleSource
from core.lab.pretraining.tokenizer import make_tokenizer
from core.models.planting import BIAS, EFFECTS, OPTION, PLANTED, PROFILE
from core.prompts.phrases import LINE, QUESTION


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer()


def test_same_seed_same_bundles(tokenizer):
    first, second = (BundleSource(tokenizer, 5).next(0.7) for _ in range(2))
    assert first.bundle.tokens.tolist() == second.bundle.tokens.tolist()
    assert np.array_equal(first.planted, second.planted) and np.array_equal(first.labels, second.labels)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_every_prompt_of_a_bundle_has_a_label_and_every_token_is_plain(tokenizer, level):
    source = BundleSource(tokenizer, 3)
    for example in (source.next(level) for _ in range(10)):
        (group,) = example.bundle.groups
        assert example.planted.shape == (len(example.bundle.tokens), PLANTED)
        assert example.labels.shape == (len(group.nodes), len(group.item.answers))
        assert example.labels.sum(axis=1) == pytest.approx(np.ones(len(group.nodes)))
        assert "phrase" not in tokenizer.decode(example.bundle.tokens)


def test_labels_follow_from_what_is_planted(tokenizer):
    """b_k + t_k . (sum of s along the prompt), read back from the packed sequence."""
    source = BundleSource(tokenizer, 2)
    line, question = tokenizer.convert_tokens_to_ids([LINE, QUESTION])
    for example in (source.next(0.2) for _ in range(8)):
        bundle, (group,) = example.bundle, example.bundle.groups
        options = [k for k, row in enumerate(example.planted) if np.any(row[OPTION]) or row[BIAS]]
        if len(options) != len(group.item.answers):
            continue  # an option about which nothing is known
        assert bundle.tokens[0] == question
        for node, label in zip(group.nodes[:, 0], example.labels, strict=True):
            seen = [k for k in np.flatnonzero(bundle.visible[node]) if bundle.tokens[k] == line]
            person = example.planted[seen][:, PROFILE].sum(axis=0) if seen else np.zeros(EFFECTS)
            table = example.planted[options]
            odds = np.exp(table[:, BIAS] + table[:, OPTION] @ person)
            assert label == pytest.approx(odds / odds.sum(), abs=1e-4)
