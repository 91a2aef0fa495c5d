"""Commands about fine-tuning: `tune`, `runs` and `download`."""

import argparse
from typing import Any

from core.cli import publish
from core.cli.command import Command
from core.cli.console import Console, short, table
from core.cli.following import follow, follow_tuning
from core.cli.recipe import add_recipe, read_recipe
from core.errors import RecipeError
from core.jobs.kind import JobKind
from core.models.catalogue import find_base
from core.models.download import local_folder
from core.studio import jobs, tuning
from core.studio.workspace import open_jobs, open_workspace
from core.tuning.run_figures import RUN_FIGURES


def tune(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Teach the model a survey and wait until it is done."""
    if bool(args.survey) == bool(args.resume):
        raise RecipeError(
            "Name a survey to tune on, or a run to resume.",
            fix="tune SURVEY, or tune --resume RUN.",
        )
    target = publish.check_target(args, console)
    if not args.resume:
        recipe = read_recipe(args)
        ensure_base(args, recipe.base, console)
    with open_workspace(args.workspace) as ws:
        if args.resume:
            run_id = jobs.resume(ws, args.resume, JobKind.TUNE)
        else:
            console.note(tuning.plan(ws, args.survey, recipe).sentence)
            run_id = tuning.start(ws, args.survey, recipe)
    ws = open_jobs(args.workspace)
    figures = follow_tuning(ws, run_id, console)
    if target is not None:
        figures |= publish.push_checked(ws, run_id, target, not args.public, target.licence, console)
    return figures


def ensure_base(args: argparse.Namespace, base: str, console: Console) -> None:
    """Download a Hub model that is not on this machine yet, showing progress."""
    if local_folder(find_base(base)) is None:
        _fetch(args, base, console)


def download(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Fetch a base model from the Hugging Face Hub."""
    return _fetch(args, args.model, console)


def _fetch(args: argparse.Namespace, base: str, console: Console) -> dict[str, Any]:
    ws = open_jobs(args.workspace)
    job_id = tuning.start_download(ws, base)
    follow(ws, job_id, console)
    result = jobs.find(ws, job_id).result()
    console.say(f"{result['id']} at {result['revision']}: {result['bytes'] / 1e6:,.0f} MB")
    return result


def runs(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """List tuning runs, or show where two or more differ."""
    ws = open_jobs(args.workspace)
    records = tuning.records(ws)
    if args.run_ids:
        known = {record.id: record for record in records}
        records = [known.get(name) or tuning.record(jobs.find(ws, name)) for name in args.run_ids]
        differ = {key: list(row) for key, row in tuning.run_differences(records).items()}
        rows = [[shown.name, *(short(r.figures[key]) for r in records)] for key, shown in RUN_FIGURES.items()]
        rows += [[name, *map(str, row)] for name, row in differ.items()]
        console.say(table(rows, ["", *args.run_ids]))
        return {"runs": list(args.run_ids), "figures": [r.figures for r in records], "differences": differ}
    rows = [
        [r.id, str(r.status.state), str(r.recipe.get("base")), short(r.result.validation_nll)]
        for r in records
    ]
    console.say(table(rows, ["run", "state", "base", "NLL"]) if rows else "No runs yet.")
    return {
        "runs": [
            {"id": r.id, "state": str(r.status.state), "recipe": r.recipe, **r.result.to_dict()}
            for r in records
        ]
    }


def _tune_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("survey", metavar="SURVEY", nargs="?", help="survey id")
    add_recipe(command)
    command.add_argument("--resume", metavar="RUN", help="go on with a lost or cancelled run")
    publish.add_target(command)


def _runs_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("run_ids", metavar="RUN", nargs="*", help="two or more to compare")


def _download_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", metavar="MODEL", help="owner/model[@revision]")


COMMANDS = {
    "tune": Command(tune, _tune_options),
    "runs": Command(runs, _runs_options),
    "download": Command(download, _download_options),
}
