"""The ``bench`` commands: figures about import, inference and populations that anyone can rerun."""

import argparse
from dataclasses import asdict
from typing import Any

from core.bench import bench_import, bench_inference
from core.bench_population import bench_population
from core.cli.console import Console, table
from core.errors import FileError


def bench(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Time a large import beside pandas, count how much of codebooks is guessed, or time a population."""
    return {"import": _import, "inference": _inference, "population": _population}[args.what](args, console)


def _import(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    if args.respondents < 10 or args.questions < 1:
        raise FileError(
            "The survey to generate is too small.",
            where="bench import",
            got=f"{args.respondents} respondents, {args.questions} questions",
            fix="Use at least 10 respondents and 1 question.",
        )
    console.note(f"Generating {args.respondents:,} respondents x {args.questions} questions …")
    found = bench_import(args.respondents, args.questions, args.seed)
    rows = [
        [
            step.name,
            _seconds(step.duckdb),
            _seconds(step.pandas),
            "" if not step.ratio else f"{step.ratio:.1f}",
        ]
        for step in found.steps
    ]
    console.say(
        table(rows, [f"{found.answers:,} answers, {found.megabytes:.0f} MB", "DuckDB s", "pandas s", "ratio"])
    )
    steps = [{**asdict(step), "ratio": step.ratio} for step in found.steps]
    return {
        "respondents": found.respondents,
        "questions": found.questions,
        "answers": found.answers,
        "megabytes": found.megabytes,
        "steps": steps,
    }


def _inference(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    found = bench_inference(args.surveys)
    names = list(found[0].shares)
    rows = [[entry.survey, *(_share(entry.shares[name]) for name in names)] for entry in found]
    console.say(table(rows, ["guessed as published", "role", "type", "order", "and direction"]))
    return {"surveys": [{**asdict(entry), "shares": entry.shares} for entry in found]}


def _population(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    console.note("Building a million people, raking a hundred thousand respondents …")
    found = bench_population(seed=args.seed)
    built = f"{found.people:,} people, {found.demographics} demographics, {found.respondents:,} respondents"
    raked = f"raking {found.raked_respondents:,} respondents, {found.margins} margins"
    rows = [
        [built, f"{found.build_seconds:.2f}", f"{found.build_megabytes:.0f}"],
        [f"{raked}, {found.rake_rounds} rounds", f"{found.rake_seconds:.2f}", ""],
    ]
    console.say(table(rows, ["population", "s", "MB"]))
    console.say(f"Largest miss of a target: {found.worst_margin_error:.4f} points.")
    return asdict(found)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _share(value: float) -> str:
    return "none" if value != value else f"{100 * value:.1f} %"
