"""Commands about surveys: `import` and `rebuild`."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.arguments import add_reading, read_survey
from core.cli.command import Command
from core.cli.console import Console
from core.studio import surveys
from core.studio.workspace import open_workspace
from core.survey.importing import SurveyDraft


def import_survey(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Store a survey file with its codebook.

    The codebook is guessed when there is none; the app shows the guesses for correction.
    """
    draft = read_survey(args)
    say_reading(draft, console)
    with open_workspace(args.workspace) as ws:
        record = surveys.save(ws, draft, seed=args.seed)
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
    """Print how a file was read, and which option reads it otherwise."""
    console.note(f"{draft.source_name}: {draft.format.label}, {len(draft.table)} respondents.")
    for decision in draft.decisions:
        console.note(decision.text)
    for offer in draft.removable:
        console.note(f"Still there: {offer.reason} Leave them out with --remove {offer.kind}.")


def rebuild(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Build a stored survey again from its uploaded file, and store it if the database lost it."""
    with open_workspace(args.workspace) as ws:
        known = surveys.restore(ws, args.survey)
    console.say(
        f"{args.survey}: the file gives exactly the stored answers."
        if known
        else f"{args.survey}: built again from its file and stored."
    )
    return {"survey_id": args.survey, "identical": known, "stored": not known}


def _import_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", type=Path, help="export of a survey platform, see --format")
    add_reading(command)
    command.add_argument("--seed", type=int, default=0, help="seed of the 70/10/20 split")


def _rebuild_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("survey", metavar="SURVEY", help="survey id: the name of its folder in surveys/")


COMMANDS = {"import": Command(import_survey, _import_options), "rebuild": Command(rebuild, _rebuild_options)}
