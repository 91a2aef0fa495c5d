"""Commands about tables: `tables` and `answers`."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.arguments import add_tables, ending, table_choice, temperature, write_file
from core.cli.command import Command
from core.cli.console import Console
from core.studio import simulation as simulations
from core.studio import tables as studio_tables
from core.studio.tables import DataFormat
from core.studio.workspace import open_jobs


def tables(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write toplines and banner tables, real against simulated, to an Excel file."""
    results = simulations.results(open_jobs(args.workspace), args.simulation, args.temperature)
    choice = table_choice(args)
    write_file(args.out, studio_tables.workbook(results, choice), (".xlsx",))
    banner = studio_tables.banner(results, choice)
    console.say(f"{len(banner.tables)} tables, {len(banner.columns)} columns: {args.out}")
    return {
        "out": str(args.out),
        "tables": len(banner.tables),
        "columns": [column.label for column in banner.columns],
        "left_out": [f"{column.column}: {column.label}" for column in banner.left_out],
        "letters": banner.tested,
    }


def answers(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write synthetic answers of the population as CSV, Parquet or SPSS file."""
    results = simulations.results(open_jobs(args.workspace), args.simulation, args.temperature)
    kind = ending(args.out, tuple(f".{kind}" for kind in DataFormat))
    content = studio_tables.answers_file(results, kind, args.seed)
    write_file(args.out, content, (f".{kind}",))
    console.say(f"Synthetic answers: {args.out}")
    people = 0 if results.scored.people is None else len(results.scored.people)
    return {"out": str(args.out), "people": people, "seed": args.seed}


def _tables_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.xlsx", type=Path, required=True)
    add_tables(command)


def _answers_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.csv|.parquet|.sav", type=Path, required=True)
    command.add_argument("--temperature", metavar="T|auto|by_type", type=temperature, default="auto")
    command.add_argument("--seed", type=int, default=0, help="of the drawn answers")


COMMANDS = {"tables": Command(tables, _tables_options), "answers": Command(answers, _answers_options)}
