"""Everything read from the environment, in one place."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

UPLOAD_LIMIT_MB = 200
"""Largest survey file the app accepts; `.streamlit/config.toml` sets the same limit."""


def workspace_folder(option: str | Path | None = None) -> Path:
    """Folder that holds the database, uploads and jobs.

    The option if given, else ``UNDERSTUDY_WORKSPACE``, else a per-user data folder. The app and
    the command line follow the same rule, so they see the same surveys.
    """
    chosen = option or os.environ.get("UNDERSTUDY_WORKSPACE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("understudy")


def user_workspace(user: str) -> Path:
    """Workspace of one signed-in user, a folder inside the workspace folder; each user has another.

    The name is a hash: it says nothing about the user and is safe as a folder name.
    """
    return workspace_folder() / "users" / hashlib.sha256(user.encode()).hexdigest()[:32]


def demo_mode() -> bool:
    """Whether the app only shows the prepared survey: ``UNDERSTUDY_DEMO=1``."""
    return os.environ.get("UNDERSTUDY_DEMO", "").strip() not in ("", "0")


def cuda_visible_devices() -> str | None:
    """The GPUs this program may use, as ``CUDA_VISIBLE_DEVICES`` says; None for all."""
    return os.environ.get("CUDA_VISIBLE_DEVICES")


def hub_token(typed: str | None = None, secret: str | None = None) -> str | None:
    """Hugging Face token: typed for this session, else the environment's, else the secret; never stored.

    Parameters
    ----------
    typed
        From a password field.
    secret
        From a secrets file that the app was started with.
    """
    return (typed or "").strip() or os.environ.get("HF_TOKEN") or secret or None


@dataclass(frozen=True)
class Launch:
    """What ``accelerate launch`` or ``torchrun`` says to each process it starts.

    Attributes
    ----------
    rank
        0 for the first process.
    processes
        How many were started, on `machines` machines.
    sharded
        Whether the base model is to be split over them (``accelerate launch --use_fsdp``).
    """

    rank: int
    processes: int
    machines: int
    sharded: bool


_LAUNCHER = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
_LAUNCHER_PREFIXES = ("ACCELERATE_", "FSDP_", "GROUP_", "ROLE_", "TORCHELASTIC_")


def launch() -> Launch | None:
    """Ranks and processes set by a launcher of several processes; None without one."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if processes < 2:
        return None
    here = int(os.environ.get("LOCAL_WORLD_SIZE", processes))
    sharded = os.environ.get("ACCELERATE_USE_FSDP", "").lower() in ("true", "1")
    return Launch(int(os.environ.get("RANK", "0")), processes, max(1, processes // here), sharded)


def job_environment() -> dict[str, str]:
    """The environment of a job's process: this one without what a launcher says to its own processes."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _LAUNCHER and not name.startswith(_LAUNCHER_PREFIXES)
    }
