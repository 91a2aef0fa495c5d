"""Publish page: report, pre-flight, and a token that never leaves its field."""

import pytest

from app import cached
from app.session import Key, View
from core import studio

pytest_plugins = ("tests.app.app_fixtures",)


def test_without_a_taught_model_there_is_nothing_to_share(example, open_page):
    app = open_page(View.PUBLISH)
    assert not app.exception
    assert "nothing to share yet" in app.main.markdown[0].value


@pytest.fixture
def page(taught, open_page, monkeypatch):
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return open_page(View.PUBLISH)


@pytest.mark.slow
def test_the_page_offers_report_and_card_and_is_private_by_default(page):
    assert not page.exception
    assert page.toggle(key=Key.PUBLISH_PRIVATE).value is True
    assert page.get("download_button")
    assert any("base" in element.value.lower() for element in page.expander[0].markdown)


@pytest.mark.slow
def test_checking_lists_the_files_and_says_what_is_missing(page):
    page.text_input(key=Key.PUBLISH_REPO).set_value("somebody/survey-model").run()
    page.button(key=Key.PUBLISH_CHECK).click().run()
    assert not page.exception
    assert page.error
    assert page.button(key=Key.PUBLISH_PUSH).disabled
    files = set(page.dataframe[0].value["File"])
    assert {"adapter_config.json", "adapter_model.safetensors", "README.md"} <= files
    assert not any("respondents" in name or name.endswith(".parquet") for name in files)


@pytest.mark.slow
def test_a_wrong_name_is_explained_without_asking_the_hub(page):
    page.text_input(key=Key.PUBLISH_REPO).set_value("no spaces allowed").run()
    page.button(key=Key.PUBLISH_CHECK).click().run()
    assert not page.exception
    assert page.error


@pytest.mark.slow
def test_changing_the_name_takes_the_check_back(page):
    page.text_input(key=Key.PUBLISH_REPO).set_value("somebody/survey-model").run()
    page.button(key=Key.PUBLISH_CHECK).click().run()
    page.text_input(key=Key.PUBLISH_REPO).set_value("somebody/other").run()
    assert not page.error
    assert not [button for button in page.button if button.key == Key.PUBLISH_PUSH]


@pytest.mark.slow
def test_the_token_is_kept_nowhere(page, taught):
    secret = "hf_" + "x" * 30
    page.text_input(key=Key.PUBLISH_TOKEN).set_value(secret).run()
    assert (
        page.text_input(key=Key.PUBLISH_TOKEN).proto.type
        == page.text_input(key=Key.PUBLISH_TOKEN).proto.PASSWORD
    )
    root = cached.workspace().root
    files = [path for path in root.rglob("*") if path.is_file() and path.suffix != ".safetensors"]
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    assert studio.list_runs(cached.workspace(), taught.id)
