"""What each command does: call a use case, say the outcome, return what `--json` prints.

Commands that wait for a job let go of the database first, so the app can be open at the same time. The
parser is `core.cli.parser`.
"""

import argparse
from collections.abc import Callable
from typing import Any

from core import studio
from core.cli import doctor as examination
from core.cli import hub
from core.cli import jobs as waiting
from core.cli.arguments import read_survey, writable_folder
from core.cli.console import Console, table
from core.cli.teaching import ensure_base, read_recipe
from core.errors import RecipeError
from core.store.records import PopulationRecord
from core.survey.importing import SurveyDraft

Command = Callable[[argparse.Namespace, Console], dict[str, Any]]


# ---------------------------------------------------------------- surveys


def import_survey(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Store a survey file with its codebook.

    The codebook is guessed when there is none; the app shows the guesses for correction.
    """
    draft = read_survey(args)
    say_reading(draft, console)
    with studio.open_workspace(args.workspace) as ws:
        record = studio.save_survey(ws, draft, seed=args.seed)
    for warning in record.warnings:
        console.note(f"Warning: {warning}")
    console.say(f"{record.name}: {record.n_respondents} respondents, {record.n_questions} questions.")
    console.say(f"Survey: {record.id}")
    return {
        "survey_id": record.id,
        "name": record.name,
        "n": record.n_respondents,
        "questions": record.n_questions,
        "guessed_codebook": draft.guessed,
        "format": str(draft.format),
        "decisions": [decision.text for decision in draft.decisions],
        "removable": {str(offer.kind): len(offer.rows) for offer in draft.removable},
        "warnings": list(record.warnings),
    }


def say_reading(draft: SurveyDraft, console: Console) -> None:
    """Say how a file was read, and which option reads it otherwise."""
    console.note(f"{draft.source_name}: {draft.format.title}, {len(draft.table)} respondents.")
    for decision in draft.decisions:
        console.note(decision.text)
    for offer in draft.removable:
        console.note(f"Still there: {offer.reason} Leave them out with --remove {offer.kind}.")


def rebuild(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Build a stored survey again from its uploaded file, and store it if the database lost it."""
    with studio.open_workspace(args.workspace) as ws:
        known = studio.restore_survey(ws, args.survey)
    console.say(
        f"{args.survey}: the file gives exactly the stored answers."
        if known
        else f"{args.survey}: built again from its file and stored."
    )
    return {"survey_id": args.survey, "identical": known, "stored": not known}


# ---------------------------------------------------------------- jobs


def tune(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Teach the model a survey and wait until it is done."""
    if bool(args.survey) == bool(args.resume):
        raise RecipeError(
            "Name a survey to tune on, or a run to resume.",
            fix="tune SURVEY, or tune --resume RUN.",
        )
    target = hub.check_target(args, console)
    if not args.resume:
        recipe = read_recipe(args)
        ensure_base(args, recipe.base, console)
    with studio.open_workspace(args.workspace) as ws:
        if args.resume:
            run_id = studio.resume(ws, args.resume, studio.TUNE)
        else:
            console.note(studio.plan_tuning(ws, args.survey, recipe).sentence)
            run_id = studio.start_tuning(ws, args.survey, recipe)
    jobs = studio.open_jobs(args.workspace)
    figures = waiting.follow_tuning(jobs, run_id, console)
    if target is not None:
        figures |= hub.push_checked(jobs, run_id, target, not args.public, target.licence, console)
    return figures


def simulate(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Score every legal answer for the held-out respondents and a population, or ask a published adapter."""
    if bool(args.run_id) == bool(args.adapter):
        raise RecipeError(
            "Name a run to simulate with, or an adapter.",
            fix="simulate RUN [--population ID], or simulate --adapter REPO_ID --population FILE.",
        )
    if args.adapter:
        return hub.simulate_people(args, console)
    respondents = ("validation", "test", *(("train",) if args.respondents == "train" else ()))
    with studio.open_workspace(args.workspace) as ws:
        simulation_id = studio.start_simulation(ws, args.run_id, args.population, respondents)
    return waiting.follow_simulation(studio.open_jobs(args.workspace), simulation_id, console)


def jobs(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """List the jobs of the workspace, newest first."""
    statuses = studio.list_jobs(studio.open_jobs(args.workspace))
    rows = [[s.id, str(s.state), f"{100 * s.fraction:.0f} %", s.title] for s in statuses]
    console.say(table(rows, ["job", "state", "progress", "what"]) if rows else "No jobs yet.")
    keys = ("id", "kind", "title", "state", "step", "total", "fraction", "message", "error")
    return {"jobs": [{key: getattr(s, key) for key in keys} for s in statuses]}


def cancel(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Stop a job."""
    ws = studio.open_jobs(args.workspace)
    studio.cancel_job(ws, args.job, wait=True)
    status = studio.job(ws, args.job).status()
    console.say(f"{status.title}: {status.state}")
    return {"id": status.id, "state": str(status.state)}


# ---------------------------------------------------------------- populations


def say_population(record: PopulationRecord, console: Console) -> dict[str, Any]:
    """Say how well a population meets its targets."""
    figures = record.figures
    console.say(
        f"{record.size} people; worst marginal {figures['worst_margin_error']:.2f} points off, "
        f"weighting efficiency {figures['weighting_efficiency']:.0%}."
    )
    console.say(f"Population: {record.id}")
    kept = {key: value for key, value in figures.items() if key != "achieved"}
    return {"population_id": record.id, "size": record.size, "seed": record.seed, **kept}


# ---------------------------------------------------------------- results


def compare(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Simulated against real: every metric with its floor and baselines."""
    ws = studio.open_jobs(args.workspace)
    waiting.follow_assessment(ws, args.simulation, console)
    found = studio.results(ws, args.simulation, args.temperature, args.decoder)
    data = {"simulation_id": args.simulation, **found.to_dict()}
    if args.by:
        data["by"] = {"column": args.by, "groups": found.by(args.by)}
    console.say(headline(data))
    return data


def _temperature(read: float | dict[str, float]) -> str:
    if isinstance(read, dict):
        return ", ".join(f"{kind} {value:.2f}" for kind, value in read.items())
    return f"{read:.2f}"


def headline(data: dict[str, Any]) -> str:
    """The overall figures as a small table, the model first, then the baselines and the floor."""
    overall = data["overall"]
    rows = {"simulated": overall["model"], **overall["baselines"], "noise floor": overall["floor"]}
    names = ("nll", "kl", "tv", "rmse_scaled", "accuracy")

    def cell(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    lines = [
        [name.replace("_", " "), *(cell(row.get(metric)) for metric in names)] for name, row in rows.items()
    ]
    return table(
        lines,
        [
            f"{data['split']} respondents, temperature {_temperature(data['temperature'])}",
            "NLL",
            "KL",
            "TV",
            "RMSE",
            "accuracy",
        ],
    )


def predictions(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write the probability of every legal answer of every held-out respondent."""
    frame = studio.predictions(studio.open_jobs(args.workspace), args.simulation)
    folder = writable_folder(args.out.parent)
    frame.to_parquet(folder / args.out.name, index=False)
    console.say(f"{len(frame)} rows: {args.out}")
    return {"out": str(args.out), "rows": len(frame), "respondents": int(frame["respondent_id"].nunique())}


# ---------------------------------------------------------------- the main job, the machine


def doctor(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Say what this machine can do and what is missing."""
    checks = examination.examine(args.workspace)
    for check in checks:
        console.say(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.found}")
        if not check.ok:
            console.say(f"         {check.fix}")
    return {"ok": all(check.ok for check in checks), "checks": [vars(check) for check in checks]}
