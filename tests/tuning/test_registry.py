from dataclasses import replace

import numpy as np

from core.tuning.registry import data_hash, differences, versions
from tests.tuning.cars_survey import cars


def test_the_hash_follows_what_a_run_sees():
    data = cars(20)
    assert data_hash(data) == data_hash(cars(20))
    assert data_hash(replace(data, ids=data.ids[::-1])) == data_hash(data)
    assert data_hash(replace(data, weights=data.weights * 2)) != data_hash(data)
    assert data_hash(data.take(np.arange(19))) != data_hash(data)


def test_versions_name_the_packages_that_decide_a_result():
    assert {"python", "torch", "transformers", "peft", "bitsandbytes"} <= set(versions())


def test_only_differences_are_listed_and_missing_settings_show():
    runs = [{"rank": 8, "base": {"id": "a/b", "revision": "x"}}, {"rank": 8, "base": {"id": "a/b"}}]
    assert differences(runs) == {"base.revision": ("x", None)}
    assert differences([runs[0]]) == {}
