"""The main job in a real browser: example survey, teach, population, simulate, compare, report."""

import re
import statistics
import sys
import time

import pytest
from playwright.sync_api import expect

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
LATENCY = """
async (direction) => {
  const slider = document.querySelector('.st-key-results-chart .vega-bindings input[type=range]');
  const bars = () => [...document.querySelectorAll('.st-key-results-chart .mark-text text')]
    .map(t => t.textContent).join('|');
  const before = bars();
  const start = performance.now();
  slider.value = String(Number(slider.value) + direction * 0.15);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
  while (bars() === before && performance.now() - start < 2000)
    await new Promise(done => setTimeout(done, 0));
  return bars() === before ? null : performance.now() - start;
}
"""


def open_page(page, name):
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    page.wait_for_selector(IDLE)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def no_errors(page):
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def bar_labels(page):
    return page.locator(".st-key-results-chart .mark-text text").all_text_contents()


@pytest.mark.slow
def test_from_the_example_to_the_report(page, tmp_path):
    page.get_by_role("button", name="Load the example survey").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("not real people").first).to_be_visible()

    open_page(page, "Questionnaire")
    expect(page.get_by_text("Base:").first).to_be_visible()

    open_page(page, "Teach the model")
    page.get_by_text("Advanced", exact=True).click()
    limit = page.get_by_label("Time limit for learning (seconds)")
    limit.fill("5")
    limit.press("Enter")
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Teach the model").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.reload()  # the job is found again
    expect(page.get_by_test_id("stProgress").or_(page.get_by_text("Done", exact=True)).first).to_be_visible()
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=90_000)
    expect(page.locator(".st-key-job-curve svg, .st-key-job-curve canvas").first).to_be_visible()
    no_errors(page)

    open_page(page, "Population")
    page.get_by_role("button", name="Build the population").click()
    expect(page.get_by_text("Largest miss of a target")).to_be_visible()
    no_errors(page)

    open_page(page, "Simulate and compare")
    page.get_by_role("button", name="Simulate").click()
    expect(page.locator(".st-key-results-chart svg").first).to_be_visible(timeout=90_000)
    no_errors(page)
    check_that_bars_follow_the_slider(page)
    page.get_by_role("radio", name="Population").click()
    page.wait_for_selector(IDLE)
    expect(page.locator(".st-key-results-chart svg").first).to_be_visible()

    open_page(page, "Report and publish")
    expect(page.get_by_label("Access token (with write permission)")).to_have_attribute("type", "password")
    page.get_by_text("Preview of the model card").click()
    expect(page.get_by_text(re.compile("embedded", re.IGNORECASE)).first).to_be_visible()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Download the report (HTML)").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)
    no_errors(page)
    check_that_the_report_works_offline(page, report)


def check_that_bars_follow_the_slider(page):
    slider = page.locator(".st-key-results-chart .vega-bindings input[type=range]")
    slider.focus()
    slider.press("Home")
    cold = bar_labels(page)
    slider.press("End")
    page.wait_for_timeout(200)
    assert bar_labels(page) != cold

    slider.press("Home")
    times = [page.evaluate(LATENCY, 1) for _ in range(11)][1:]
    assert None not in times, "a slider step did not move the bars"
    middle = statistics.median(times)
    sys.stdout.write(f"slider step to moved bars: median {middle:.1f} ms, worst {max(times):.1f} ms\n")
    check_that_bars_follow_a_drag(page, slider)


def check_that_bars_follow_a_drag(page, slider):
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.1 * box["width"], middle)
    page.mouse.down()
    seen = set()
    for step in range(1, 21):
        page.mouse.move(box["x"] + (0.1 + 0.04 * step) * box["width"], middle)
        time.sleep(0.03)
        seen.add(tuple(bar_labels(page)))
    page.mouse.up()
    assert len(seen) >= 15, "the bars did not follow while the slider was dragged"


def check_that_the_report_works_offline(page, report):
    text = report.read_text(encoding="utf-8")
    assert "not real people" in text
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
