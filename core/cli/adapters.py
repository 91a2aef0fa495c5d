"""Commands about published adapters: `pull`, and `simulate` with an adapter instead of a survey's run."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.arguments import read_bytes, writable_folder
from core.cli.command import Command
from core.cli.console import Console, table
from core.cli.following import follow_simulation
from core.errors import RecipeError
from core.results.tables import OptionShares
from core.settings import hub_token
from core.studio import adapters
from core.studio.workspace import open_jobs, open_workspace


def pull(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Download an adapter from the Hugging Face Hub, and make it a run of a study if one is named."""
    adapter = adapters.pull(open_jobs(args.workspace), args.repo_id, hub_token(), args.revision, args.base)
    console.say(f"Adapter: {adapter.folder} (version {adapter.revision})")
    data = {"repo_id": adapter.repo_id, "revision": adapter.revision, "adapter": str(adapter.folder)}
    if args.survey is None:
        return data
    with open_workspace(args.workspace) as ws:
        adopted = adapters.adopt(ws, args.survey, adapter)
    for problem in adopted.fit.problems:
        console.say(f"Left out: {problem}")
    console.say(f"Run: {adopted.run_id}")
    fits = {"questions": list(adopted.fit.questions), "left_out": list(adopted.fit.problems)}
    return {**data, "run_id": adopted.run_id, **fits}


def simulate_people(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Simulate every question of a published adapter for the people in a file; returns their shares."""
    if args.population is None:
        raise RecipeError("There is nobody to ask.", where="--population", fix="Name a table of people.")
    ws = open_jobs(args.workspace)
    adapter = adapters.find(ws, args.adapter, hub_token(), args.revision, args.base)
    file = Path(args.population)
    people = adapters.read_people(adapter, read_bytes(file), file.name)
    simulation_id = adapters.start_simulation(ws, adapter, people)
    figures = follow_simulation(ws, simulation_id, console)
    questions = adapters.people_shares(ws, simulation_id)
    for found in questions:
        rows = [[option, f"{share:.1%}"] for option, share in found.shares.items()]
        console.say(f"\n{found.question.text}\n{table(rows, ['simulated answer', 'share'])}")
    if args.out is not None:
        folder = writable_folder(args.out.parent)
        adapters.people_answers(ws, simulation_id).to_parquet(folder / args.out.name, index=False)
        console.say(f"Answer probabilities of every person: {args.out}")
    about = {"repo_id": adapter.repo_id, "revision": adapter.revision, "people": len(people)}
    return {
        **figures,
        **about,
        "questions": [_to_dict(found) for found in questions],
        "out": str(args.out) if args.out else None,
    }


def _to_dict(found: OptionShares) -> dict[str, Any]:
    question = found.question
    shares = [{"option": option, "share": share} for option, share in found.shares.items()]
    return {"column": question.column, "text": question.text, "type": str(question.type), "shares": shares}


def add_source(command: argparse.ArgumentParser) -> None:
    """Add the options that name the version and the base model of an adapter."""
    command.add_argument("--revision", metavar="COMMIT", help="version of the adapter (the newest without)")
    command.add_argument("--base", metavar="FOLDER", help="its base model, when that is not on the Hub")


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("repo_id", metavar="REPO_ID")
    command.add_argument("--survey", metavar="SURVEY", help="make it a run of this study")
    add_source(command)


COMMANDS = {"pull": Command(pull, _options)}
