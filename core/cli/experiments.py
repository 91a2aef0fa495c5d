"""Command `experiment`: repeat an experiment of the paper on a survey."""

import argparse
from dataclasses import replace
from typing import Any

from core.cli.command import Command
from core.cli.console import Console, short, table
from core.cli.following import follow
from core.cli.recipe import add_recipe, read_recipe
from core.errors import RecipeError
from core.experiments.design import EXPERIMENTS
from core.experiments.variants import even_recipe
from core.jobs.kind import JobKind
from core.report.tables import experiment_table
from core.store.workspace import Workspace
from core.studio import experiments, jobs
from core.studio.workspace import open_jobs, open_workspace


def experiment(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Repeat an experiment of the paper on a survey and say whether it supports the claim."""
    with open_workspace(args.workspace) as ws:
        if args.resume:
            job_id = jobs.resume(ws, args.resume, JobKind.EXPERIMENT)
        else:
            job_id = _start_experiment(args, ws, console)
    ws = open_jobs(args.workspace)
    follow(ws, job_id, console)
    found = experiments.outcome(jobs.find(ws, job_id))
    shown = experiment_table(found.rows)
    console.say(table([[short(value) for value in row.values()] for row in shown], list(shown[0])))
    console.say(found.sentence)
    return {"experiment_id": job_id, **found.to_dict()}


def _start_experiment(args: argparse.Namespace, ws: Workspace, console: Console) -> str:
    if not args.survey:
        keys = ", ".join(e.key for e in experiments.list_experiments())
        raise RecipeError("Name the experiment and the survey.", fix=f"experiment WHAT SURVEY; WHAT: {keys}.")
    recipe = read_recipe(args)
    if args.steps is None and args.epochs is None:
        recipe = replace(recipe, steps=even_recipe(args.preset, recipe.base).steps)
    console.note(experiments.plan(ws, args.survey, args.what, recipe).sentence)
    job_id = experiments.start(ws, args.survey, args.what, recipe)
    console.note(f"Experiment: {job_id}")
    return job_id


def _options(command: argparse.ArgumentParser) -> None:
    keys = [e.key for e in EXPERIMENTS]
    command.add_argument("what", choices=keys, nargs="?", help="what is compared")
    command.add_argument("survey", metavar="SURVEY", nargs="?", help="survey id")
    command.add_argument("--resume", metavar="EXPERIMENT", help="go on with a lost or cancelled one")
    add_recipe(command)


COMMANDS = {"experiment": Command(experiment, _options)}
