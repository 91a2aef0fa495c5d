import hashlib
import json

import pytest

from core.errors import HubError
from core.publish.names import FILES, TEACHER
from core.publish.staging import stage_files
from tests.publish.adapter_factory import STUDY, write_adapter, write_teacher


def test_exactly_four_files_are_staged(tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    staged = stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    assert tuple(path.name for path in staged) == FILES
    assert sorted(path.name for path in (tmp_path / "staged").iterdir()) == sorted(FILES)
    assert (tmp_path / "staged" / "README.md").read_text() == "# Card"


def test_a_teacher_that_is_mixed_in_is_staged_too_with_its_hashes(tmp_path):
    adapter = write_teacher(tmp_path / "adapter")
    staged = stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    assert tuple(path.name for path in staged) == (*FILES, *TEACHER)
    study = json.loads((tmp_path / "staged" / "understudy.json").read_text())
    assert study["blend"] == {"weight": 0.4}
    assert study["sha256"].keys() == {"adapter_model.safetensors", *TEACHER}
    (adapter / TEACHER[1]).unlink()
    with pytest.raises(HubError, match=f"missing {TEACHER[1]}"):
        stage_files(adapter, tmp_path / "again", "# Card", "embedded")


def test_a_path_in_the_teachers_texts_stops_the_push(tmp_path):
    adapter = write_teacher(tmp_path / "adapter")
    (adapter / TEACHER[1]).write_text(json.dumps({"note": f"{tmp_path}/adapter"}))
    with pytest.raises(HubError, match="A path of this machine would be published"):
        stage_files(adapter, tmp_path / "staged", "# Card", "embedded")


def test_the_local_path_of_the_base_is_nowhere_in_what_is_pushed(tmp_path):
    base = str(tmp_path / "my models" / "secret-base")
    adapter = write_adapter(tmp_path / "adapter", base, trained_on={"id": base, "others": [base]})
    stage_files(adapter, tmp_path / "staged", "# Card", base)
    config = json.loads((tmp_path / "staged" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "understudy/local-base"
    for name in FILES:
        content = (tmp_path / "staged" / name).read_bytes()
        assert b"secret-base" not in content
        assert str(tmp_path).encode() not in content


def test_the_embedded_bases_folder_is_replaced_by_its_name(tmp_path):
    adapter = write_adapter(tmp_path / "adapter", str(tmp_path / "core" / "models" / "embedded"))
    stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    config = json.loads((tmp_path / "staged" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "understudy/embedded"


@pytest.mark.parametrize("where", ["card", "study"])
def test_a_path_that_slipped_into_a_text_stops_the_push(tmp_path, where):
    note = f"trained in {tmp_path}/adapter"
    adapter = write_adapter(tmp_path / "adapter", **({"note": note} if where == "study" else {}))
    card = note if where == "card" else "# Card"
    with pytest.raises(HubError, match="A path of this machine would be published"):
        stage_files(adapter, tmp_path / "staged", card, "embedded")


def test_an_unfinished_adapter_and_a_used_folder_are_refused(tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    with pytest.raises(HubError, match="not empty"):
        stage_files(adapter, adapter, "# Card", "embedded")
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(HubError, match="missing adapter_model.safetensors"):
        stage_files(adapter, tmp_path / "staged", "# Card", "embedded")


def test_of_the_codebook_only_its_contract_is_pushed(tmp_path):
    book = {**STUDY["codebook"], "population": "Adults", "notes": "call Mrs. Hansen", "counts": [3, 1]}
    book["questions"] = [{**book["questions"][0], "n": 3}]
    adapter = write_adapter(tmp_path / "adapter", codebook=book)
    stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    study = json.loads((tmp_path / "staged" / "understudy.json").read_text())
    assert study["codebook"] == {**STUDY["codebook"], "population": "Adults"}


def test_the_hash_of_the_weights_is_in_what_is_pushed(tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    study = json.loads((tmp_path / "staged" / "understudy.json").read_text())
    weights = (tmp_path / "staged" / "adapter_model.safetensors").read_bytes()
    assert study["sha256"] == {"adapter_model.safetensors": hashlib.sha256(weights).hexdigest()}


def test_a_token_in_a_text_stops_the_push(tmp_path):
    adapter = write_adapter(tmp_path / "adapter", note="my hf_abcdefabcdef")
    with pytest.raises(HubError, match="looks like a Hub token") as raised:
        stage_files(adapter, tmp_path / "staged", "# Card", "embedded")
    assert "abcdef" not in str(raised.value)
