"""Keys and files of the score cache."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.experiments import score_cache
from core.experiments.design import find_experiment
from core.experiments.job import prepare_experiment
from core.experiments.score_cache import ModelNotes, ScoreCache, cache_key, missing
from core.experiments.variants import Variant, variants
from core.simulation.scores import Scores
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars


def test_only_what_concerns_a_model_makes_it_another(monkeypatch):
    data = cars()
    taught = Variant("a", Recipe(seed=0))
    same = cache_key(taught, data)
    assert cache_key(replace(taught, name="b", x=3.0, temperature=0.5), data) == same
    changed = (
        replace(taught, recipe=Recipe(seed=1)),
        replace(taught, respondents=0.5),
        replace(taught, taught=False),
        replace(taught, baseline="svr"),
    )
    assert len({cache_key(variant, data) for variant in changed} | {same}) == 5
    assert cache_key(taught, cars(seed=1)) != same
    with monkeypatch.context() as later:
        later.setattr(score_cache, "CACHE_VERSION", score_cache.CACHE_VERSION + 1)
        assert cache_key(taught, data) != same
    before = Variant("before", Recipe(seed=0, steps=5), taught=False)
    assert cache_key(before, data) == cache_key(replace(before, recipe=Recipe(seed=1)), data)
    assert cache_key(before, data) != cache_key(replace(before, recipe=Recipe(adapter="lora")), data)


def test_scores_are_found_again_by_another_experiment_and_outlive_the_first(tmp_path):
    data, recipe = cars(), Recipe(steps=2)
    keys = ("method", "taught")
    folders = [prepare_experiment(tmp_path, data, find_experiment(k), recipe, "s1") for k in keys]
    first, second = (ScoreCache(folder, data) for folder in folders)
    lora, qlora = variants(find_experiment("method"), recipe, data)
    taught = Variant("taught", recipe)  # 4 bits are the default: the same model as "QLoRA"
    n = len(data.part("test"))
    tables = {i.key: np.full((n, len(i.answers)), -np.log(len(i.answers))) for i in data.items}
    first.checkpoints(qlora).mkdir(parents=True)
    first.write(qlora, Scores(tables, {key: np.ones(n) for key in tables}), ModelNotes(0.9, 12.5, 3.0))
    assert not first.checkpoints(qlora).exists()
    assert missing(tmp_path, [lora, qlora, taught], data) == [lora]
    second.take([taught])
    shutil.rmtree(folders[0].path)
    found, notes = second.read(taught)
    assert notes == ModelNotes(0.9, 12.5, 3.0)
    for key, table in tables.items():
        assert np.asarray(found.logprob[key]) == pytest.approx(table, abs=1e-6)
