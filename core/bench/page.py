"""How fast the results page is shown and follows the temperature slider, measured inside Chromium."""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import JobError

ROOT = Path(__file__).parents[2]
CHART = ".st-key-results-chart .vega-embed svg"
LOADS, STEPS = 5, 30
WATCH = """() => {
  const chart = document.querySelector('.st-key-results-chart .vega-embed svg');
  const texts = () => [...chart.querySelectorAll('g.mark-text text')].map(t => t.textContent).join('|');
  window.step = {pressed: null, took: [], before: texts()};
  document.addEventListener('keydown', () => { window.step.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const step = window.step, now = texts();
    if (step.pressed !== null && now !== step.before) {
      step.took.push(performance.now() - step.pressed);
      step.pressed = null;
      step.before = now;
    }
  }).observe(chart, {subtree: true, childList: true, characterData: true});
}"""
"""Notes the milliseconds from each key press to the first changed number in the chart."""


@dataclass(frozen=True)
class PageTimes:
    """Milliseconds in the browser.

    Attributes
    ----------
    first
        From the click on a link to the bars of the first chart, in an app that has just been started and has
        compared nothing yet.
    again
        The same once the app has compared: median of `LOADS` visits.
    step, slowest_step
        From a key press on the slider to moved bars: median and maximum of `STEPS`.
    load
        Processes waiting for the processor when it was measured (load average of a minute).
    """

    first: float
    again: float
    step: float
    slowest_step: float
    load: float


def time_page(workspace: str, survey_id: str) -> PageTimes | None:
    """Start the app on a workspace and measure; None where Playwright or a browser is missing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    with _app(workspace) as address, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        except Error:
            return None
        link = f"{address}/results?study={survey_id}"
        _paint(browser, f"{address}/?study={survey_id}", "[data-testid=stSidebarNav]")  # warm up the browser
        first = _paint(browser, link, CHART)
        again = [_paint(browser, link, CHART) for _ in range(LOADS)]
        steps = _steps(browser, link)
        browser.close()
    return PageTimes(
        first, statistics.median(again), statistics.median(steps), max(steps), os.getloadavg()[0]
    )


def _paint(browser: Any, link: str, selector: str) -> float:
    """Milliseconds from the start of navigation until something is drawn, in a fresh session."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(link, wait_until="commit")
    drawn = "s => document.querySelector(s) && performance.now()"
    took = page.wait_for_function(drawn, arg=selector, timeout=120_000).json_value()
    page.close()
    return float(took)


def _steps(browser: Any, link: str) -> list[float]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(link)
    page.wait_for_selector(CHART, timeout=120_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=120_000)
    slider = page.locator(".st-key-results-chart .vega-bindings input[type=range]")
    slider.focus()
    slider.press("Home")
    page.evaluate(WATCH)
    for _ in range(STEPS):
        for _ in range(5):  # a step of 0.05 in temperature is sure to change a printed digit
            slider.press("ArrowRight")
        page.wait_for_timeout(30)
    took = page.evaluate("() => window.step.took")
    page.close()
    return took


def _chromium() -> str | None:
    """Debian's Chromium, else the one Playwright installed."""
    return next(
        (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
    )


@contextmanager
def _app(workspace: str) -> Iterator[str]:
    """The app on a free port, stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.headless", "true"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port)],
        cwd=ROOT,
        env={**os.environ, "UNDERSTUDY_WORKSPACE": workspace},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address)
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(480):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise JobError("The app did not start.", where=address, fix="Start it by hand to see why.")
