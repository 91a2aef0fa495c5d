"""Short journeys in a real browser: deep links, uploads, editing a table."""

import pytest
from playwright.sync_api import expect

pytest_plugins = ("tests.browser.browser_fixtures",)
pytestmark = pytest.mark.browser

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def test_a_deep_link_opens_its_page_in_the_frame(page):
    page.goto("/population")
    page.wait_for_selector(IDLE)
    expect(page.get_by_role("heading", name="Population", level=1)).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav").get_by_text("Questionnaire")).to_be_visible()


def test_a_file_that_is_no_table_gets_a_sentence(page):
    page.goto("/survey")
    page.wait_for_selector(IDLE)
    upload = page.locator("input[type=file]").first
    upload.set_input_files({"name": "answers.csv", "mimeType": "text/csv", "buffer": b"just one line"})
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("What to do")
    expect(page.get_by_test_id("stException")).to_have_count(0)
