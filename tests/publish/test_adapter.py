"""What a folder must be to count as an adapter; pulling it over HTTP is tested in test_hub."""

import hashlib
import json

import pytest

from core.errors import HubError, ModelError
from core.models.catalogue import EMBEDDED_ID, find_base, weights_sha256
from core.publish.adapter import read_adapter, write_source
from core.publish.names import TEACHER
from tests.publish.adapter_factory import STUDY, write_adapter, write_teacher

BASE = STUDY["base"]


def test_everything_needed_to_use_it_is_read(tmp_path):
    folder = write_adapter(tmp_path / "adapter")
    write_source(folder, "ada/tea", "abc")
    adapter = read_adapter(folder)
    assert (adapter.name, adapter.revision, adapter.base, adapter.precision) == (
        "ada/tea",
        "abc",
        "embedded",
        "qlora",
    )
    assert (adapter.temperature, adapter.learned) == (0.9, ("tea",))
    assert adapter.codebook.question("tea").options == ("Yes", "No")
    assert read_adapter(write_adapter(tmp_path / "mine")).name == "mine"


@pytest.mark.parametrize(
    ("recorded", "base", "precision"),
    [
        ({"id": "owner/model", "revision": "abc", "quantisation": None}, "owner/model@abc", "lora"),
        ({"id": "owner/model", "revision": None, "quantisation": "nf4 double"}, "owner/model", "qlora"),
    ],
)
def test_the_base_is_the_one_it_was_taught_on(tmp_path, recorded, base, precision):
    adapter = read_adapter(write_adapter(tmp_path / "adapter", base=recorded))
    assert (adapter.base, adapter.precision) == (base, precision)


def test_weights_that_were_changed_are_refused(tmp_path):
    folder = write_adapter(tmp_path / "adapter", sha256={"adapter_model.safetensors": "0" * 64})
    with pytest.raises(HubError, match="not the ones that were published"):
        read_adapter(folder)
    right = hashlib.sha256((folder / "adapter_model.safetensors").read_bytes()).hexdigest()
    (folder / "understudy.json").write_text(
        json.dumps({**STUDY, "sha256": {"adapter_model.safetensors": right}})
    )
    assert read_adapter(folder).folder == folder


def test_another_template_is_refused(tmp_path):
    with pytest.raises(ModelError, match="another prompt template"):
        read_adapter(write_adapter(tmp_path / "adapter", template={"version": "0"}))


def test_another_version_of_the_embedded_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="taught on other weights of its base model"):
        read_adapter(write_adapter(tmp_path / "adapter", base={**BASE, "sha256": "f" * 64}))
    same = {**BASE, "sha256": weights_sha256(find_base(EMBEDDED_ID))}
    assert read_adapter(write_adapter(tmp_path / "other", base=same)).base == "embedded"


def test_a_base_that_is_on_nobody_elses_machine_must_be_named(tmp_path):
    folder = write_adapter(tmp_path / "adapter", base={"id": "local/mine", "revision": None})
    with pytest.raises(HubError, match="base model is not on the Hub.*--base"):
        read_adapter(folder)
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text("{}")
    assert read_adapter(folder, str(tmp_path / "base")).base == str(tmp_path / "base")


def test_a_teacher_has_to_be_there_whole_and_as_published(tmp_path):
    folder = write_teacher(tmp_path / "adapter")
    assert read_adapter(folder).folder == folder
    for name in TEACHER:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(b"no")
        with pytest.raises(HubError, match="a teacher that cannot be read"):
            read_adapter(folder)
        (folder / name).unlink()
        with pytest.raises(HubError, match=f"no {name}"):
            read_adapter(folder)
        (folder / name).write_bytes(content)
    study = json.loads((folder / "understudy.json").read_text())
    (folder / "understudy.json").write_text(json.dumps({**study, "sha256": {TEACHER[0]: "0" * 64}}))
    with pytest.raises(HubError, match="not the ones that were published"):
        read_adapter(folder)


@pytest.mark.parametrize("weight", [-0.1, 1.5, "much", float("nan")])
def test_a_weight_of_the_teacher_is_a_share(tmp_path, weight):
    with pytest.raises(HubError, match="teacher"):
        read_adapter(write_teacher(tmp_path / "adapter", weight))
