"""Command `population`: targets from files, surveys and published figures; a check; people as files."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.cli.arguments import read_bytes, writable_folder
from core.cli.command import Command
from core.cli.console import Console
from core.errors import MarginalsError
from core.population.diagnosis import Diagnosis, explain
from core.population.drawing import DrawMethod
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener
from core.store.records import PopulationRecord
from core.store.workspace import Workspace
from core.studio import population as populations
from core.studio.workspace import open_workspace


def _options(command: argparse.ArgumentParser) -> None:
    command.add_argument("survey", metavar="SURVEY", help="survey id")
    command.add_argument("--size", metavar="N", type=int, required=True, help="number of people")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--name", help="name shown in the app; one used before gets a new version")
    sources = command.add_argument_group(
        "targets (the survey's own without; later ones replace earlier ones)"
    )
    sources.add_argument(
        "--public", choices=[found.key for found in populations.list_public()], action="append", default=[],
        help="published figures; repeatable",
    )  # fmt: skip
    sources.add_argument("--like", metavar="SURVEY2", help="another survey's weighted shares")
    sources.add_argument(
        "--marginals", metavar="FILE", type=Path,
        help="JSON in the survey's names, or CSV with variable, category and share, percent or count",
    )  # fmt: skip
    who = command.add_argument_group("who and how")
    who.add_argument(
        "--screen", metavar="COLUMN=A|B", action="append", default=[],
        help="only people who gave one of these answers (10..20 for numbers); repeatable, all must hold",
    )  # fmt: skip
    who.add_argument("--targets-describe", choices=list(map(str, Frame)), default=str(Frame.EVERYBODY))
    who.add_argument("--cap", metavar="C", type=float, help="largest weight, in multiples of the mean")
    unseen = "part of the seed given to likely profiles no respondent has, 0 to 0.5"
    who.add_argument("--unseen", metavar="PART", type=float, default=0.0, help=unseen)
    who.add_argument("--draw", choices=list(map(str, DrawMethod)), default=str(DrawMethod.EXACT))
    command.add_argument("--check", action="store_true", help="only say whether it can be done")
    command.add_argument("--out", metavar="FILE", type=Path, help="also write the people: .csv or .parquet")


def population(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Build a population that meets the marginals, or only check that it can be done."""
    out = _out(args.out)
    with open_workspace(args.workspace) as ws:
        screener = Screener(dict(map(_condition, args.screen)), Frame(args.targets_describe))
        plan = PopulationPlan(
            _targets(ws, args),
            args.size,
            args.seed,
            args.cap,
            DrawMethod(args.draw),
            args.unseen,
            screener,
        )
        if args.check:
            return _say_check(populations.check(ws, args.survey, plan), console)
        record = populations.build_from_plan(ws, args.survey, plan, args.name)
        figures = populations.figures(record)
        for note in figures.notes:
            console.note(note)
        if out:
            out.write_bytes(populations.file(ws, record.id, out.suffix[1:].lower()))
    console.say(figures.explanation)
    if screener:
        console.say(f"Incidence {figures.incidence:.1%} ({screener}).")
    said = say_population(record, console)
    return {**said, "version": record.version, "out": str(out) if out else None}


def _targets(ws: Workspace, args: argparse.Namespace) -> Marginals | None:
    found = [populations.use_source(ws, args.survey, populations.public_source(key)) for key in args.public]
    if args.like:
        found.append(populations.use_source(ws, args.survey, populations.survey_source(ws, args.like)))
    if args.marginals:
        content = read_bytes(args.marginals)
        found.append(populations.read_targets(ws, args.survey, content, args.marginals.name))
    if not found:
        return None
    together = found[0]
    for more in found[1:]:
        together = replace(
            more,
            shares={**together.shares, **more.shares},
            joint={**together.joint, **more.joint},
            notes=(*together.notes, *more.notes),
        )
    return together


def _condition(text: str) -> tuple[str, tuple[str, ...]]:
    column, sign, answers = text.partition("=")
    if not sign:
        raise MarginalsError(
            "A screener needs a column and its answers.",
            where="--screen",
            got=text,
            fix='Write for example "age=18-29|30-44".',
        )
    return column.strip(), tuple(answer.strip() for answer in answers.split("|"))


def _out(path: Path | None) -> Path | None:
    if path is None:
        return None
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise MarginalsError(
            "The people cannot be written in this format.",
            where="--out",
            got=path.name,
            fix="Use .csv or .parquet.",
        )
    return writable_folder(path.parent) / path.name


def _say_check(found: Diagnosis, console: Console) -> dict[str, Any]:
    raked = found.raking  # raises the problem if there is one
    words = explain(raked.efficiency, found.effective_base, found.sample.n_respondents)
    console.say(words)
    for note in found.notes:
        console.say(note)
    for combination in found.missing:
        pair = " and ".join(
            f"{c}: {o}" for c, o in zip(combination.columns, combination.options, strict=True)
        )
        console.say(f"No respondent has {pair} ({combination.expected:.1%} if they were independent).")
    return {
        "verdict": str(found.verdict),
        "explanation": words,
        "weighting_efficiency": raked.efficiency,
        "design_effect": raked.design_effect,
        "effective_base": found.effective_base,
        "incidence": found.incidence,
        "rounds": raked.rounds,
        "notes": list(found.notes),
        "missing": [vars(m) for m in found.missing],
    }


def say_population(record: PopulationRecord, console: Console) -> dict[str, Any]:
    """Print how well a population meets its targets; returns its id, size, seed and figures."""
    figures = populations.figures(record)
    console.say(
        f"{record.size} people; worst marginal {figures.worst_margin_error:.2f} points off, "
        f"weighting efficiency {figures.weighting_efficiency:.0%}."
    )
    console.say(f"Population: {record.id}")
    kept = {key: value for key, value in record.figures.items() if key != "achieved"}
    return {"population_id": record.id, "size": record.size, "seed": record.seed, **kept}


COMMANDS = {"population": Command(population, _options)}
