"""Command `demo`: makes the prepared study of the demonstration again, from the example survey."""

import argparse
import tempfile
from typing import Any

from core.cli import following
from core.cli.command import Command
from core.cli.console import Console
from core.population.marginals import Marginals
from core.store.workspace import Workspace
from core.studio import population as populations
from core.studio import simulation, surveys, tuning
from core.studio.demo import PREPARED, prepare_demo
from core.studio.workspace import open_jobs, open_workspace
from core.tuning.recipe import Recipe

SIZE, YOUNGEST = 500, 1.6
"""People in the demonstration's population, and the factor on the share of the youngest age group."""


def demo(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Make the prepared study of the demonstration again: teach and simulate the example survey."""
    with tempfile.TemporaryDirectory() as folder:
        simulation_id = _make(folder, Recipe(steps=args.steps, seed=args.seed), console)
        size = prepare_demo(open_jobs(folder), simulation_id, PREPARED)
    console.say(f"Prepared study: {PREPARED} ({size / 1e6:.1f} MB)")
    return {"out": str(PREPARED), "bytes": size}


def _make(folder: str, recipe: Recipe, console: Console) -> str:
    jobs = open_jobs(folder)
    with open_workspace(folder) as ws:
        survey = surveys.load_example(ws)
        population = _population(ws, survey.id)
        run_id = tuning.start(ws, survey.id, recipe)
    following.follow_tuning(jobs, run_id, console)
    with open_workspace(folder) as ws:
        simulation_id = simulation.start(ws, run_id, population)
    following.follow_simulation(jobs, simulation_id, console)
    following.follow_assessment(jobs, simulation_id, console)  # stored beside the scores
    return simulation_id


def _population(ws: Workspace, survey_id: str) -> str:
    """Id of a population younger than the respondents, so that its toplines differ."""
    targets = populations.survey_marginals(ws, survey_id).to_dict()
    ages = dict(targets["age"])
    first = next(iter(ages))
    ages[first] *= YOUNGEST
    total = sum(ages.values())
    young = Marginals({"age": {age: share / total for age, share in ages.items()}})
    return populations.build(ws, survey_id, young, SIZE, name="A younger population").id


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", choices=["build"], help="make the prepared study again")
    command.add_argument("--steps", type=int, help="ceiling of optimiser steps (from the survey)")
    command.add_argument("--seed", type=int, default=0)


COMMANDS = {"demo": Command(demo, _options)}
