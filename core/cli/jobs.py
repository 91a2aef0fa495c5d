"""Commands about jobs: `jobs`, `cancel` and `delete`."""

import argparse
from typing import Any

from core.cli.command import Command
from core.cli.console import Console, table
from core.studio import jobs
from core.studio.workspace import open_jobs


def list_jobs(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """List the jobs of the workspace, newest first."""
    statuses = jobs.list_jobs(open_jobs(args.workspace))
    rows = [[s.id, str(s.state), f"{100 * s.fraction:.0f} %", s.title] for s in statuses]
    console.say(table(rows, ["job", "state", "progress", "what"]) if rows else "No jobs yet.")
    keys = ("id", "kind", "title", "state", "step", "total", "fraction", "message", "error")
    return {"jobs": [{key: getattr(s, key) for key in keys} for s in statuses]}


def cancel(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Stop a job."""
    ws = open_jobs(args.workspace)
    jobs.cancel(ws, args.job, wait=True)
    status = jobs.find(ws, args.job).status()
    console.say(f"{status.title}: {status.state}")
    return {"id": status.id, "state": str(status.state)}


def delete(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Delete a job that is not running, with everything it left."""
    jobs.delete(open_jobs(args.workspace), args.job)
    console.say(f"Deleted: {args.job}")
    return {"deleted": args.job}


def _one_job(command: argparse.ArgumentParser) -> None:
    command.add_argument("job", metavar="JOB")


COMMANDS = {
    "jobs": Command(list_jobs),
    "cancel": Command(cancel, _one_job),
    "delete": Command(delete, _one_job),
}
