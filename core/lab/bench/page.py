"""Times of the results page: until it is shown and after a step of the temperature slider, in Chromium."""

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

import psutil

from core.errors import JobError

ROOT = Path(__file__).parents[3]
CHART = ".st-key-results-chart .vega-embed svg"
HOME, RESULTS = ("[data-testid=stSidebarNav] a[href$='/']", "[data-testid=stSidebarNav] a[href*='/results']")
VISITS, STEPS = 5, 30
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
"""Script that records milliseconds from each key press to the first changed number in the chart."""


CLICK = """([link, chart]) => new Promise(done => {
  const start = performance.now();
  document.querySelector(link).click();
  (function wait() {
    document.querySelector(chart) ? done(performance.now() - start) : requestAnimationFrame(wait);
  })();
})"""
"""Script that measures milliseconds from a click in the navigation to the bars of the first chart."""


@dataclass(frozen=True)
class PageTimes:
    """Times measured in a browser with one open session.

    Attributes
    ----------
    first, again
        Milliseconds from the click on the page in the navigation to the bars of the first chart: in an app
        that has not compared anything yet, and the median of `VISITS` visits after that.
    cpu_first, cpu_again
        CPU-seconds of app and browser together for such a visit, which do not depend on what else is running.
    step, slowest_step
        Milliseconds from a key press on the slider to moved bars: median and maximum of `STEPS`.
    load
        Processes waiting for the processor when it was measured (load average of a minute).
    """

    first: float
    again: float
    cpu_first: float
    cpu_again: float
    step: float
    slowest_step: float
    load: float


def time_page(workspace: str, survey_id: str) -> PageTimes | None:
    """Page times of the app started on a workspace; None where Playwright or a browser is missing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    with _app(workspace) as (address, server), sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        except Error:
            return None
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(300_000)
        page.goto(f"{address}/?study={survey_id}")
        _settle(page)
        visits = [_visit(page, browser, server) for _ in range(1 + VISITS)]
        steps = _steps(page)
        browser.close()
    (first, cpu_first), *later = visits
    again, cpu_again = (statistics.median(values) for values in zip(*later, strict=True))
    return PageTimes(
        first, again, cpu_first, cpu_again, statistics.median(steps), max(steps), os.getloadavg()[0]
    )


def _visit(page: Any, browser: Any, server: psutil.Process) -> tuple[float, float]:
    """Milliseconds from another page to the first chart, and CPU-seconds until all is drawn."""
    if page.locator(CHART).count():
        page.locator(HOME).click()
        page.wait_for_selector(CHART, state="detached")
        _settle(page)
    before = _cpu(browser, server)
    took = page.evaluate(CLICK, [RESULTS, CHART])
    _settle(page)
    return float(took), _cpu(browser, server) - before


def _cpu(browser: Any, server: psutil.Process) -> float:
    times = server.cpu_times()
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return times.user + times.system + sum(process["cpuTime"] for process in processes)


def _settle(page: Any) -> None:
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


def _steps(page: Any) -> list[float]:
    slider = page.locator(".st-key-results-chart .vega-bindings input[type=range]")
    slider.focus()
    slider.press("Home")
    page.evaluate(WATCH)
    for _ in range(STEPS):
        for _ in range(5):  # a step of 0.05 in temperature is sure to change a printed digit
            slider.press("ArrowRight")
        page.wait_for_timeout(30)
    took: list[float] = page.evaluate("() => window.step.took")
    return took


def _chromium() -> str | None:
    """Path of Debian's Chromium; None for the one Playwright installed."""
    return next(
        (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None
    )


@contextmanager
def _app(workspace: str) -> Iterator[tuple[str, psutil.Process]]:
    """Context with the app on a free port, its address and process; it is stopped afterwards."""
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
        yield address, psutil.Process(server.pid)
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
