"""The real app on a free port, and Debian's Chromium; skipped where either is missing."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Address of a running app with an empty workspace, started as the README says."""
    folder = tmp_path_factory.mktemp("browser")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    command = [Path(sys.executable).with_name("streamlit"), "run", "app/main.py"]
    environment = {**os.environ, "UNDERSTUDY_WORKSPACE": str(folder / "workspace"), "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*map(str, command), "--server.port", str(port), "--server.headless", "true"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def _wait_until_healthy(server, port, log):
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail("the app did not start:\n" + log.read_text(errors="replace"))
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the app did not answer within a minute")


@pytest.fixture
def page(browser, address):
    """A fresh page at the app's home; fails the test on a JavaScript error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    errors = []
    opened.on("pageerror", lambda error: errors.append(error))
    opened.goto("/")
    opened.wait_for_selector(IDLE)
    yield opened
    context.close()
    assert not errors
