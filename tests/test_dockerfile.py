"""The Dockerfile without a Docker engine: what it promises, and its commands followed in a fresh environment.

Following the commands downloads packages, so it only runs when UNDERSTUDY_TEST_INSTALL is set, as `.ci/run`
does in a step of its own.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
DEMO = {"REQUIREMENTS": "requirements-demo.txt", "DEMO": "1"}


def instructions():
    """(keyword, rest) of every instruction, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def only(keyword):
    found = [rest for name, rest in instructions() if name == keyword]
    assert len(found) == 1, keyword
    return found[0]


def environment(arguments):
    """What ENV sets, with build arguments filled in."""
    pairs = [pair for name, rest in instructions() if name == "ENV" for pair in shlex.split(rest)]
    values = dict(pair.split("=", 1) for pair in pairs)
    return {key: re.sub(r"\$(\w+)", lambda m: arguments.get(m[1], m[0]), v) for key, v in values.items()}


def test_it_runs_as_user_1000_who_may_write_to_the_workspace():
    order = [name for name, _ in instructions()]
    assert any("--uid 1000" in rest for name, rest in instructions() if name == "RUN")
    assert only("USER") == "understudy"
    assert order.index("USER") < order.index("COPY") < order.index("CMD")
    assert only("VOLUME") == environment({})["UNDERSTUDY_WORKSPACE"] == "/workspace"
    owned = next(rest for name, rest in instructions() if name == "RUN" and "useradd" in rest)
    assert "--owner=understudy" in owned and "/workspace" in owned


def test_the_health_check_asks_the_port_that_is_served():
    port = environment({})["STREAMLIT_SERVER_PORT"]
    assert only("EXPOSE") == port
    assert f"http://127.0.0.1:{port}/_stcore/health" in only("HEALTHCHECK")
    assert f"app_port: {port}" in (ROOT / "Dockerfile").read_text()


def test_secrets_and_history_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".streamlit/secrets.toml", "tests"} <= set(ignored)


@pytest.mark.slow
@pytest.mark.skipif("UNDERSTUDY_TEST_INSTALL" not in os.environ, reason="downloads packages; .ci/run does it")
def test_its_commands_lead_to_a_healthy_demonstration(tmp_path):
    values = environment(DEMO)
    assert values["UNDERSTUDY_DEMO"] == "1"
    app, venv = tmp_path / "app", tmp_path / "venv"
    ignored = [line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().split()]
    shutil.copytree(ROOT, app, ignore=shutil.ignore_patterns(*ignored))
    install = next(rest for name, rest in instructions() if name == "RUN" and "pip install" in rest)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    command = install.replace("$REQUIREMENTS", DEMO["REQUIREMENTS"])
    subprocess.run(["bash", "-c", f". {venv}/bin/activate && {command} --quiet"], cwd=app, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    own = {"STREAMLIT_SERVER_PORT": port, "UNDERSTUDY_WORKSPACE": str(tmp_path / "workspace")}
    clean = {"PATH": f"{venv}/bin:{os.environ['PATH']}", "HOME": str(tmp_path)}
    serve = re.findall(r'"([^"]+)"', only("CMD"))
    check = only("HEALTHCHECK").split("CMD ", 1)[1].replace("8501", port)
    started = time.monotonic()
    server = subprocess.Popen(serve, cwd=app, env={**values, **own, **clean})
    try:
        while subprocess.run(["bash", "-c", check], env=clean, capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() - started < 120
            time.sleep(0.2)
        healthy = time.monotonic() - started
        shown = demonstration(venv, app, {**values, **own, **clean})
        memory = psutil.Process(server.pid).memory_info().rss / 1e6
    finally:
        server.terminate()
        server.wait(20)
    sys.stdout.write(f"healthy after {healthy:.1f} s, {memory:.0f} MB before the first visitor; {shown}\n")


def demonstration(venv, app, environment):
    """Open the prepared study with nothing but the light packages; time and memory as it says them."""
    code = (
        "import resource, sys, time; t = time.monotonic();"
        "from core.studio import demo, simulation; ws = demo.open_demo();"
        "s = simulation.list_simulations(ws)[0]; simulation.results(ws, s.id).comparison;"
        "assert 'torch' not in sys.modules;"
        "print(f'{time.monotonic() - t:.1f} s and',"
        " f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB to compare the prepared study')"
    )
    done = subprocess.run(
        [venv / "bin" / "python", "-c", code], cwd=app, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (
        subprocess.run([venv / "bin" / "python", "-c", "import torch"], capture_output=True).returncode == 1
    )
    return done.stdout.strip()
