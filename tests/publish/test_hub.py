"""Failures of the Hub as sentences, over real HTTP."""

from tests.publish.hub_process import TOKEN, run_with_hub


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
