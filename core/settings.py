"""Everything read from the environment, in one place."""

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


def hub_token(typed: str | None = None) -> str | None:
    """Hugging Face token: the one typed for this session, else the environment's; never stored."""
    return (typed or "").strip() or os.environ.get("HF_TOKEN") or None
