"""Checks before a run and before a push, over real HTTP: rights, names, licences and the card."""

from tests.hub_server import Repo
from tests.publish.hub_process import TOKEN, run_with_hub


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
