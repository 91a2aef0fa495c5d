import numpy as np
import pandas as pd
import pytest
import torch

from core.jobs.reporting import Cancelled
from core.models import parallel_scoring
from core.models.catalogue import CATALOGUE
from core.models.parallel_scoring import score_on_all_cores
from core.models.profiles import score_profiles
from core.prompts.encoding import Encoder
from core.prompts.template import Template
from tests.models.test_profiles import CODEBOOK, PROFILES
from tests.models.tiny import llama, tokenizer


@pytest.fixture(scope="module")
def context():
    encoder = Encoder(tokenizer())
    return (
        llama(len(encoder.tokenizer)),
        encoder,
        Template(),
        CODEBOOK,
        pd.concat([PROFILES] * 5, ignore_index=True),
    )


def test_several_processes_give_the_same_scores(context, monkeypatch):
    monkeypatch.setattr(parallel_scoring, "WORTHWHILE", 1)
    monkeypatch.setattr(parallel_scoring.os, "cpu_count", lambda: 3)
    seen = []
    together = score_on_all_cores(*context, CODEBOOK.items, lambda done, total: seen.append((done, total)))
    alone = score_profiles(*context, CODEBOOK.items)
    for item in CODEBOOK.items:
        assert np.array_equal(together.logprob[item.key], alone.logprob[item.key])
        assert np.array_equal(together.mass[item.key], alone.mass[item.key])
    assert seen[-1][1] == 20 * len(CODEBOOK.items)


def test_cancelling_ends_the_processes(context, monkeypatch):
    monkeypatch.setattr(parallel_scoring, "WORTHWHILE", 1)
    monkeypatch.setattr(parallel_scoring.os, "cpu_count", lambda: 2)

    def cancel(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        score_on_all_cores(*context, CODEBOOK.items, cancel)
    assert not parallel_scoring.multiprocessing.active_children()


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("small", "threads"), [(10**9, 1), (0, 2)])
def test_few_pairs_of_a_small_model_are_scored_by_one_thread(
    context, monkeypatch, two_threads, small, threads
):
    monkeypatch.setattr(parallel_scoring, "SMALL", small)
    seen = []
    found = score_on_all_cores(*context, CODEBOOK.items, lambda *_: seen.append(torch.get_num_threads()))
    assert set(seen) == {threads}
    assert torch.get_num_threads() == 2
    alone = score_profiles(*context, CODEBOOK.items)
    for item in CODEBOOK.items:
        assert np.array_equal(found.logprob[item.key], alone.logprob[item.key])


def test_the_threads_are_given_back_when_scoring_is_cancelled(context, two_threads):
    def cancel(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        score_on_all_cores(*context, CODEBOOK.items, cancel)
    assert torch.get_num_threads() == 2


def test_the_embedded_model_is_small_and_the_next_is_not():
    count = {entry.id: entry.shape.parameters for entry in CATALOGUE[:2]}
    assert count[CATALOGUE[0].id] < parallel_scoring.SMALL < count[CATALOGUE[1].id]
