"""Commands about simulations: `simulate`, `compare` and `predictions`."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.adapters import add_source, simulate_people
from core.cli.arguments import temperature, writable_folder
from core.cli.command import Command
from core.cli.console import Console, table
from core.cli.following import follow_assessment, follow_simulation
from core.comparison.comparison import Comparison, printed_temperature
from core.errors import RecipeError
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs, open_workspace


def simulate(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Score every legal answer for the held-out respondents and a population, or ask a published adapter."""
    if bool(args.run_id) == bool(args.adapter):
        raise RecipeError(
            "Name a run to simulate with, or an adapter.",
            fix="simulate RUN [--population ID], or simulate --adapter REPO_ID --population FILE.",
        )
    if args.adapter:
        return simulate_people(args, console)
    respondents = ("validation", "test", *(("train",) if args.respondents == "train" else ()))
    with open_workspace(args.workspace) as ws:
        simulation_id = simulations.start(ws, args.run_id, args.population, respondents)
    return follow_simulation(open_jobs(args.workspace), simulation_id, console)


def compare(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Simulated against real: every metric with its floor and baselines."""
    ws = open_jobs(args.workspace)
    follow_assessment(ws, args.simulation, console)
    found = simulations.results(ws, args.simulation, args.temperature, args.decoder)
    data = {"simulation_id": args.simulation, **found.to_dict()}
    if args.by:
        groups = {option: group.to_dict() for option, group in found.by(args.by).items()}
        data["by"] = {"column": args.by, "groups": groups}
    console.say(headline(found.comparison))
    return data


def headline(comparison: Comparison) -> str:
    """Text table of the overall figures: the model first, then the baselines and the noise floor."""
    overall = comparison.overall

    def text(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    lines = [
        [name.replace("_", " "), *map(text, (row.nll, row.kl, row.tv, row.rmse_scaled, row.accuracy))]
        for name, row in {"simulated": overall.model, **overall.baselines}.items()
    ]
    lines.append(["noise floor", "", text(overall.floor.kl), text(overall.floor.tv), "", ""])
    return table(
        lines,
        [
            f"{comparison.split} respondents, temperature {printed_temperature(comparison.temperature)}",
            "NLL",
            "KL",
            "TV",
            "RMSE",
            "accuracy",
        ],
    )


def predictions(args: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Write the probability of every legal answer of every held-out respondent."""
    frame = simulations.predictions(open_jobs(args.workspace), args.simulation)
    folder = writable_folder(args.out.parent)
    frame.to_parquet(folder / args.out.name, index=False)
    console.say(f"{len(frame)} rows: {args.out}")
    return {"out": str(args.out), "rows": len(frame), "respondents": int(frame["respondent_id"].nunique())}


def _simulate_options(command: argparse.ArgumentParser) -> None:
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
    add_source(command)
    command.add_argument(
        "--respondents",
        choices=["test", "train"],
        default="test",
        help="test: the held-out respondents, those of the validation part included, as the temperature is "
        "chosen on them; train: also those the model was taught, for their predictions (test)",
    )


def _compare_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--temperature", metavar="T|auto|by_type", type=temperature, default="auto")
    command.add_argument("--decoder", choices=["sampled", "expected", "greedy"], default="expected")
    command.add_argument("--by", metavar="COLUMN", help="demographic to break the comparison down by")


def _predictions_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("simulation", metavar="SIMULATION")
    command.add_argument("--out", metavar="FILE.parquet", type=Path, required=True)


COMMANDS = {
    "simulate": Command(simulate, _simulate_options),
    "compare": Command(compare, _compare_options),
    "predictions": Command(predictions, _predictions_options),
}
