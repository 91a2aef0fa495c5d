"""Names that may be said in public, and names the Hub allows."""

import pytest

from core.errors import HubError
from core.publish.names import check_name, public_base


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("embedded", "understudy/embedded"),
        ("gpt2", "gpt2"),
        ("owner/model@abc123", "owner/model@abc123"),
        ("HuggingFaceTB/SmolLM2-135M", "HuggingFaceTB/SmolLM2-135M"),
        ("/home/me/models/base", "understudy/local-base"),
        ("./base", "understudy/local-base"),
        ("~/base", "understudy/local-base"),
        ("models/mine/base", "understudy/local-base"),
        ("C:\\models\\base", "understudy/local-base"),
    ],
)
def test_a_base_is_named_in_public_without_a_path(base, name):
    assert public_base(base) == name


def test_a_folder_that_looks_like_a_hub_name_is_still_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "team" / "model").mkdir(parents=True)
    assert public_base("team/model") == "understudy/local-base"


def test_a_name_the_hub_would_refuse_is_refused_here():
    for name in ("ada/tea", "tea", "my-team/bev_2026.v1"):
        check_name(name)
    for name in ("a/b/c", "ada/tea time", "", "ada/te--a", "/tea"):
        with pytest.raises(HubError, match="cannot be used"):
            check_name(name)
