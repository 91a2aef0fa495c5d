"""Command `pilot`, the whole job: survey file in; adapter, figures, predictions and report out."""

import argparse
import time
from pathlib import Path
from typing import Any

from core.cli import following
from core.cli import publish as cli_publish
from core.cli.arguments import add_reading, read_marginals, read_survey, writable_folder
from core.cli.command import Command
from core.cli.console import Console, duration, to_json
from core.cli.population import say_population
from core.cli.recipe import add_recipe, read_recipe
from core.cli.simulation import headline
from core.cli.surveys import say_reading
from core.cli.tuning import ensure_base
from core.store.records import SurveyRecord
from core.store.workspace import Workspace
from core.studio import population as populations
from core.studio import publish, report, surveys, tuning
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs, open_workspace

STAGES = 6


class Stages:
    """Stages of the job: announces each one and measures its seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}
        self._name, self._started = "", time.monotonic()

    def start(self, name: str, text: str) -> None:
        """Begin the stage `name`, described to the user by `text`."""
        self.end()
        self._name, self._started = name, time.monotonic()
        self.console.note(f"[{len(self.seconds) + 1}/{STAGES}] {text} …")

    def end(self) -> None:
        """Record the seconds of the stage under way."""
        if self._name:
            self.seconds[self._name] = round(time.monotonic() - self._started, 1)
        self._name = ""


def pilot(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Do the whole job: survey file in; adapter, figures, predictions and report out.

    Leaves `report.html`, `metrics.json`, `predictions.parquet` and `adapter/` in the output folder. Targets
    and settings are checked before the model starts to learn; the database is open only while it is needed.
    """
    recipe = read_recipe(args)
    marginals = read_marginals(args.marginals)
    out = writable_folder(args.out)
    target = cli_publish.check_target(args, console)
    jobs = open_jobs(args.workspace)
    stages = Stages(console)
    ensure_base(args, recipe.base, console)

    with open_workspace(args.workspace) as ws:
        stages.start("import", "Import the survey")
        survey = _import(ws, args, console)
        stages.start("population", f"Build a population of {args.size}")
        people = populations.build(ws, survey.id, marginals, args.size, args.seed)
        population = say_population(people, console)
        run_id = tuning.start(ws, survey.id, recipe)
    stages.start("tune", f"Teach the {args.base} model how these people answer")
    run = following.follow_tuning(jobs, run_id, console)

    with open_workspace(args.workspace) as ws:
        simulation_id = simulations.start(ws, run_id, people.id)
    stages.start("simulate", "Simulate the held-out respondents and the population")
    simulation = following.follow_simulation(jobs, simulation_id, console)

    stages.start("compare", "Compare with the real answers")
    following.follow_assessment(jobs, simulation_id, console)
    found = simulations.results(jobs, simulation_id)
    metrics = {
        **found.to_dict(),
        "survey": {"id": survey.id, "name": survey.name, "generated": survey.generated},
        "run": run | {"adapter": str(out / "adapter")},
        "population": population,
        "simulation": simulation,
    }
    console.say(headline(found.comparison))

    stages.start("write", f"Write the report, figures, predictions and adapter to {out}")
    (out / "report.html").write_text(report.html(jobs, simulation_id), encoding="utf-8")
    simulations.predictions(jobs, simulation_id).to_parquet(out / "predictions.parquet", index=False)
    publish.stage(jobs, run_id, out / "adapter")
    stages.end()
    if target is not None:
        private = not args.public
        metrics |= cli_publish.push_checked(jobs, run_id, target, private, target.licence, console)
    metrics["seconds"] = stages.seconds
    (out / "metrics.json").write_text(to_json(metrics, indent=1), encoding="utf-8")
    console.say(f"Done in {duration(sum(stages.seconds.values()))}: {out / 'report.html'}")
    return {"out": str(out), **metrics}


def _import(ws: Workspace, args: argparse.Namespace, console: Console) -> SurveyRecord:
    if args.file is None:
        console.note("No file given: using the generated example survey (not real people).")
        return surveys.load_example(ws)
    draft = read_survey(args)
    record = surveys.save(ws, draft, seed=args.seed)
    say_reading(draft, console)
    for warning in record.warnings:
        console.note(f"Warning: {warning}")
    return record


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="export; the example without one")
    add_reading(command)
    command.add_argument("--out", metavar="DIR", type=Path, default=Path("understudy-pilot"))
    command.add_argument("--size", metavar="N", type=int, default=1000, help="people in the population")
    command.add_argument(
        "--marginals",
        metavar="FILE",
        type=Path,
        help="JSON, shares per demographic (the survey's own without)",
    )
    add_recipe(command)
    cli_publish.add_target(command)


COMMANDS = {"pilot": Command(pilot, _options)}
