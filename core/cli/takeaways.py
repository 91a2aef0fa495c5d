"""The commands that write files to hand on: tables, synthetic answers and the report."""

import argparse
from pathlib import Path
from typing import Any

from core import studio
from core.cli.arguments import writable_folder
from core.cli.console import Console
from core.comparison.significance import Correction
from core.errors import FileError


def tables(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write toplines and banner tables, real against simulated, to an Excel file."""
    results = studio.results(studio.open_jobs(args.workspace), args.simulation, args.temperature)
    choice = table_choice(args)
    _write(args.out, studio.tables_file(results, choice), (".xlsx",))
    banner = studio.tables(results, choice)
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
    results = studio.results(studio.open_jobs(args.workspace), args.simulation, args.temperature)
    kind = _ending(args.out, tuple(f".{kind}" for kind in studio.DataFormat))
    content = studio.answers_file(results, kind, args.seed)
    _write(args.out, content, (f".{kind}",))
    console.say(f"Synthetic answers: {args.out}")
    return {"out": str(args.out), "people": results.population.size, "seed": args.seed}


def report(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write a self-contained HTML report, or the ZIP of a static Space that shows it."""
    ws = studio.open_jobs(args.workspace)
    text = studio.make_report(ws, args.simulation, args.temperature, choice=table_choice(args))
    endings = (".html", ".htm", ".zip")
    is_space = _ending(args.out, endings) == "zip"
    content = studio.static_space(text, args.out.stem) if is_space else text.encode("utf-8")
    _write(args.out, content, endings)
    console.say(f"Report: {args.out}")
    return {"out": str(args.out)}


def table_choice(args: argparse.Namespace) -> studio.TableChoice:
    """The tables asked for on the command line."""
    by = tuple(column.strip() for column in args.by.split(",") if column.strip())
    return studio.TableChoice(by, studio.Whose(args.whose), Correction(args.correction))


def _write(path: Path, content: bytes, endings: tuple[str, ...]) -> None:
    _ending(path, endings)
    (writable_folder(path.parent) / path.name).write_bytes(content)


def _ending(path: Path, endings: tuple[str, ...]) -> str:
    if path.suffix.lower() not in endings:
        raise FileError(
            "The file has an ending this command does not write.",
            where="--out",
            got=str(path),
            fix=f"Use a name that ends in {' or '.join(endings)}.",
        )
    return path.suffix.lower().removeprefix(".")
