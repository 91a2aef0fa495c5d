"""Names of base models: what they resolve to, and what is refused."""

import pytest

from core.errors import ModelError
from core.models.catalogue import CATALOGUE, EMBEDDED, EMBEDDED_ID, find_base, listed, weights_sha256


def test_unknown_bases_are_explained(tmp_path):
    with pytest.raises(ModelError, match='Use "embedded", a Hugging Face id'):
        find_base("no-such-model")
    with pytest.raises(ModelError, match="holds no model"):
        find_base(str(tmp_path))
    assert find_base("owner/model@abc").revision == "abc"


def test_a_folder_is_a_model_of_this_machine_with_a_hash_and_a_hub_model_is_not(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    base = find_base(str(tmp_path))
    assert base.id == f"local/{tmp_path.name}" and base.is_local
    first = weights_sha256(base)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    assert len(first) == 64 and weights_sha256(base) != first
    assert not find_base("owner/model").is_local and weights_sha256(find_base("owner/model")) is None


def test_the_short_list_is_found_by_every_name_of_its_models():
    assert listed(EMBEDDED) is listed(EMBEDDED_ID) is CATALOGUE[0]
    for entry in CATALOGUE[1:]:
        assert listed(f"{entry.id}@main") is listed(entry.id) is entry
        assert not find_base(entry.id).is_chat
    assert listed("owner/model") is None
