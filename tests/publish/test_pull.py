"""Pull over real HTTP: what is no adapter of ours is refused. Pulling what was pushed is in test_push."""

from pathlib import Path

from core.publish.names import FILES
from tests.hub_server import Repo
from tests.publish.hub_process import run_with_hub


def test_what_is_not_our_adapter_is_refused_and_nothing_is_left(hub, staged, tmp_path):
    good = {name: (staged / name).read_bytes() for name in FILES}
    hub.repos = {
        "ada/other": Repo(False, {"config.json": b"{}"}),
        "ada/pickle": Repo(False, {**good, "adapter_model.safetensors": b"\x80\x04 not safetensors"}),
        "ada/ia3": Repo(False, {**good, "adapter_config.json": b'{"peft_type": "IA3"}'}),
        "ada/plain": Repo(False, {**good, "understudy.json": b"{}"}),
        "ada/fine": Repo(False, {**good, "extra.bin": b"\x80"}),
    }
    found = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        out = Path({str(tmp_path)!r}) / "out"
        pull = lambda name: attempt(lambda: pull_adapter(f"ada/{{name}}", None, out / name).folder)
        print(json.dumps({{name: pull(name) for name in ("other", "pickle", "ia3", "plain", "fine")}}))
        """,
    )
    assert "no adapter_config.json" in found["other"]
    assert "a file that cannot be read" in found["pickle"]
    assert "something other than a LoRA adapter" in found["ia3"]
    assert "no template and codebook" in found["plain"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fine"]
    assert sorted(path.name for path in Path(found["fine"]).iterdir()) == sorted([*FILES, "source.json"])
