"""Command: a function and the options that can be typed after its name."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.cli.console import Console


def _no_options(_command: argparse.ArgumentParser) -> None:
    """A command without options of its own."""


@dataclass(frozen=True)
class Command:
    """One command of ``python -m core``.

    Attributes
    ----------
    run
        Calls a use case, prints the outcome and returns the object that `--json` prints.
    add_options
        Adds the arguments of the command to its parser.
    """

    run: Callable[[argparse.Namespace, Console], dict[str, Any]]
    add_options: Callable[[argparse.ArgumentParser], None] = _no_options
