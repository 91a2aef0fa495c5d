"""Does this survey support the paper's claim? A sentence per experiment, from its figures.

Differences within the noise of the test respondents decide nothing: half of the KL floor for KL, 0.005
of the scale for RMSE, 0.005 nats for NLL. One survey and one seed are no proof either way, and the
sentences say so by naming the figures.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.comparison.baselines import INSTALL_CATBOOST

RMSE_NOISE = 0.005
NLL_NOISE = 0.005
OPENINGS = {
    "supports": "Supported here.",
    "contradicts": "Not supported here.",
    "undecided": "Undecided here.",
}
Row = Mapping[str, Any]


def judge(key: str, rows: Sequence[Row]) -> tuple[str, str]:
    """Verdict ("supports", "contradicts" or "undecided") and sentence of one experiment."""
    judges = {
        "taught": lambda: _better(rows[0], rows[-1], "teaching"),
        "method": lambda: _method(rows),
        "size": lambda: _size(rows),
        "temperature": lambda: _temperature(rows),
        "penalty": lambda: _penalty(rows),
        "respondents": lambda: _respondents(rows),
        "baselines": lambda: _baselines(rows),
    }
    verdict, sentence = judges[key]()
    return verdict, f"{OPENINGS[verdict]} {sentence}"


def _better(before: Row, after: Row, what: str) -> tuple[str, str]:
    """Whether KL and RMSE fell by more than noise."""
    noise = 0.5 * (after["floor_kl"] or 0.0)
    kl = after["kl"] - before["kl"]
    found = [kl < -noise]
    rose = [kl > noise]
    text = f"KL {before['kl']:.4f} before and {after['kl']:.4f} after {what}"
    if before["rmse_scaled"] is not None and after["rmse_scaled"] is not None:
        rmse = after["rmse_scaled"] - before["rmse_scaled"]
        found.append(rmse < -RMSE_NOISE)
        rose.append(rmse > RMSE_NOISE)
        text += f"; RMSE {before['rmse_scaled']:.3f} and {after['rmse_scaled']:.3f} of the scale"
    verdict = "supports" if all(found) else "contradicts" if any(rose) else "undecided"
    return verdict, text + "."


def _method(rows: Sequence[Row]) -> tuple[str, str]:
    lora, qlora = rows[0], rows[1]
    worse = qlora["nll"] - lora["nll"]
    verdict = "supports" if worse < 0.01 else "contradicts" if worse > 0.03 else "undecided"
    return verdict, f"NLL {lora['nll']:.3f} with LoRA and {qlora['nll']:.3f} with QLoRA."


def _size(rows: Sequence[Row]) -> tuple[str, str]:
    before, after = rows[0::2], rows[1::2]
    gap_before, gap_after = before[0]["nll"] - before[-1]["nll"], after[0]["nll"] - after[-1]["nll"]
    verdict = "undecided" if gap_before < 0.01 else "supports" if gap_after < gap_before else "contradicts"
    return verdict, (
        f"The largest model's lead over the smallest is {gap_before:.3f} nats per answer before teaching and "
        f"{gap_after:.3f} after."
    )


def _temperature(rows: Sequence[Row]) -> tuple[str, str]:
    best = min(rows, key=lambda row: row["kl"])
    scored = [row for row in rows if row["rmse_scaled"] is not None]
    if not scored:
        return "undecided", "Without a scale or number, individual error cannot be measured."
    nearest = min(scored, key=lambda row: row["rmse_scaled"])
    low, high = nearest["x"], best["x"]
    verdict = "supports" if low < high else "contradicts" if low > high else "undecided"
    return verdict, (
        f"Individuals are matched best by {nearest['name']} (RMSE {nearest['rmse_scaled']:.3f}), the "
        f"population by {best['name']} (KL {best['kl']:.4f})."
    )


def _penalty(rows: Sequence[Row]) -> tuple[str, str]:
    none = rows[0]
    distance = [row for row in rows if row["name"].startswith("distance")]
    best = min(distance, key=lambda row: row["rmse_scaled"])
    rps = next(row for row in rows if row["name"] == "RPS")
    gain = none["rmse_scaled"] - best["rmse_scaled"]
    verdict = "supports" if gain > RMSE_NOISE else "contradicts" if gain < -RMSE_NOISE else "undecided"
    return verdict, (
        f"RMSE {none['rmse_scaled']:.3f} without a penalty, {best['rmse_scaled']:.3f} with the best distance "
        f"penalty and {rps['rmse_scaled']:.3f} with RPS; their spread is {none['sd_ratio']:.2f}, "
        f"{best['sd_ratio']:.2f} and {rps['sd_ratio']:.2f} times the real one."
    )


def _respondents(rows: Sequence[Row]) -> tuple[str, str]:
    first, middle, last = rows[0]["nll"], rows[len(rows) // 2]["nll"], rows[-1]["nll"]
    falls = first - last > 0.005
    verdict = "supports" if falls and first - middle >= middle - last else "undecided"
    if last - first > 0.005:
        verdict = "contradicts"
    names = [rows[0]["name"], rows[len(rows) // 2]["name"], rows[-1]["name"]]
    return verdict, (
        f"NLL {first:.3f} with {names[0]} respondents, {middle:.3f} with {names[1]} and {last:.3f} with "
        f"{names[2]}."
    )


def _baselines(rows: Sequence[Row]) -> tuple[str, str]:
    model, simpler = rows[0], rows[1:]
    best = min((row for row in simpler if row["nll"] is not None), key=lambda row: row["nll"])
    gain = best["nll"] - model["nll"]
    verdict = "supports" if gain > NLL_NOISE else "contradicts" if gain < -NLL_NOISE else "undecided"
    text = (
        f"NLL {model['nll']:.3f} for the taught model, {best['nll']:.3f} for the best other ({best['name']})"
    )
    scored = [row for row in simpler if row["rmse_scaled"] is not None]
    if scored and model["rmse_scaled"] is not None:
        nearest = min(scored, key=lambda row: row["rmse_scaled"])
        errors = f"{model['rmse_scaled']:.3f} and {nearest['rmse_scaled']:.3f} ({nearest['name']})"
        text += f"; RMSE {errors} of the scale"
    if not any(row["name"] == "CatBoost" for row in rows):
        text += f". CatBoost is not installed here: {INSTALL_CATBOOST} adds it"
    return verdict, text + "."
