"""Argument parser of ``python -m core``: the names of the commands, and the shared options.

A command's module is loaded only when the command is typed, so that ``--help`` and a typing error are
answered at once.
"""

import argparse
from collections.abc import Collection
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from core.cli.command import Command


class Entry(NamedTuple):
    """Entry of a command: its module in `core.cli`, and the line that ``--help`` shows."""

    module: str
    help: str

    def load(self, name: str) -> Command:
        """Command of that name, from its module."""
        commands: dict[str, Command] = import_module(f"core.cli.{self.module}").COMMANDS
        return commands[name]


ENTRIES = {
    "pilot": Entry(
        "pilot", "Do the whole job: survey file in; adapter, figures, predictions and report out."
    ),
    "import": Entry("surveys", "Store a survey file with its codebook."),
    "rebuild": Entry(
        "surveys", "Build a stored survey again from its uploaded file, and store it if the database lost it."
    ),
    "tune": Entry("tuning", "Teach the model a survey and wait until it is done."),
    "runs": Entry("tuning", "List tuning runs, or show where two or more differ."),
    "download": Entry("tuning", "Fetch a base model from the Hugging Face Hub."),
    "experiment": Entry(
        "experiments", "Repeat an experiment of the paper on a survey and say whether it supports the claim."
    ),
    "population": Entry(
        "population", "Build a population that meets the marginals, or only check that it can be done."
    ),
    "simulate": Entry(
        "simulation",
        "Score every legal answer for the held-out respondents and a population, or ask a published adapter.",
    ),
    "compare": Entry("simulation", "Simulated against real: every metric with its floor and baselines."),
    "predictions": Entry(
        "simulation", "Write the probability of every legal answer of every held-out respondent."
    ),
    "report": Entry(
        "report", "Write a self-contained HTML report, or the ZIP of a static Space that shows it."
    ),
    "tables": Entry("tables", "Write toplines and banner tables, real against simulated, to an Excel file."),
    "answers": Entry("tables", "Write synthetic answers of the population as CSV, Parquet or SPSS file."),
    "push": Entry(
        "publish", "Push a run's adapter to the Hugging Face Hub, or only show what would be pushed."
    ),
    "pull": Entry(
        "adapters",
        "Download an adapter from the Hugging Face Hub, and make it a run of a study if one is named.",
    ),
    "jobs": Entry("jobs", "List the jobs of the workspace, newest first."),
    "cancel": Entry("jobs", "Stop a job."),
    "delete": Entry("jobs", "Delete a job that is not running, with everything it left."),
    "doctor": Entry("doctor", "Say what this machine can do and what is missing."),
    "demo": Entry(
        "demo", "Make the prepared study of the demonstration again: teach and simulate the example survey."
    ),
    "bench": Entry(
        "bench",
        "Time an import, a population, training or results, count guessed codebooks, or judge the model.",
    ),
}


def build_parser(typed: Collection[str] | None = None) -> argparse.ArgumentParser:
    """Parser of the whole command line; after parsing, `run` holds the command's function.

    Parameters
    ----------
    typed
        Words of the command line: only commands among them get their options. None for all.
    """
    parser = argparse.ArgumentParser(
        prog="python -m core",
        description="Pilot a questionnaire on a synthetic population.",
        allow_abbrev=False,
    )
    _add_shared(parser, None, False)
    again = argparse.ArgumentParser(add_help=False)  # the shared options are welcome after the command too
    _add_shared(again, argparse.SUPPRESS, argparse.SUPPRESS)
    names = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, entry in ENTRIES.items():
        if name == "bench" and find_spec("core.lab") is None:
            continue  # an installation without the makers' tools
        own = names.add_parser(
            name, help=entry.help, description=entry.help, parents=[again], allow_abbrev=False
        )
        if typed is None or name in typed:
            command = entry.load(name)
            command.add_options(own)
            own.set_defaults(run=command.run)
    return parser


def _add_shared(parser: argparse.ArgumentParser, workspace: str | None, json_line: bool | str) -> None:
    parser.add_argument(
        "--workspace", metavar="DIR", type=Path, default=workspace,
        help="folder of the studies (else UNDERSTUDY_WORKSPACE, else a per-user folder)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", default=json_line, help="last line of stdout is JSON")
