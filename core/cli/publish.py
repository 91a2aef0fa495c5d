"""Command `push`, and the preflight check of a run that is to be pushed.

The token comes from HF_TOKEN; it is passed on as an argument and never stored.
"""

import argparse
from typing import Any

from core.cli.command import Command
from core.cli.console import Console
from core.errors import HubError
from core.publish.preflight import Preflight
from core.settings import hub_token
from core.store.workspace import Workspace
from core.studio import publish
from core.studio.workspace import open_jobs


def push(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Push a run's adapter to the Hugging Face Hub, or only show what would be pushed."""
    ws = open_jobs(args.workspace)
    private = not args.public
    check = publish.preflight(ws, args.run_id, args.repo_id, hub_token(), private)
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
        console.say(publish.card(ws, args.run_id, check.repo_id, _licence(args, check)))
        return data
    _stop_at_problems(check, "Nothing was pushed.")
    return data | push_checked(ws, args.run_id, check, private, _licence(args, check), console)


def check_target(args: argparse.Namespace, console: Console) -> Preflight | None:
    """Preflight check before a run starts, when `--push` names a repository; None without one.

    Raises
    ------
    HubError
        If the model could not be published there: better now than after the work.
    """
    if args.push is None:
        return None
    check = publish.preflight_target(args.push, hub_token(), not args.public, args.base)
    _say(check, console)
    _stop_at_problems(check, "Nothing was started.")
    console.note(f"Will be pushed to {check.repo_id} as {check.user} when it is done.")
    return check


def push_checked(
    ws: Workspace, run_id: str, check: Preflight, private: bool, licence: str | None, console: Console
) -> dict[str, Any]:
    """Push a run to the checked repository; returns address, version and visibility."""
    pushed = publish.push(
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


def add_target(command: argparse.ArgumentParser) -> None:
    """Add the options of a command whose model can be pushed once it is trained."""
    help = "check now that the model can be published there, and push it when it is done"
    command.add_argument("--push", metavar="REPO_ID", help=help)
    _visibility(command)


def _visibility(command: argparse.ArgumentParser) -> None:
    visibility = command.add_mutually_exclusive_group()
    visibility.add_argument("--private", action="store_true", help="only you can see it (the default)")
    visibility.add_argument("--public", action="store_true", help="everybody can see it")


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("run_id", metavar="RUN", help="tuning run id")
    command.add_argument("repo_id", metavar="REPO_ID", help="for example your-name/your-adapter")
    _visibility(command)
    command.add_argument("--licence", metavar="ID", help="Hub licence id (the base model's without)")
    command.add_argument(
        "--dry-run", action="store_true", help="check, list the files, show the card; send nothing"
    )


COMMANDS = {"push": Command(push, _options)}
