"""The main job in a real browser: survey, teach, population, simulate, compare, publish, report.

The one-click example is loaded and looked at; the long steps run on a small cut of it, which is also how
the upload of a survey with its codebook is tried.
"""

import statistics
import sys

import pytest
from playwright.sync_api import expect

from tests.app.small_survey import small_survey

pytestmark = pytest.mark.browser

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = ".st-key-results-chart"
BAR_PATHS = f"""
() => [...document.querySelectorAll('{CHART} .vega-embed svg g.mark-rect path')]
  .map(bar => bar.getAttribute('d')).join()
"""
SHARES = f"{CHART} .vega-embed svg g.mark-text.role-mark >> nth=0 >> text"
WATCH = """
() => {
  const group = document.querySelector('.st-key-results-chart .vega-embed svg g.mark-text.role-mark');
  const texts = () => [...group.querySelectorAll('text')].map(t => t.textContent).join('|');
  window.understudy = {pressed: null, took: null, before: texts()};
  document.addEventListener('keydown', () => { window.understudy.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const state = window.understudy, now = texts();
    if (state.pressed !== null && now !== state.before) {
      state.took = performance.now() - state.pressed;
      state.pressed = null;
      state.before = now;
    }
  }).observe(document.querySelector('.st-key-results-chart .vega-embed svg'),
             {subtree: true, childList: true, characterData: true});
}
"""


def settle(page):
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE)


def open_page(page, name):
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settle(page)


def no_errors(page):
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


@pytest.mark.slow
def test_from_the_survey_to_the_report(page, tmp_path):
    load_the_example(page)
    upload_a_survey(page)
    teach_the_model(page)
    build_a_population(page)
    simulate_and_compare(page)
    report = look_before_publishing(page, tmp_path)
    check_that_the_report_works_offline(page, report)


def load_the_example(page):
    page.get_by_role("button", name="Load the example survey").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("not real people").first).to_be_visible()
    open_page(page, "Questionnaire")
    expect(page.get_by_text("Base:").first).to_be_visible()
    no_errors(page)


def upload_a_survey(page):
    csv, codebook = small_survey()
    open_page(page, "Survey data")
    files = page.locator("input[type=file]")  # answers, Qualtrics questionnaire, codebook
    files.nth(0).set_input_files({"name": "small.csv", "mimeType": "text/csv", "buffer": csv})
    expect(page.get_by_role("button", name="Confirm and store")).to_be_visible()
    files.nth(2).set_input_files(
        {"name": "codebook.json", "mimeType": "application/json", "buffer": codebook}
    )
    settle(page)
    name = page.get_by_label("Name of the study")
    expect(name).to_have_count(1)
    expect(name).to_have_value("Small example (generated, not real people)")
    page.get_by_role("button", name="Confirm and store").click()
    expect(page.get_by_role("heading", name="Questionnaire", level=1)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("240 respondents")).to_be_visible()
    no_errors(page)


def teach_the_model(page):
    open_page(page, "Teach the model")
    page.get_by_text("Advanced", exact=True).click()
    limit = page.get_by_role("spinbutton", name="Time limit for learning (seconds)")
    limit.fill("5")
    limit.press("Enter")
    settle(page)
    page.get_by_role("button", name="Teach the model").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()  # the study comes back from the address, the job from its folder
    done = page.get_by_text("Surprise at a hold-out respondent")
    expect(page.get_by_role("button", name="Cancel").or_(done).first).to_be_visible()
    expect(done).to_be_visible(timeout=120_000)
    expect(page.locator(".st-key-job-curve").locator(".vega-embed svg").first).to_be_visible()
    no_errors(page)


def build_a_population(page):
    open_page(page, "Population")
    page.get_by_role("button", name="Build the population").click()
    expect(page.get_by_text("Largest miss of a target")).to_be_visible()
    no_errors(page)


def simulate_and_compare(page):
    open_page(page, "Simulate and compare")
    page.get_by_role("button", name="Simulate").click()
    expect(page.locator(f"{CHART} .vega-embed svg")).to_be_visible(timeout=120_000)
    settle(page)
    no_errors(page)
    check_that_bars_follow_the_slider(page)
    whose = page.get_by_role("radiogroup", name="Whose simulated answers?")
    whose.get_by_role("radio", name="Population").click()
    settle(page)
    expect(page.locator(f"{CHART} .vega-embed svg")).to_be_visible()
    no_errors(page)


def check_that_bars_follow_the_slider(page):
    slider = page.locator(f"{CHART} .vega-bindings input[type=range]")
    slider.focus()
    slider.press("Home")
    cold = page.locator(SHARES).all_text_contents()
    page.evaluate(WATCH)
    times = []
    for _ in range(11):
        page.evaluate("() => { window.understudy.took = null; }")
        for _ in range(5):  # a step of 0.05 in temperature is sure to change a printed digit
            slider.press("ArrowRight")
        page.wait_for_function("() => window.understudy.took !== null")
        times.append(page.evaluate("() => window.understudy.took"))
    assert page.locator(SHARES).all_text_contents() != cold
    middle = statistics.median(times[1:])
    sys.stdout.write(f"slider step to moved bars: median {middle:.1f} ms, worst {max(times[1:]):.1f} ms\n")
    check_that_bars_follow_a_drag(page, slider)


def check_that_bars_follow_a_drag(page, slider):
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.05 * box["width"], middle)
    page.mouse.down()
    seen = page.evaluate(BAR_PATHS)
    for step in range(1, 21):  # the button stays down: bars that wait for its release never change
        page.mouse.move(box["x"] + (0.05 + 0.04 * step) * box["width"], middle)
        page.wait_for_function(f"before => ({BAR_PATHS})() !== before", arg=seen)
        seen = page.evaluate(BAR_PATHS)
    page.mouse.up()


def look_before_publishing(page, tmp_path):
    open_page(page, "Report and publish")
    token = page.get_by_role("textbox", name="Access token (with write permission)")
    expect(token).to_have_attribute("type", "password")
    page.get_by_text("Preview of the model card").click()
    card = page.get_by_test_id("stExpanderDetails")
    expect(card.get_by_text("not real people").first).to_be_visible()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Download the report (HTML)").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)
    no_errors(page)
    return report


def check_that_the_report_works_offline(page, report):
    assert "not real people" in report.read_text(encoding="utf-8")
    context = page.context.browser.new_context(offline=True)
    try:
        opened = context.new_page()
        opened.goto(report.as_uri())
        slider = opened.locator("input[type=range]").first
        expect(slider).to_be_visible()
        labels = opened.locator("svg text")
        before = labels.all_text_contents()
        slider.focus()
        slider.press("Home")
        opened.wait_for_timeout(300)
        assert labels.all_text_contents() != before
    finally:
        context.close()
