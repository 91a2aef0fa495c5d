"""Command `doctor`: checks of Python, packages, machine and workspace.

The model packages are imported in a process of their own: the command line stays fast, and a package that
crashes on import is reported instead of ending it.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from core.cli.command import Command
from core.cli.console import Console
from core.errors import WorkspaceError
from core.models.catalogue import EMBEDDED_FOLDER
from core.settings import hub_token, workspace_folder
from core.store.workspace import open_workspace

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
MODEL_STACK = """
import torch, transformers, peft, bitsandbytes
count = torch.cuda.device_count()
gpu = f"{count} GPU (" + torch.cuda.get_device_name() + ")" if count else "no GPU, CPU only"
print(f"torch {torch.__version__}, {gpu}")
"""


@dataclass(frozen=True)
class Check:
    """Result of one check; `fix` says what to do when it is not `ok`."""

    name: str
    ok: bool
    found: str
    fix: str = ""


def examine(workspace: str | Path | None = None) -> list[Check]:
    """Checks of Python, packages, model stack, machine, workspace and token, in the order they are shown."""
    return [
        _python(),
        _packages(),
        _model_stack(),
        _base_model(),
        _machine(),
        _disk(workspace),
        _workspace(workspace),
        _token(),
    ]


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("Python", sys.version_info >= (3, 11), found, "Install Python 3.11 or newer.")


def _packages() -> Check:
    missing, other = [], []
    for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        name, _, wanted = line.partition("==")
        try:
            installed = version(name).split("+")[0]
        except PackageNotFoundError:
            missing.append(name)
            continue
        if installed != wanted:
            other.append(f"{name} {installed} instead of {wanted}")
    found = "; ".join(
        [f"missing: {', '.join(missing)}"] * bool(missing)
        + [f"other versions: {', '.join(other)}"] * bool(other)
    )
    return Check("Packages", not missing, found or "all as pinned", "pip install -r requirements.txt")


def _model_stack() -> Check:
    done = subprocess.run([sys.executable, "-c", MODEL_STACK], capture_output=True, text=True, check=False)
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return Check(
        "Model packages",
        done.returncode == 0,
        lines[-1] if lines else f"stopped with code {done.returncode}",
        "pip install -r requirements.txt in a fresh virtual environment",
    )


def _base_model() -> Check:
    weights = EMBEDDED_FOLDER / "model.safetensors"
    found = f"{weights.stat().st_size / 1e6:.1f} MB" if weights.is_file() else "not there"
    return Check("Embedded model", weights.is_file(), found, "Clone the repository again, it is in it.")


def _machine() -> Check:
    memory = psutil.virtual_memory()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = f"{cores} cores, {memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB memory free"
    return Check("Machine", memory.available > 2**30, found, "Close other programs, tuning needs 1 GiB.")


def _disk(workspace: str | Path | None) -> Check:
    folder = workspace_folder(workspace).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Check(
        "Disk",
        free > 2**29,
        f"{free / 2**30:.1f} GiB free",
        "Free some space, or choose another --workspace.",
    )


def _workspace(workspace: str | Path | None) -> Check:
    folder = workspace_folder(workspace)
    try:
        open_workspace(folder).close()
    except WorkspaceError as error:
        return Check("Workspace", False, str(error), error.fix)
    return Check("Workspace", True, str(folder))


def _token() -> Check:
    found = "found" if hub_token() else "none: needed only to push or pull, set HF_TOKEN"
    return Check("Hugging Face token", True, found)


def doctor(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Say what this machine can do and what is missing."""
    checks = examine(args.workspace)
    for check in checks:
        console.say(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.found}")
        if not check.ok:
            console.say(f"         {check.fix}")
    return {"ok": all(check.ok for check in checks), "checks": [vars(check) for check in checks]}


COMMANDS = {"doctor": Command(doctor)}
