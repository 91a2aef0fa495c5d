"""Commands and options about teaching the model: recipe, base models, runs side by side."""

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from core import studio
from core.cli.console import Console, table
from core.cli.jobs import follow
from core.errors import RecipeError
from core.experiments.variants import even_recipe
from core.models.catalogue import find_base
from core.models.download import local_folder
from core.report.tables import experiment_table
from core.store.workspace import Workspace
from core.tuning.presets import NO_LIMIT, PRESETS, preset_recipe
from core.tuning.recipe import Adapter, Modules, Optimiser, Penalty, Recipe, TargetKind

_NAMED = {f.name for f in fields(Recipe)} - {"base", "hold_out_questions", "epochs", "steps", "max_seconds"}


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Options of a recipe; what is not given follows the preset."""
    add = command.add_argument
    add("--base", default=Recipe.base, metavar="ID|PATH|embedded", help="base model")
    add("--preset", choices=list(PRESETS), default="standard", help="how long to learn (standard)")
    add("--adapter", choices=get_args(Adapter))
    add("--penalty", choices=get_args(Penalty), help="extra loss for scales and numbers (rps)")
    add("--penalty-weight", type=float, metavar="LAMBDA", help="weight of the penalty (1)")
    add("--penalty-slope", type=float, metavar="X", help="of the penalty seed (1)")
    add("--penalty-width", type=float, metavar="X", help="of the penalty seed, share of the scale (0)")
    add("--contrast", type=float, metavar="X", help="weight of differences between people (10)")
    add("--targets", choices=get_args(TargetKind), help="what answers are learned (smoothed)")
    length = command.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=float, help="passes over questions and respondents")
    length.add_argument("--steps", type=int, help="optimiser steps")
    add("--max-seconds", type=float, help="time limit of learning (the preset's; none with epochs or steps)")
    add("--patience", type=int, metavar="N", help="validation checks without a gain that end the run (5)")
    add("--seed", type=int, default=0)
    add("--rank", type=int, help="inner size of the LoRA update")
    add("--alpha", type=float, help="scale of the LoRA update (the rank)")
    add("--dropout", type=float)
    add("--learning-rate", type=float)
    add("--modules", choices=get_args(Modules), help="layers that get an update (all-linear)")
    add("--optimiser", choices=get_args(Optimiser), help="8-bit ones need an NVIDIA GPU")
    for name, text in (
        ("--rslora", "rank-stabilised LoRA"),
        ("--dora", "weight-decomposed LoRA"),
        ("--gradient-checkpointing", "less memory, more time"),
    ):
        add(name, action="store_true", default=None, help=text)
    add("--hold-out-questions", metavar="COL,…", default="", help="questions never learned")


def read_recipe(args: argparse.Namespace) -> Recipe:
    """The tuning settings asked for on the command line."""
    folder = Path(args.base).expanduser()
    base = str(folder.resolve()) if folder.is_dir() else args.base  # the job runs in another folder
    recipe = preset_recipe(args.preset, base)
    given = {name: getattr(args, name) for name in _NAMED if getattr(args, name, None) is not None}
    columns = tuple(c.strip() for c in args.hold_out_questions.split(",") if c.strip())
    counted = args.epochs is not None or args.steps is not None
    if counted:
        given |= {"epochs": args.epochs, "steps": args.steps, "max_seconds": NO_LIMIT}
    if args.max_seconds is not None:
        given["max_seconds"] = args.max_seconds
    return replace(recipe, **given, hold_out_questions=columns)


def ensure_base(args: argparse.Namespace, base: str, console: Console) -> None:
    """Fetch a Hub model that is not on this machine yet, showing progress."""
    if local_folder(find_base(base)) is None:
        _fetch(args, base, console)


def download(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Fetch a base model from the Hugging Face Hub."""
    return _fetch(args, args.model, console)


def _fetch(args: argparse.Namespace, base: str, console: Console) -> dict[str, Any]:
    ws = studio.open_jobs(args.workspace)
    job_id = studio.start_download(ws, base)
    follow(ws, job_id, console)
    result = studio.job(ws, job_id).result()
    console.say(f"{result['id']} at {result['revision']}: {result['bytes'] / 1e6:,.0f} MB")
    return result


def runs(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """List tuning runs, or show where two or more differ."""
    ws = studio.open_jobs(args.workspace)
    records = studio.run_records(ws)
    if args.run_ids:
        known = {record.status.id: record for record in records}
        records = [known.get(name) or studio.run_record(studio.job(ws, name)) for name in args.run_ids]
        differ = {key: list(row) for key, row in studio.run_differences(records).items()}
        rows = [[name, *(_cell(r.figures[name]) for r in records)] for name in records[0].figures]
        rows += [[name, *map(str, row)] for name, row in differ.items()]
        console.say(table(rows, ["", *args.run_ids]))
        return {"runs": list(args.run_ids), "figures": [r.figures for r in records], "differences": differ}
    rows = [
        [r.status.id, str(r.status.state), str(r.recipe.get("base")), _cell(r.figures["NLL (validation)"])]
        for r in records
    ]
    console.say(table(rows, ["run", "state", "base", "NLL"]) if rows else "No runs yet.")
    return {
        "runs": [
            {"id": r.status.id, "state": str(r.status.state), "recipe": r.recipe, **r.result} for r in records
        ]
    }


def experiment(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Repeat an experiment of the paper on a survey and say whether it supports the claim."""
    with studio.open_workspace(args.workspace) as ws:
        if args.resume:
            job_id = studio.resume(ws, args.resume, studio.EXPERIMENT)
        else:
            job_id = _start_experiment(args, ws, console)
    ws = studio.open_jobs(args.workspace)
    follow(ws, job_id, console)
    result = studio.job(ws, job_id).result()
    shown = experiment_table(result["rows"])
    console.say(table([[_cell(value) for value in row.values()] for row in shown], list(shown[0])))
    console.say(result["sentence"])
    return {"experiment_id": job_id, **result}


def _start_experiment(args: argparse.Namespace, ws: Workspace, console: Console) -> str:
    if not args.survey:
        keys = ", ".join(e.key for e in studio.experiments())
        raise RecipeError("Name the experiment and the survey.", fix=f"experiment WHAT SURVEY; WHAT: {keys}.")
    recipe = read_recipe(args)
    if args.steps is None and args.epochs is None and args.max_seconds is None:
        even = even_recipe(args.preset, recipe.base)
        recipe = replace(recipe, steps=even.steps, max_seconds=even.max_seconds)
    console.note(studio.plan_experiment(ws, args.survey, args.what, recipe).sentence)
    job_id = studio.start_experiment(ws, args.survey, args.what, recipe)
    console.note(f"Experiment: {job_id}")
    return job_id


def delete(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Delete a job that is not running, with everything it left."""
    studio.delete_job(studio.open_jobs(args.workspace), args.job)
    console.say(f"Deleted: {args.job}")
    return {"deleted": args.job}


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
