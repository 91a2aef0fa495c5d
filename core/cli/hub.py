"""Commands about the Hugging Face Hub: push, pull, and asking a published adapter.

The token comes from HF_TOKEN; it is handed on as an argument and never written anywhere.
"""

import argparse
from pathlib import Path
from typing import Any

from core import studio
from core.cli import jobs
from core.cli.arguments import read_bytes, writable_folder
from core.cli.console import Console, table
from core.errors import HubError, RecipeError
from core.publish.preflight import Preflight
from core.settings import hub_token
from core.store.workspace import Workspace


def push(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Push a run's adapter to the Hugging Face Hub, or only show what would be pushed."""
    ws = studio.open_jobs(args.workspace)
    private = not args.public
    check = studio.preflight_push(ws, args.run_id, args.repo_id, hub_token(), private)
    for name, size in check.files:
        console.say(f"{size:>12,} bytes  {name}")
    _say(check, console)
    data = {
        "run_id": args.run_id,
        "repo_id": check.repo_id,
        "private": private,
        "files": [{"name": name, "bytes": size} for name, size in check.files],
        "problems": list(check.problems),
        "notes": list(check.notes),
        "pushed": False,
    }
    if args.dry_run:
        console.say(studio.adapter_card(ws, args.run_id, check.repo_id, _licence(args, check)))
        return data
    _stop_at_problems(check, "Nothing was pushed.")
    return data | push_checked(ws, args.run_id, check, private, _licence(args, check), console)


def check_target(args: argparse.Namespace, console: Console) -> Preflight | None:
    """The check before a run starts, when `--push` names a repository.

    Raises
    ------
    HubError
        If the model could not be published there: better now than after the work.
    """
    if args.push is None:
        return None
    check = studio.preflight_target(args.push, hub_token(), not args.public, args.base)
    _say(check, console)
    _stop_at_problems(check, "Nothing was started.")
    console.note(f"Will be pushed to {check.repo_id} as {check.user} when it is done.")
    return check


def push_checked(
    ws: Workspace, run_id: str, check: Preflight, private: bool, licence: str | None, console: Console
) -> dict[str, Any]:
    """Push a run to where the check said it may go."""
    pushed = studio.push_run(
        ws,
        run_id,
        check.repo_id,
        hub_token(),
        private,
        lambda message, share: console.note(f"{share:4.0%}  {message}"),
        licence,
    )
    console.say(f"Pushed: {pushed.url} ({'private' if pushed.private else 'public'}), {pushed.revision}")
    return {"pushed": True, "url": pushed.url, "revision": pushed.revision, "private": pushed.private}


def pull(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Download an adapter from the Hugging Face Hub, and make it a run of a study if one is named."""
    adapter = studio.pull_adapter(
        studio.open_jobs(args.workspace), args.repo_id, hub_token(), args.revision, args.base
    )
    console.say(f"Adapter: {adapter.folder} (version {adapter.revision})")
    data = {"repo_id": adapter.repo_id, "revision": adapter.revision, "adapter": str(adapter.folder)}
    if args.survey is None:
        return data
    with studio.open_workspace(args.workspace) as ws:
        adopted = studio.use_adapter(ws, args.survey, adapter)
    for problem in adopted.fit.problems:
        console.say(f"Left out: {problem}")
    console.say(f"Run: {adopted.run_id}")
    fits = {"questions": list(adopted.fit.questions), "left_out": list(adopted.fit.problems)}
    return {**data, "run_id": adopted.run_id, **fits}


def simulate_people(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Ask the people in a file every question of a published adapter."""
    if args.population is None:
        raise RecipeError("There is nobody to ask.", where="--population", fix="Name a table of people.")
    ws = studio.open_jobs(args.workspace)
    adapter = studio.find_adapter(ws, args.adapter, hub_token(), args.revision, args.base)
    file = Path(args.population)
    people = studio.read_people(adapter, read_bytes(file), file.name)
    simulation_id = studio.start_adapter_simulation(ws, adapter, people)
    figures = jobs.follow_simulation(ws, simulation_id, console)
    questions = studio.people_shares(ws, simulation_id)
    for question in questions:
        rows = [[row["option"], f"{row['share']:.1%}"] for row in question["shares"]]
        console.say(f"\n{question['text']}\n{table(rows, ['simulated answer', 'share'])}")
    if args.out is not None:
        folder = writable_folder(args.out.parent)
        studio.people_answers(ws, simulation_id).to_parquet(folder / args.out.name, index=False)
        console.say(f"Answer probabilities of every person: {args.out}")
    about = {"repo_id": adapter.repo_id, "revision": adapter.revision, "people": len(people)}
    return {**figures, **about, "questions": questions, "out": str(args.out) if args.out else None}


def _say(check: Preflight, console: Console) -> None:
    for note in check.notes:
        console.say(f"Note: {note}")
    for problem in check.problems:
        console.say(f"Problem: {problem}")


def _stop_at_problems(check: Preflight, what: str) -> None:
    if not check.ok:
        raise HubError(f"{what} {' '.join(check.problems)}", where=check.repo_id)


def _licence(args: argparse.Namespace, check: Preflight) -> str | None:
    return args.licence or check.licence
