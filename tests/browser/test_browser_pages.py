"""Short journeys in a real browser: deep links, uploads, editing a table."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

expect.set_options(timeout=30_000)
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


def test_answer_options_are_ordered_by_dragging_by_number_and_by_key(page):
    answers = ["Bus", "Car", "Train"]
    rows = "".join(f"{'young' if i % 2 else 'old'},{answers[i % 3]}\n" for i in range(120))
    page.goto("/survey")
    page.wait_for_selector(IDLE)
    upload = page.locator("input[type=file]").first
    content = ("age,buy\n" + rows).encode()
    upload.set_input_files({"name": "buy.csv", "mimeType": "text/csv", "buffer": content})
    column = page.get_by_role("combobox", name="Column")
    expect(column).to_be_visible()
    page.wait_for_selector(IDLE)
    column.focus()  # with the keys, since a list opened by the mouse closes when the page scrolls to it
    page.wait_for_timeout(500)
    page.keyboard.type("Buy")
    page.keyboard.press("Enter")
    options = page.frame_locator("iframe[title*=understudy_options]")
    texts, handles = options.locator(".text"), options.locator(".handle")
    expect(texts).to_have_text(["Bus", "Car", "Train"])
    handles.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(texts).to_have_text(["Car", "Bus", "Train"])
    number = options.get_by_label("Position of Train")
    number.fill("1")
    number.press("Tab")
    expect(texts).to_have_text(["Train", "Car", "Bus"])
    handles.nth(2).scroll_into_view_if_needed()
    start, end = handles.nth(0).bounding_box(), handles.nth(2).bounding_box()
    page.mouse.move(start["x"] + 4, start["y"] + 4)
    page.mouse.down()
    page.mouse.move(end["x"] + 4, end["y"] + 6, steps=8)
    page.mouse.up()
    expect(texts).to_have_text(["Car", "Bus", "Train"])
    page.get_by_role("button", name="Confirm and store").click()
    expect(page.get_by_role("heading", name="Questionnaire", level=1)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
