"""Push over real HTTP, against the local Hub server: whole, repeated, and cut off."""

import json
from pathlib import Path

from core.publish.names import FILES, TEACHER
from core.publish.staging import stage_files
from tests.publish.adapter_factory import write_teacher
from tests.publish.hub_process import TOKEN, run_with_hub


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


def test_a_teacher_travels_with_the_adapter(hub, tmp_path):
    adapter = write_teacher(tmp_path / "adapter")
    staged = tmp_path / "staged"
    stage_files(adapter, staged, "# Card", "embedded")
    pulled = run_with_hub(
        hub.url,
        tmp_path,
        f"""
        push_adapter(Path({str(staged)!r}), "ada/tea", {TOKEN!r}, True)
        pulled = pull_adapter("ada/tea", {TOKEN!r}, Path({str(tmp_path / "pulled")!r}))
        print(json.dumps(str(pulled.folder)))
        """,
    )
    assert sorted(hub.repos["ada/tea"].files) == sorted([*FILES, *TEACHER])
    for name in TEACHER:
        assert (Path(pulled) / name).read_bytes() == (adapter / name).read_bytes()
