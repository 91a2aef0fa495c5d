"""Command `report`: the HTML page for a stakeholder, or the static Space that shows it."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.arguments import add_tables, ending, table_choice, write_file
from core.cli.command import Command
from core.cli.console import Console
from core.studio import report as studio_report
from core.studio.workspace import open_jobs


def report(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write a self-contained HTML report, or the ZIP of a static Space that shows it."""
    ws = open_jobs(args.workspace)
    text = studio_report.html(ws, args.simulation, args.temperature, choice=table_choice(args))
    endings = (".html", ".htm", ".zip")
    is_space = ending(args.out, endings) == "zip"
    content = studio_report.static_space(text, args.out.stem) if is_space else text.encode("utf-8")
    write_file(args.out, content, endings)
    console.say(f"Report: {args.out}")
    return {"out": str(args.out)}


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.html|FILE.zip", type=Path, required=True)
    add_tables(command)


COMMANDS = {"report": Command(report, _options)}
