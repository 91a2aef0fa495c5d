"""Everything read from the environment, in one place."""

import hashlib
import os
from pathlib import Path

import platformdirs

UPLOAD_LIMIT_MB = 200
"""Largest survey file the app accepts; `.streamlit/config.toml` sets the same limit."""


def workspace_folder(option: str | Path | None = None) -> Path:
    """Folder that holds the database, uploads and jobs.

    The option if given, else ``UNDERSTUDY_WORKSPACE``, else a per-user data folder. The app and
    the command line follow the same rule, so they see the same studies.
    """
    chosen = option or os.environ.get("UNDERSTUDY_WORKSPACE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("understudy")


def user_workspace(user: str) -> Path:
    """Folder of one signed-in user's studies, inside the workspace folder; other users' are others.

    The name is a hash: it says nothing about the user and is safe as a folder name.
    """
    return workspace_folder() / "users" / hashlib.sha256(user.encode()).hexdigest()[:32]


def demo_mode() -> bool:
    """Whether the app only shows the prepared study: ``UNDERSTUDY_DEMO=1``."""
    return os.environ.get("UNDERSTUDY_DEMO", "").strip() not in ("", "0")


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
