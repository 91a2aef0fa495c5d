"""The main job in one command: survey file in; adapter, figures, predictions and report out."""

import argparse
import time
from typing import Any

from core import studio
from core.cli import commands, hub
from core.cli import jobs as waiting
from core.cli.arguments import read_marginals, read_survey, writable_folder
from core.cli.console import Console, duration, to_json
from core.cli.teaching import ensure_base, read_recipe
from core.store.records import SurveyRecord
from core.store.workspace import Workspace

STAGES = 6


class Stages:
    """Announces each step of the job and keeps how long it took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}
        self._name, self._started = "", time.monotonic()

    def start(self, name: str, text: str) -> None:
        """Begin the step `name`, described to the user by `text`."""
        self.end()
        self._name, self._started = name, time.monotonic()
        self.console.note(f"[{len(self.seconds) + 1}/{STAGES}] {text} …")

    def end(self) -> None:
        """Note the time the step under way has taken."""
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
    target = hub.check_target(args, console)
    jobs = studio.open_jobs(args.workspace)
    stages = Stages(console)
    ensure_base(args, recipe.base, console)

    with studio.open_workspace(args.workspace) as ws:
        stages.start("import", "Import the survey")
        survey = _import(ws, args, console)
        stages.start("population", f"Build a population of {args.size}")
        people = studio.build_population(ws, survey.id, marginals, args.size, args.seed)
        population = commands.say_population(people, console)
        run_id = studio.start_tuning(ws, survey.id, recipe)
    stages.start("tune", f"Teach the {args.base} model how these people answer")
    run = waiting.follow_tuning(jobs, run_id, console)

    with studio.open_workspace(args.workspace) as ws:
        simulation_id = studio.start_simulation(ws, run_id, people.id)
    stages.start("simulate", "Simulate the held-out respondents and the population")
    simulation = waiting.follow_simulation(jobs, simulation_id, console)

    stages.start("compare", "Compare with the real answers")
    waiting.follow_assessment(jobs, simulation_id, console)
    found = studio.results(jobs, simulation_id)
    metrics = {
        **found.to_dict(),
        "survey": {"id": survey.id, "name": survey.name, "generated": survey.generated},
        "run": run | {"adapter": str(out / "adapter")},
        "population": population,
        "simulation": simulation,
    }
    console.say(commands.headline(metrics))

    stages.start("write", f"Write the report, figures, predictions and adapter to {out}")
    (out / "report.html").write_text(studio.make_report(jobs, simulation_id), encoding="utf-8")
    studio.predictions(jobs, simulation_id).to_parquet(out / "predictions.parquet", index=False)
    studio.stage_adapter(jobs, run_id, out / "adapter")
    stages.end()
    if target is not None:
        private = not args.public
        metrics |= hub.push_checked(jobs, run_id, target, private, target.licence, console)
    metrics["seconds"] = stages.seconds
    (out / "metrics.json").write_text(to_json(metrics, indent=1), encoding="utf-8")
    console.say(f"Done in {duration(sum(stages.seconds.values()))}: {out / 'report.html'}")
    return {"out": str(out), **metrics}


def _import(ws: Workspace, args: argparse.Namespace, console: Console) -> SurveyRecord:
    if args.file is None:
        console.note("No file given: using the generated example survey (not real people).")
        return studio.load_example(ws)
    draft = read_survey(args)
    record = studio.save_survey(ws, draft, seed=args.seed)
    commands.say_reading(draft, console)
    for warning in record.warnings:
        console.note(f"Warning: {warning}")
    return record
