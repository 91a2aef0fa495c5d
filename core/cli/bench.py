"""The ``bench`` commands: figures about import, codebooks, populations, training, quality and results."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.cli.command import Command
from core.cli.console import Console, table
from core.errors import FileError
from core.lab.bench.growth import LARGEST, STEPS, bench_growth
from core.lab.bench.importing import bench_import
from core.lab.bench.inference import bench_inference
from core.lab.bench.models import ModelBench, bench_models, shapes_here
from core.lab.bench.population import bench_population
from core.lab.bench.published import published_surveys
from core.lab.bench.quality import FIGURES, Quality, bench_quality
from core.lab.bench.results import bench_results
from core.lab.bench.training import bench_training
from core.models.machine import this_machine
from core.tuning.recipe import Recipe


def bench(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Time an import, a population, training or results, count guessed codebooks, or judge the model."""
    return _BENCHES[args.what](args, console)


def _import(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    respondents = 250_000 if args.respondents is None else args.respondents
    questions = 40 if args.questions is None else args.questions
    if respondents < 10 or questions < 1:
        raise FileError(
            "The survey to generate is too small.",
            where="bench import",
            got=f"{respondents} respondents, {questions} questions",
            fix="Use at least 10 respondents and 1 question.",
        )
    console.note(f"Generating {respondents:,} respondents x {questions} questions …")
    found = bench_import(respondents, questions, args.seed)
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


def _training(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    surveys = []
    for found in bench_training(args.surveys, _names(args.only), args.respondents or 60):
        ratios = found.ratios
        rows = [
            [way, f"{r.answers:,}", f"{r.tokens:,}", f"{r.cpu_seconds:.1f}", f"{r.megabytes:.0f}"]
            for way, r in (("a row per answer", found.naive), ("bundles", found.ours))
        ]
        rows.append(
            ["ratio", "", *(f"{ratios[name]:.1f}" for name in ("tokens", "cpu_seconds", "megabytes"))]
        )
        read = "every answer once" if found.targets == "individual" else "a default run"
        console.say(table(rows, [f"{found.survey}: {read}", "answers", "tokens", "CPU s", "MB"]))
        surveys.append({**asdict(found), "ratios": ratios})
    return {"surveys": surveys}


def _models(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    shapes, left_out = shapes_here(this_machine())
    for line in left_out:
        console.say(line)
    survey = published_surveys(args.surveys, (args.only,))[0] if args.only else None
    found = []
    for entry in bench_models(shapes, survey=survey, respondents=args.respondents or 60):
        found.append(entry)
        console.note(table(_model_rows(entry), _MODELS_HEADER))
    console.say(table([row for entry in found for row in _model_rows(entry)], _MODELS_HEADER))
    return {"models": [{**asdict(entry), "ratios": entry.ratios} for entry in found], "left_out": left_out}


_MODELS_HEADER = ["model", "", "answers", "tokens", "tokens/s", "s/step", "CPU s/step", "CPU s", "GB"]


def _model_rows(entry: ModelBench) -> list[list[str]]:
    """Table rows of one model: a row per answer, bundles, the estimate for bundles, two rows of ratios."""
    rows = [
        [
            "",
            way,
            f"{read.answers:,}",
            f"{read.tokens:,}",
            f"{read.tokens / read.seconds:.0f}",
            f"{read.seconds / read.steps:.1f}",
            f"{read.cpu_seconds / read.steps:.1f}",
            f"{read.cpu_seconds:.1f}",
            f"{read.peak_megabytes / 1e3:.2f}",
        ]
        for way, read in (("a row per answer", entry.naive), ("bundles", entry.ours))
    ]
    rows[0][0] = f"{entry.model} {entry.adapter}"
    ratios, estimated = {k: f"{ratio:.2f}" for k, ratio in entry.ratios.items()}, entry.estimated
    cpu_seconds = entry.estimated_cpu_seconds
    times = [f"{estimated.seconds_per_step:.1f}", "" if cpu_seconds is None else f"{cpu_seconds:.1f}", ""]
    compared = [ratios["time"], "" if cpu_seconds is None else ratios["cpu_time"], ""]
    empty = [""] * 3
    return [
        *rows,
        ["", "bundles, foreseen", *empty, *times, f"{estimated.needed / 1e9:.2f}"],
        ["", "measured / foreseen", *empty, *compared, ratios["memory"]],
        ["", "rows / bundles", *empty, "", "", ratios["naive_cpu_seconds"], ratios["naive_memory"]],
    ]


def _results(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    found = bench_results(args.questions or 50, args.respondents or 1_000, args.seed, report=console.note)
    size = f"{found.questions} questions x {found.respondents:,} respondents"
    rows = [[name, f"{seconds:.2f}"] for name, seconds in found.compare_seconds.items()]
    rows += [["together", f"{sum(found.compare_seconds.values()):.2f}"]]
    console.say(table([*rows, ["once, in the background", f"{found.assess_seconds:.1f}"]], [size, "CPU s"]))
    rows = [[name, f"{count / 1000:.0f}"] for name, count in found.chart_bytes.items()]
    console.say(table(rows, ["chart", "kB"]))
    if found.page is None:
        console.say("Not measured in a browser: it needs Playwright (requirements-dev.txt) and Chromium.")
    else:
        page = found.page
        console.say(
            f"First chart {page.first:,.0f} ms after the click in an app that has not compared yet, then "
            f"{page.again:,.0f} ms (CPU of app and browser {page.cpu_first:.1f} and {page.cpu_again:.1f} s); "
            f"slider step {page.step:.0f} ms (slowest {page.slowest_step:.0f}); load {page.load:.1f}."
        )
    return asdict(found)


def _growth(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    people, questions = args.respondents or LARGEST[0], args.questions or LARGEST[1]
    console.note(f"Running whole studies of up to {people:,} people x {questions} questions …")
    found = bench_growth(people, questions, args.seed)
    rows = [
        [
            f"{size.people:,} x {size.questions}",
            f"{size.profiles:,}",
            *(f"{size.cpu_seconds[step]:.1f}" for step in STEPS),
            f"{sum(size.cpu_seconds.values()):.1f}",
            f"{max(size.megabytes.values()):.0f}",
        ]
        for size in found.sizes
    ]
    slopes = ["slope", "", *(f"{found.slopes[name]:.2f}" for name in (*STEPS, "all", "memory"))]
    console.say(table([*rows, slopes], ["people x questions", "profiles", *STEPS, "CPU s", "MB"]))
    return {"sizes": [asdict(size) for size in found.sizes], "slopes": found.slopes}


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _share(value: float) -> str:
    return "none" if value != value else f"{100 * value:.1f} %"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _quality(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    names, adapters, targets = (_names(text) for text in (args.only, args.adapters, args.targets))
    recipe = Recipe() if args.steps is None else Recipe(steps=args.steps)
    found: list[Quality] = []
    for entry in bench_quality(args.surveys, names, adapters, targets, recipe, console.note):
        found.append(entry)
        # as soon as it is known: a long bench may be stopped
        console.note(table(_quality_rows(entry), _QUALITY_HEADER))
    console.say(table([row for entry in found for row in _quality_rows(entry)], _QUALITY_HEADER))
    passed = [gate for entry in found for gate in entry.gates.values()]
    console.say(f"{sum(passed)} of {len(passed)} gates passed")
    return {"surveys": [{**asdict(entry), "gates": entry.gates} for entry in found]}


_QUALITY_HEADER = [
    "survey",
    "",
    *FIGURES,
    "subgroup TV",
    "published NLL",
    "validation NLL",
    "steps",
    "s",
    "CPU s",
    "gates failed",
]


def _quality_rows(entry: Quality) -> list[list[str]]:
    """Table rows of one adapter on one survey: the model, then each baseline."""
    failed = ", ".join(name for name, passed in entry.gates.items() if not passed) or "none"
    work = [
        _figure(entry.validation_nll),
        str(entry.steps),
        f"{entry.seconds:.0f}",
        f"{entry.cpu_seconds:.0f}",
        failed,
    ]
    published = entry.reference.nll if entry.reference else {}
    rows = []
    for name, figures in entry.figures.items():
        model = name == "model"
        numbers = [_figure(figures[k]) for k in (*FIGURES, "subgroup_tv")]
        label = f"{entry.adapter}, {entry.targets}" if model else name.replace("_", " ")
        rows.append([entry.survey if model else "", label, *numbers, _figure(published.get(name))])
        rows[-1] += work if model else [""] * len(work)
    return rows


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


_BENCHES = {
    "import": _import,
    "inference": _inference,
    "population": _population,
    "training": _training,
    "models": _models,
    "quality": _quality,
    "results": _results,
    "growth": _growth,
}


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=list(_BENCHES))
    command.add_argument(
        "--respondents",
        metavar="N",
        type=int,
        help="of bench import (250,000), training and models (60), results (1,000) and growth (10,000)",
    )
    command.add_argument(
        "--questions", metavar="N", type=int, help="of bench import (40), results (50), growth (40)"
    )
    command.add_argument("--seed", type=int, default=0, help="of the generated answers")
    surveys = "folder with clean.csv and codebook.json per survey; bench models takes the example without"
    command.add_argument("--surveys", metavar="DIR", type=Path, help=surveys)
    command.add_argument(
        "--only", metavar="NAME,…", default="", help="some of the surveys; of bench models: one"
    )
    command.add_argument("--adapters", metavar="qlora,lora", default="qlora", help="of bench quality")
    command.add_argument(
        "--targets", metavar="smoothed,cells,individual", default=Recipe.targets, help="of bench quality"
    )
    command.add_argument("--steps", type=int, help="of bench quality: ceiling of optimiser steps")


COMMANDS = {"bench": Command(bench, _options)}
