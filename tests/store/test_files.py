import json

import numpy as np
import pytest

from core.store.files import read_json, remove_folder, to_json, write_bytes, write_json


def test_a_failed_write_leaves_the_old_file_and_no_remnant(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"old": 1})
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        write_json(path, {"new": "\ud800"})
    with pytest.raises(TypeError, match="bytes-like"):
        write_bytes(path, "text")
    assert read_json(path) == {"old": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_numpy_values_and_other_objects_become_plain(tmp_path):
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": tmp_path, "d": np.bool_(True), "é": None}
    assert json.loads(to_json(value)) == {"a": 0.5, "b": [0, 1], "c": str(tmp_path), "d": True, "é": None}


def test_a_removed_folder_is_gone_and_removing_it_again_is_fine(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    remove_folder(tmp_path / "a")
    remove_folder(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
