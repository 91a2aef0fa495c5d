"""What can be typed after ``python -m core``: commands, options, defaults and help texts."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.cli import benchmarks, commands, demo, hub, people, pilot, takeaways, teaching
from core.experiments.design import EXPERIMENTS
from core.survey.readers.encoding import ENCODINGS
from core.survey.readers.file_format import FileFormat
from core.survey.readers.survey_file import RowKind
from core.tuning.recipe import Recipe


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; a command's function is its `run` default."""
    parser = argparse.ArgumentParser(
        prog="python -m core",
        description="Pilot a questionnaire on a synthetic population.",
        allow_abbrev=False,
    )
    _add_shared(parser, None, False)
    again = argparse.ArgumentParser(add_help=False)  # the shared options are welcome after the command too
    _add_shared(again, argparse.SUPPRESS, argparse.SUPPRESS)
    names = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: commands.Command) -> argparse.ArgumentParser:
        text = (run.__doc__ or "").splitlines()[0]
        command = names.add_parser(name, help=text, description=text, parents=[again], allow_abbrev=False)
        command.set_defaults(run=run)
        return command

    _add_survey_commands(add)
    _add_result_commands(add)
    _add_hub_commands(add)
    add("jobs", commands.jobs)
    add("runs", teaching.runs).add_argument(
        "run_ids", metavar="RUN", nargs="*", help="two or more to compare"
    )
    command = add("experiment", teaching.experiment)
    keys = [e.key for e in EXPERIMENTS]
    command.add_argument("what", choices=keys, nargs="?", help="what is compared")
    command.add_argument("survey", metavar="SURVEY", nargs="?", help="survey id")
    command.add_argument("--resume", metavar="EXPERIMENT", help="go on with a lost or cancelled one")
    teaching.add_recipe(command)
    add("delete", teaching.delete).add_argument("job", metavar="JOB")
    add("download", teaching.download).add_argument("model", metavar="MODEL", help="owner/model[@revision]")
    add("cancel", commands.cancel).add_argument("job", metavar="JOB")
    add("doctor", commands.doctor)
    _add_bench(add)
    command = add("demo", demo.demo)
    command.add_argument("what", choices=["build"], help="make the prepared study again")
    command.add_argument("--steps", type=int, help="optimiser steps (picked from the survey without)")
    command.add_argument("--seed", type=int, default=0)
    return parser


Add = Callable[[str, commands.Command], argparse.ArgumentParser]


def _add_shared(parser: argparse.ArgumentParser, workspace: str | None, json_line: bool | str) -> None:
    parser.add_argument(
        "--workspace", metavar="DIR", type=Path, default=workspace,
        help="folder of the studies (else UNDERSTUDY_WORKSPACE, else a per-user folder)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", default=json_line, help="last line of stdout is JSON")


def _add_survey_commands(add: Add) -> None:
    command = add("import", commands.import_survey)
    command.add_argument("file", metavar="FILE", type=Path, help="export of a survey platform, see --format")
    _add_reading(command)
    command.add_argument("--seed", type=int, default=0, help="seed of the 70/10/20 split")

    command = add("rebuild", commands.rebuild)
    command.add_argument("survey", metavar="SURVEY", help="survey id: the name of its folder in surveys/")

    command = add("tune", commands.tune)
    command.add_argument("survey", metavar="SURVEY", nargs="?", help="survey id")
    teaching.add_recipe(command)
    command.add_argument("--resume", metavar="RUN", help="go on with a lost or cancelled run")
    _add_target(command)

    people.add_options(add("population", people.population))

    command = add("pilot", pilot.pilot)
    command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="export; the example without one")
    _add_reading(command)
    command.add_argument("--out", metavar="DIR", type=Path, default=Path("understudy-pilot"))
    command.add_argument("--size", metavar="N", type=int, default=1000, help="people in the population")
    _add_marginals(command)
    teaching.add_recipe(command)
    _add_target(command)


def _add_reading(command: argparse.ArgumentParser) -> None:
    """What a survey file means and how it is read; without options both are recognised."""
    command.add_argument("--codebook", metavar="FILE", type=Path, help="codebook.json; guessed without one")
    command.add_argument("--qsf", metavar="FILE", type=Path, help="Qualtrics questionnaire of the export")
    command.add_argument("--name", help="name shown in the app")
    command.add_argument("--format", choices=[str(form) for form in FileFormat], help="how to read the file")
    command.add_argument("--encoding", choices=list(ENCODINGS), help="of a text file")
    command.add_argument("--delimiter", metavar="CHARACTER", help="between cells of a text file; or: tab")
    command.add_argument("--sheet", metavar="NAME", help="of an Excel workbook")
    command.add_argument(
        "--keep", metavar="COLUMN", action="append", help="do not combine, split or recode it; repeatable"
    )
    command.add_argument(
        "--remove",
        choices=[str(kind) for kind in RowKind],
        action="append",
        help="rows to leave out; repeatable",
    )


def _add_marginals(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--marginals",
        metavar="FILE",
        type=Path,
        help="JSON, shares per demographic (the survey's own without)",
    )


def _add_result_commands(add: Add) -> None:
    command = add("simulate", commands.simulate)
    command.add_argument("run_id", metavar="RUN", nargs="?", help="tuning run id")
    command.add_argument(
        "--population",
        metavar="ID|FILE",
        help="simulate this population too; with --adapter, a table of people",
    )
    command.add_argument(
        "--adapter", metavar="REPO_ID", help="a published adapter (or a folder), without a survey"
    )
    command.add_argument(
        "--out", metavar="FILE.parquet", type=Path, help="with --adapter: answers of every person"
    )
    _add_source(command)
    command.add_argument(
        "--respondents",
        choices=["test", "train"],
        default="test",
        help="test: the held-out respondents, those of the validation part included, as the temperature is "
        "chosen on them; train: also those the model was taught, for their predictions (test)",
    )

    command = add("compare", commands.compare)
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--temperature", metavar="T|auto|by_type", type=_temperature, default="auto")
    command.add_argument("--decoder", choices=["sampled", "expected", "greedy"], default="expected")
    command.add_argument("--by", metavar="COLUMN", help="demographic to break the comparison down by")

    command = add("predictions", commands.predictions)
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.parquet", type=Path, required=True)

    command = add("report", takeaways.report)
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.html|FILE.zip", type=Path, required=True)
    _add_tables(command)

    command = add("tables", takeaways.tables)
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.xlsx", type=Path, required=True)
    _add_tables(command)

    command = add("answers", takeaways.answers)
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.csv|.parquet|.sav", type=Path, required=True)
    command.add_argument("--temperature", metavar="T|auto|by_type", type=_temperature, default="auto")
    command.add_argument("--seed", type=int, default=0, help="of the drawn answers")


def _add_tables(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="COL,…", default="", help="demographics of the banner; none without")
    command.add_argument("--whose", choices=["respondents", "population"], default="respondents")
    command.add_argument("--correction", choices=["none", "bonferroni", "fdr"], default="none")
    command.add_argument("--temperature", metavar="T|auto|by_type", type=_temperature, default="auto")


def _temperature(text: str) -> float | str:
    if text in ("auto", "by_type"):
        return text
    value = float(text)
    if not 0.1 <= value <= 3:
        raise argparse.ArgumentTypeError(f"{text}: use auto, by_type, or a number from 0.1 to 3")
    return value


def _add_bench(add: Add) -> None:
    command = add("bench", benchmarks.bench)
    benches = ["import", "inference", "population", "training", "models", "quality", "results"]
    command.add_argument("what", choices=benches)
    command.add_argument(
        "--respondents",
        metavar="N",
        type=int,
        help="of bench import (250,000), training and models (60) and results (1,000)",
    )
    command.add_argument("--questions", metavar="N", type=int, help="of bench import (40) and results (50)")
    command.add_argument("--seed", type=int, default=0, help="of the generated answers")
    surveys = "folder with clean.csv and codebook.json per survey; bench models takes the example without"
    command.add_argument("--surveys", metavar="DIR", type=Path, help=surveys)
    command.add_argument(
        "--only", metavar="NAME,…", default="", help="some of the surveys; of bench models: one"
    )
    command.add_argument("--adapters", metavar="qlora,lora", default="qlora", help="of bench quality")
    command.add_argument(
        "--targets", metavar="smoothed,cells,individual", default=Recipe.targets, help="of bench quality"
    )
    command.add_argument("--steps", type=int, help="of bench quality: optimiser steps, without a time limit")


def _add_hub_commands(add: Add) -> None:
    command = add("push", hub.push)
    command.add_argument("run_id", metavar="RUN", help="tuning run id")
    command.add_argument("repo_id", metavar="REPO_ID", help="for example your-name/your-adapter")
    _add_visibility(command)
    command.add_argument("--licence", metavar="ID", help="Hub licence id (the base model's without)")
    command.add_argument(
        "--dry-run", action="store_true", help="check, list the files, show the card; send nothing"
    )

    command = add("pull", hub.pull)
    command.add_argument("repo_id", metavar="REPO_ID")
    command.add_argument("--survey", metavar="SURVEY", help="make it a run of this study")
    _add_source(command)


def _add_target(command: argparse.ArgumentParser) -> None:
    help = "check now that the model can be published there, and push it when it is done"
    command.add_argument("--push", metavar="REPO_ID", help=help)
    _add_visibility(command)


def _add_visibility(command: argparse.ArgumentParser) -> None:
    visibility = command.add_mutually_exclusive_group()
    visibility.add_argument("--private", action="store_true", help="only you can see it (the default)")
    visibility.add_argument("--public", action="store_true", help="everybody can see it")


def _add_source(command: argparse.ArgumentParser) -> None:
    command.add_argument("--revision", metavar="COMMIT", help="version of the adapter (the newest without)")
    command.add_argument("--base", metavar="FOLDER", help="its base model, when that is not on the Hub")
