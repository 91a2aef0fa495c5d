"""Publish page: report, pre-flight, and a token that never leaves its field."""

import pytest

from app import cached
from app.session import Key, View
from core.studio import jobs, publish, tuning


def test_without_a_taught_model_there_is_nothing_to_share(example, open_page):
    app = open_page(View.PUBLISH)
    assert not app.exception
    assert any("nothing to publish yet" in element.value for element in app.main.markdown)
    assert app.button(key=Key.PULL_START).disabled, (
        "a model from the Hub can be used without one of one's own"
    )


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
    assert tuning.list_runs(cached.workspace(), taught.id)


@pytest.mark.slow
def test_what_the_researcher_says_about_the_population_is_in_the_card(page, taught):
    page.text_input(key=Key.PUBLISH_FRAME.of(taught.id)).set_value("Adults in Norway, *May* 2026").run()
    assert not page.exception
    card = "\n".join(element.value for element in page.expander[0].markdown)
    assert r"Who the respondents stand for: Adults in Norway, \*May\* 2026" in card
    assert "library_name: peft" in page.expander[0].code[0].value


@pytest.mark.slow
def test_where_a_run_is_meant_to_go_is_asked_no_second_time(taught, open_page):
    ws = cached.workspace()
    (run,) = [r for r in tuning.list_runs(ws, taught.id) if "pulled" not in jobs.find(ws, r.id).spec()]
    publish.remember_target(ws, run.id, "ada/drinks", private=True)
    page = open_page(View.PUBLISH)
    assert page.text_input(key=Key.PUBLISH_REPO).value == "ada/drinks"


@pytest.mark.slow
def test_a_repository_that_cannot_work_stops_the_run_before_it_starts(taught, open_page):
    before = len(jobs.list_jobs(cached.workspace()))
    page = open_page(View.TUNING)
    page.text_input(key=Key.TUNING_REPO).set_value("no spaces allowed").run()
    page.button(key=Key.TUNING_START).click().run()
    assert not page.exception
    assert "repository name cannot be used" in page.error[0].value
    assert len(jobs.list_jobs(cached.workspace())) == before


def test_the_token_comes_from_the_field_then_the_environment_then_the_secrets(monkeypatch):
    from core.settings import hub_token

    assert hub_token(None, "hf_secret") == "hf_secret"
    monkeypatch.setenv("HF_TOKEN", "hf_environment")
    assert hub_token(" ", "hf_secret") == "hf_environment"
    assert hub_token(" hf_typed ", "hf_secret") == "hf_typed"
