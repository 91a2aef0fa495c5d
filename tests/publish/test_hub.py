"""Push and pull over real HTTP, against the local Hub server, in a process that starts with its address."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core.publish.names import FILES
from core.publish.staging import stage_files
from tests.hub_server import HubServer, Repo
from tests.publish.adapter_factory import write_adapter

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
        before = preflight("ada/tea", {TOKEN!r}, True, "embedded", folder)
        steps = []
        first = push_adapter(folder, "ada/tea", {TOKEN!r}, True, lambda *step: steps.append(step))
        after = preflight("tea", {TOKEN!r}, True, "embedded", folder)
        public = preflight("ada/tea", {TOKEN!r}, False, "embedded", folder)
        second = push_adapter(folder, "ada/tea", {TOKEN!r}, True)
        (folder / "README.md").write_text("# Another card")
        third = push_adapter(folder, "ada/tea", {TOKEN!r}, True)
        pulled = pull_adapter("ada/tea", {TOKEN!r}, out / "pulled")
        anonymous = attempt(lambda: pull_adapter("ada/tea", None, out / "nothing"))
        old = pull_adapter("ada/tea", {TOKEN!r}, out / "old", first.revision)
        card = (old.folder / "README.md").read_text()
        facts = [pulled.repo_id, pulled.revision, pulled.temperature, pulled.precision]
        print(json.dumps([before.ok, before.user, before.files, before.licence, steps, first.url,
                          first.private, after.ok, after.repo_id, after.notes, public.ok, public.notes,
                          first.revision == second.revision, third.revision, str(pulled.folder), facts,
                          card, anonymous]))
        """,
    )
    ok, user, files, licence, steps, url, private, after_ok, full_name, notes, *rest = found
    public_ok, public_notes, same, revision, pulled, facts, card, anonymous = rest
    assert (ok, user, after_ok, public_ok, full_name) == (True, "ada", True, True, "ada/tea")
    assert private
    assert licence == "apache-2.0"
    assert sorted(name for name, _ in files) == sorted(FILES)
    assert [message.split(" (")[0] for message, _ in steps] == [
        "Creating the repository",
        "Sending the weights",
        "Sending card, codebook and configuration",
        "Reading back what the Hub has now",
        "Done",
    ]
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert url == f"{hub.url}/ada/tea"
    assert notes == ["ada/tea exists; this push adds a new version to it."]
    assert "stays so" in public_notes[1]
    assert same, "a push that changes nothing makes no new version"
    assert facts == ["ada/tea", revision, 0.9, "qlora"]
    assert card == "---\nlibrary_name: peft\n---\n# Card\n", "an earlier version is pulled by its commit"
    repo = hub.repos["ada/tea"]
    assert repo.private
    assert repo.sha == revision
    assert sorted(repo.files) == sorted(FILES)
    assert repo.commits == 2
    assert sorted(path.name for path in Path(pulled).iterdir()) == sorted([*FILES, "source.json"])
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
            found = preflight(repo_id, token, private, "embedded", folder)
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


def test_a_hub_that_cannot_be_reached_is_said_so(staged, tmp_path):
    found = run_with_hub(
        "http://127.0.0.1:9",
        tmp_path,
        f"""
        folder = Path({str(staged)!r})
        print(json.dumps([preflight("ada/tea", {TOKEN!r}, True, "embedded", folder).problems[0],
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


def test_a_connection_cut_in_the_middle_is_taken_up_again(hub, staged, tmp_path):
    hub.cut = {"PUT /lfs": 1}
    revision = run_with_hub(
        hub.url,
        tmp_path,
        f"print(json.dumps(push_adapter(Path({str(staged)!r}), 'ada/tea', {TOKEN!r}).revision))",
    )
    assert [line.split("/lfs")[0] for line in hub.requests if "PUT /lfs/" in line] == ["CUT PUT ", "PUT "]
    assert hub.repos["ada/tea"].sha == revision
    assert sorted(hub.repos["ada/tea"].files) == sorted(FILES)


def test_a_push_that_broke_off_leaves_nothing_half_done_and_goes_on_where_it_stopped(hub, staged, tmp_path):
    hub.cut = {"POST /api/models/ada/tea/commit": 99}
    push = (
        f"print(json.dumps(attempt(lambda: push_adapter(Path({str(staged)!r}), 'ada/tea', {TOKEN!r}).url)))"
    )
    broken = run_with_hub(hub.url, tmp_path, push)
    assert "the connection was cut" in broken
    assert "what was already sent is not sent again" in broken
    assert hub.repos["ada/tea"].files == {}
    hub.cut, hub.requests = {}, []
    assert run_with_hub(hub.url, tmp_path, push) == f"{hub.url}/ada/tea"
    assert not [line for line in hub.requests if line.startswith("PUT /lfs/")], (
        "the weights were there already"
    )
    assert sorted(hub.repos["ada/tea"].files) == sorted(FILES)


def test_what_stands_in_the_way_is_known_before_a_run_starts(hub, tmp_path):
    hub.add_account("hf_fine", "ada", scoped={"ada": ["repo.content.read"]})
    hub.add_account("hf_finewrite", "ada", scoped={"ada/tea": ["repo.write"]})
    hub.add_account("hf_guest", "bob", orgs=("lab",), roles={"lab": "read"})
    hub.repos = {
        "big/open": Repo(False, card_data={"license": "mit"}),
        "big/gated": Repo(False, gated=True, card_data={"license": "llama3.1"}),
        "big/noncommercial": Repo(False, card_data={"license": "cc-by-nc-4.0"}),
        "big/silent": Repo(False),
        "ada/photos": Repo(True, {"cat.png": b"PNG"}),
    }

    def check(repo_id, token, base="embedded", private=True):
        return f"facts({repo_id!r}, {token!r}, {private}, {base!r})"

    cases = {
        "fine": check("ada/tea", "hf_fine"),
        "fine write": check("ada/tea", "hf_finewrite"),
        "guest": check("lab/tea", "hf_guest"),
        "taken": check("ada/photos", TOKEN),
        "open base": check("ada/tea", TOKEN, "big/open"),
        "gated base": check("ada/tea", TOKEN, "big/gated"),
        "noncommercial": check("ada/tea", TOKEN, "big/noncommercial"),
        "silent": check("ada/tea", TOKEN, "big/silent"),
        "no base": check("ada/tea", TOKEN, "big/missing"),
        "local base": check("ada/tea", TOKEN, "/somewhere/base"),
    }
    code = (
        "def facts(*arguments):\n    found = preflight(*arguments)\n"
        "    return [found.ok, ' '.join(found.problems), ' '.join(found.notes), found.licence]\n"
        f"print(json.dumps({{{', '.join(f'{name!r}: {call}' for name, call in cases.items())}}}))"
    )
    found = run_with_hub(hub.url, tmp_path, code)
    expected = {
        "fine": (False, "no write permission for ada/tea", "", "apache-2.0"),
        "fine write": (True, "", "", "apache-2.0"),
        "guest": (False, "Your role in lab only allows reading", "", "apache-2.0"),
        "taken": (False, "taken by something that is not an adapter (cat.png)", "", "apache-2.0"),
        "open base": (True, "", "", "mit"),
        "gated base": (False, "is gated: its owner decides", "", None),
        "noncommercial": (True, "", "neither it nor your adapter may be used commercially", "cc-by-nc-4.0"),
        "silent": (True, "", "states no licence", None),
        "no base": (False, "no such repository", "", None),
        "local base": (True, "", "is a folder of this machine", None),
    }
    for name, (ok, problem, note, licence) in expected.items():
        assert (found[name][0], found[name][3]) == (ok, licence), (name, found[name])
        assert problem in found[name][1], name
        assert note in found[name][2], name
    hub.admitted.add("ada")
    ok, _, notes, licence = run_with_hub(
        hub.url, tmp_path, code.split("print")[0] + f"print(json.dumps({cases['gated base']}))"
    )
    assert (ok, licence) == (True, "llama3.1")
    assert "must accept its terms too" in notes
    assert "terms of its own (llama3.1)" in notes
    assert set(hub.repos) == {"big/open", "big/gated", "big/noncommercial", "big/silent", "ada/photos"}
    assert not [line for line in hub.requests if not line.startswith("GET")], "a check only reads"


def test_the_hub_refuses_a_card_whose_header_is_wrong(hub, staged, tmp_path):
    (staged / "README.md").write_text("---\nlicense: [mit]\n---\n# Card\n")
    call = f"push_adapter(folder, 'ada/tea', {TOKEN!r})"
    pushed, check = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        folder = Path({str(staged)!r})
        pushed = attempt(lambda: {call})
        print(json.dumps([pushed, preflight("ada/tea", {TOKEN!r}, True, "embedded", folder).problems]))
        """,
    )
    assert '"license" must be a str' in pushed
    assert hub.repos["ada/tea"].commits == 0
    assert "The model card would be refused" in check[0]
