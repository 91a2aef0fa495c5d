import pytest

from core.errors import HubError
from core.publish.account import check_token, write_problems


def account(role, scoped=(), orgs=()):
    token = {"role": role}
    if role == "fineGrained":
        token["fineGrained"] = {
            "scoped": [{"entity": {"name": n, "type": "user"}, "permissions": list(p)} for n, p in scoped]
        }
    return {
        "name": "ada",
        "orgs": [{"name": n, "roleInOrg": r} for n, r in orgs],
        "auth": {"accessToken": token},
    }


@pytest.mark.parametrize(
    ("who", "repo_id"),
    [
        (account("write"), "ada/tea"),
        (account("write", orgs=[("lab", "contributor")]), "lab/tea"),
        (account("fineGrained", [("ada", ["repo.content.read", "repo.write"])]), "ada/tea"),
        (account("fineGrained", [("ada/tea", ["repo.write"])]), "ada/tea"),
        ({"name": "ada"}, "ada/tea"),  # a sign-in token says nothing about itself: the Hub decides
    ],
)
def test_nothing_is_said_against_a_token_that_may_write(who, repo_id):
    assert write_problems(who, repo_id) == []


@pytest.mark.parametrize(
    ("who", "repo_id", "sentence"),
    [
        (account("read"), "ada/tea", "This token can only read"),
        (account("write"), "lab/tea", "cannot write to lab. What to do: use ada as owner"),
        (account("write", orgs=[("lab", "read")]), "lab/tea", "role in lab only allows reading"),
        (account("fineGrained"), "ada/tea", "no write permission for ada/tea"),
        (account("fineGrained", [("ada", ["repo.content.read"])]), "ada/tea", "no write permission"),
        (account("fineGrained", [("ada/other", ["repo.write"])]), "ada/tea", "no write permission"),
    ],
)
def test_what_a_token_may_not_do_is_said_before_anything_starts(who, repo_id, sentence):
    (problem,) = write_problems(who, repo_id)
    assert sentence in problem
    assert "What to do" in problem


def test_what_is_no_token_is_not_sent_anywhere():
    with pytest.raises(HubError, match="There is no Hub token"):
        check_token(None)
    with pytest.raises(HubError, match="holds spaces or special characters") as raised:
        check_token("hf_my secret")
    assert "secret" not in str(raised.value)
