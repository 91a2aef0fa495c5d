"""Options of a recipe: the settings a model is fine-tuned with."""

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

from core.tuning.presets import PRESETS, preset_recipe
from core.tuning.recipe import PENALTY_ALIASES, Adapter, Modules, Optimiser, Penalty, Recipe, TargetKind

_NAMED = {f.name for f in fields(Recipe)} - {"base", "hold_out_questions", "epochs", "steps", "max_seconds"}


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Add the options of a recipe; a setting that is not given follows the preset."""
    add = command.add_argument
    add("--base", default=Recipe.base, metavar="ID|PATH|embedded", help="base model")
    add("--preset", choices=list(PRESETS), default="standard", help="patience and ceiling (standard)")
    add("--adapter", choices=get_args(Adapter))
    add(
        "--penalty",
        choices=[*get_args(Penalty), *PENALTY_ALIASES],
        help="extra loss for scales and numbers (rps)",
    )
    add("--penalty-weight", type=float, metavar="LAMBDA", help="weight of the penalty (1)")
    add("--penalty-slope", type=float, metavar="X", help="of the distance penalty (1)")
    add("--penalty-width", type=float, metavar="X", help="of the distance penalty, share of the scale (0)")
    add("--contrast", type=float, metavar="X", help="weight of differences between people (10)")
    add("--targets", choices=get_args(TargetKind), help="what answers are learned (smoothed)")
    length = command.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=float, help="ceiling in passes over questions and respondents")
    length.add_argument("--steps", type=int, help="ceiling of optimiser steps")
    add("--max-seconds", type=float, help="time limit of learning (none)")
    add("--patience", type=int, metavar="N", help="checks in a row without a gain that end it (2)")
    add("--seed", type=int, default=0)
    add("--rank", type=int, help="inner size of the LoRA update")
    add("--alpha", type=float, help="scale of the LoRA update (the rank)")
    add("--dropout", type=float)
    add("--learning-rate", type=float)
    add("--modules", choices=get_args(Modules), help="layers that get an update (all-linear)")
    add("--optimiser", choices=get_args(Optimiser), help="8-bit ones need an NVIDIA GPU")
    for name, text in (
        ("--rslora", "rank-stabilised LoRA"),
        ("--dora", "weight-decomposed LoRA"),
        ("--gradient-checkpointing", "less memory, more time"),
    ):
        add(name, action="store_true", default=None, help=text)
    add("--hold-out-questions", metavar="COL,…", default="", help="questions never learned")


def read_recipe(args: argparse.Namespace) -> Recipe:
    """Recipe of the command line: the preset's, with the settings that were given."""
    folder = Path(args.base).expanduser()
    base = str(folder.resolve()) if folder.is_dir() else args.base  # the job runs in another folder
    recipe = preset_recipe(args.preset, base)
    given = {name: getattr(args, name) for name in _NAMED if getattr(args, name, None) is not None}
    columns = tuple(c.strip() for c in args.hold_out_questions.split(",") if c.strip())
    counted = args.epochs is not None or args.steps is not None
    if counted:
        given |= {"epochs": args.epochs, "steps": args.steps}
    if args.max_seconds is not None:
        given["max_seconds"] = args.max_seconds
    return replace(recipe, **given, hold_out_questions=columns)
