"""Push and pull over real HTTP, against the local Hub server, in a process that starts with its address."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from adapter_factory import write_adapter

from core.publish.staging import FILES, stage_files
from tests.hub_server import HubServer

ROOT = Path(__file__).parents[2]
TOKEN = "hf_goodtokengoodtoken"


@pytest.fixture
def hub():
    with HubServer() as server:
        server.add_account(TOKEN, "ada", orgs=("lab",))
        server.add_account("hf_readonly", "ada", role="read")
        yield server


@pytest.fixture
def staged(tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    stage_files(adapter, tmp_path / "staged", "---\nlibrary_name: peft\n---\n# Card\n", "embedded")
    return tmp_path / "staged"


def run_with_hub(url, tmp_path, code, timeout=120):
    """Run code in a fresh process whose Hub is the local server; returns the JSON of its last line."""
    environment = {
        **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "OMP_NUM_THREADS")},
        "HF_ENDPOINT": url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "TOKENIZERS_PARALLELISM": "false",
    }
    script = (
        "import json\nfrom pathlib import Path\nfrom core.errors import HubError\n"
        "from core.publish.preflight import preflight\nfrom core.publish.pull import pull_adapter\n"
        "from core.publish.push import push_adapter\n"
        "def attempt(do):\n    try:\n        return str(do())\n    except HubError as error:\n"
        "        return f'HubError: {error}'\n" + textwrap.dedent(code)
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_push_pull_and_push_again(hub, staged, tmp_path):
    found = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        folder, out = Path({str(staged)!r}), Path({str(tmp_path)!r})
        before = preflight("ada/tea", {TOKEN!r}, True, folder)
        steps = []
        first = push_adapter(folder, "ada/tea", {TOKEN!r}, True, steps.append)
        after = preflight("tea", {TOKEN!r}, True, folder)
        public = preflight("ada/tea", {TOKEN!r}, False, folder)
        second = push_adapter(folder, "ada/tea", {TOKEN!r}, True)
        pulled = pull_adapter("ada/tea", {TOKEN!r}, out / "pulled")
        anonymous = attempt(lambda: pull_adapter("ada/tea", None, out / "nothing"))
        print(json.dumps([before.ok, before.user, before.files, steps, first.url, after.ok, after.repo_id,
                          after.notes, public.ok, second.revision, str(pulled), anonymous]))
        """,
    )
    ok, user, files, steps, url, after_ok, full_name, notes, public_ok, revision, pulled, anonymous = found
    assert (ok, user, after_ok, public_ok, full_name) == (True, "ada", True, True, "ada/tea")
    assert sorted(name for name, _ in files) == sorted(FILES)
    assert dict(files)["README.md"] == (staged / "README.md").stat().st_size
    assert steps == ["Creating the repository", "Uploading the adapter", "Done"]
    assert url == f"{hub.url}/ada/tea"
    assert notes == ["ada/tea exists; this push adds a new version to it."]
    repo = hub.repos["ada/tea"]
    assert repo.private
    assert repo.sha == revision
    assert sorted(repo.files) == sorted(FILES)
    assert sorted(path.name for path in Path(pulled).iterdir()) == sorted(FILES)
    for name in FILES:
        assert (Path(pulled) / name).read_bytes() == (staged / name).read_bytes()
    assert "no such repository, or this token may not see it" in anonymous
    assert not (tmp_path / "nothing").exists()


def test_the_token_is_written_nowhere(hub, staged, tmp_path):
    run_with_hub(
        hub.url,
        tmp_path,
        f"""
        push_adapter(Path({str(staged)!r}), "ada/tea", {TOKEN!r}, True)
        pull_adapter("ada/tea", {TOKEN!r}, Path({str(tmp_path / "pulled")!r}))
        print(json.dumps(True))
        """,
    )
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 8
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]
    assert not any(TOKEN.encode() in data for data in hub.repos["ada/tea"].files.values())


def test_wrong_tokens_and_names_are_said_in_sentences(hub, staged, tmp_path):
    hub.add_account("hf_other", "bob")
    problems = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        folder = Path({str(staged)!r})
        def problem(repo_id, token, private=True):
            found = preflight(repo_id, token, private, folder)
            assert not found.ok
            return found.problems[0]
        push_adapter(folder, "ada/open", {TOKEN!r}, False)
        print(json.dumps({{
            "none": problem("ada/tea", None),
            "spaces": problem("ada/tea", "not a token"),
            "wrong": problem("ada/tea", "hf_wrongwrong"),
            "read": problem("ada/tea", "hf_readonly"),
            "owner": problem("acme/tea", {TOKEN!r}),
            "name": problem("ada/tea time!", {TOKEN!r}),
            "slashes": problem("a/b/c", {TOKEN!r}),
            "public": problem("ada/open", {TOKEN!r}),
            "push wrong": attempt(lambda: push_adapter(folder, "ada/tea", "hf_wrongwrong")),
            "push none": attempt(lambda: push_adapter(folder, "ada/tea", None)),
            "push odd": attempt(lambda: push_adapter(folder, "ada/tea", "hf_\\u2026")),
            "push foreign": attempt(lambda: push_adapter(folder, "ada/tea", "hf_other")),
            "push name": attempt(lambda: push_adapter(folder, "tea time", {TOKEN!r})),
            "pull unknown": attempt(lambda: pull_adapter("ada/none", {TOKEN!r}, folder.parent / "x")),
        }}))
        """,
    )
    expected = {
        "none": "There is no Hub token",
        "spaces": "holds spaces or special characters",
        "wrong": "The Hub does not accept this token",
        "read": "This token can only read",
        "owner": "cannot write to acme. What to do: use ada or lab as owner",
        "name": "This repository name cannot be used",
        "slashes": "This repository name cannot be used",
        "public": "exists and is public, but a private one was asked for",
        "push wrong": "The Hub does not accept this token",
        "push none": "There is no Hub token",
        "push odd": "This is not a Hub token",
        "push foreign": "This token may not write to that repository",
        "push name": "This repository name cannot be used",
        "pull unknown": "The Hub has no such repository",
    }
    for case, sentence in expected.items():
        assert sentence in problems[case], case
        assert "hf_" not in problems[case], case
    assert "ada/tea" not in hub.repos


def test_what_is_not_our_adapter_is_refused_and_nothing_is_left(hub, staged, tmp_path):
    from tests.hub_server import Repo

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
        names = ["other", "pickle", "ia3", "plain", "fine"]
        print(json.dumps({{n: attempt(lambda: pull_adapter(f"ada/{{n}}", None, out / n)) for n in names}}))
        """,
    )
    assert "no adapter_config.json" in found["other"]
    assert "a file that cannot be read" in found["pickle"]
    assert "something other than a LoRA adapter" in found["ia3"]
    assert "no template and codebook" in found["plain"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fine"]
    assert sorted(path.name for path in Path(found["fine"]).iterdir()) == sorted(FILES)


def test_a_hub_that_cannot_be_reached_is_said_so(staged, tmp_path):
    found = run_with_hub(
        "http://127.0.0.1:9",
        tmp_path,
        f"""
        folder = Path({str(staged)!r})
        print(json.dumps([preflight("ada/tea", {TOKEN!r}, True, folder).problems[0],
                          attempt(lambda: push_adapter(folder, "ada/tea", {TOKEN!r})),
                          attempt(lambda: pull_adapter("ada/tea", None, folder.parent / "x"))]))
        """,
    )
    assert all("The Hub could not be reached" in sentence for sentence in found)


def test_peft_loads_the_pushed_adapter_with_the_same_logits(hub, tmp_path):
    found = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        import torch
        from peft import LoraConfig, PeftModel, get_peft_model
        from transformers import LlamaConfig, LlamaForCausalLM
        from core.publish.staging import stage_files

        torch.set_num_threads(1)
        out = Path({str(tmp_path)!r})
        sizes = dict(hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=2)
        torch.manual_seed(0)
        LlamaForCausalLM(LlamaConfig(vocab_size=64, **sizes)).save_pretrained(out / "base")
        load = lambda: LlamaForCausalLM.from_pretrained(out / "base", dtype=torch.float32).eval()
        settings = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
        tuned = get_peft_model(load(), settings).eval()
        tuned.save_pretrained(out / "adapter")
        study = {{"template": {{"version": "1"}}, "codebook": {{"title": "Tea"}}, "temperature": 1.0}}
        (out / "adapter" / "understudy.json").write_text(json.dumps(study))
        stage_files(out / "adapter", out / "staged", "# Card", str(out / "base"))
        push_adapter(out / "staged", "lab/tea", {TOKEN!r}, private=False)
        fetched = PeftModel.from_pretrained(load(), "lab/tea").eval()
        tokens = torch.arange(24).reshape(2, 12)
        with torch.no_grad():
            wanted, got, plain = tuned(tokens).logits, fetched(tokens).logits, load()(tokens).logits
        config = json.loads((out / "adapter" / "adapter_config.json").read_text())
        print(json.dumps([torch.equal(wanted, got), torch.equal(wanted, plain),
                          config["base_model_name_or_path"]]))
        """,
    )
    same_as_pushed, same_as_base, leaked = found
    assert same_as_pushed
    assert not same_as_base
    assert leaked == str(tmp_path / "base")  # what PEFT wrote by itself
    pushed = json.loads(hub.repos["lab/tea"].files["adapter_config.json"])
    assert pushed["base_model_name_or_path"] == "understudy/local-base"
    assert str(tmp_path).encode() not in b"".join(hub.repos["lab/tea"].files.values())
    assert "PUT /lfs/" in " ".join(hub.requests)
