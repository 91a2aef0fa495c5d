"""Verdict and sentence on the claim of each experiment, from its figures.

A difference counts when two things hold: its 95 % interval leaves out zero when the test respondents are
resampled (the same draws for every variant, see `core.experiments.resampled`), and it is larger than
what training the same model with another seed changes (`SMALLEST`, and half the noise floor for KL).
Everything else is undecided. One survey and one seed are no proof either way, and the sentences say so by
naming the figures.

Three seeds on the survey comma_2014 (embedded model, 100 steps) gave NLL 0.852 to 0.855, RMSE 0.2587 to
0.2592 of the scale, and KL 0.0033 to 0.0054 at a noise floor of 0.0046.
"""

from collections.abc import Callable, Sequence

from core.comparison.marginals import INSTALL_CATBOOST
from core.comparison.resampling import Interval
from core.experiments.resampled import Resampled, between
from core.experiments.row import ExperimentRow

SMALLEST = {"rmse_scaled": 0.005, "nll": 0.005}
"""Figure -> smallest difference that counts: share of the scale's length, nats per answer."""
MARGIN = 0.01
"""Nats per answer by which QLoRA may be worse and still count as hardly worse."""
OPENINGS = {
    "supports": "Supported here.",
    "contradicts": "Not supported here.",
    "undecided": "Undecided here.",
}
Rows = Sequence[ExperimentRow]
Conclusion = tuple[str, str]


def conclude(key: str, rows: Rows, resampled: Resampled) -> Conclusion:
    """Conclusion of one experiment: verdict ("supports", "contradicts" or "undecided") and sentence.

    Parameters
    ----------
    key
        Key in `core.experiments.design.EXPERIMENTS`.
    rows
        Figures of its variants, in order.
    resampled
        The same figures of the same variants under resampled respondents.
    """
    judges: dict[str, Callable[[Rows, Resampled], Conclusion]] = {
        "taught": _taught,
        "method": _method,
        "size": _size,
        "temperature": _temperature,
        "penalty": _penalty,
        "respondents": _respondents,
        "baselines": _baselines,
    }
    verdict, sentence = judges[key](rows, resampled)
    return verdict, f"{OPENINGS[verdict]} {sentence}"


def _sign(gap: Interval, smallest: float) -> int:
    """Sign of a difference (1 or -1) if it counts, 0 if it may be chance."""
    if gap.value is None or gap.low is None or gap.high is None or abs(gap.value) <= smallest:
        return 0
    return 1 if gap.low > 0 else -1 if gap.high < 0 else 0


def _smallest(figure: str, row: ExperimentRow) -> float:
    """Smallest difference of a figure that counts; of KL, half the noise floor."""
    return SMALLEST[figure] if figure in SMALLEST else 0.5 * (row.floor_kl or 0.0)


def _below(gap: Interval, limit: float) -> bool:
    """Whether the whole interval lies below a limit."""
    return gap.high is not None and gap.high < limit


def _number(value: float | None) -> float:
    """Figure that every variant of the experiment has, as a number."""
    assert value is not None
    return value


def _spelled(gap: Interval, digits: int = 3) -> str:
    """Difference with its interval, in words.

    >>> _spelled(Interval(-0.1573, -0.17, -0.1449))
    'difference -0.157, 95 % interval -0.170 to -0.145'
    """
    numbers = [0.0 if x is None else round(x, digits) + 0.0 for x in (gap.value, gap.low, gap.high)]
    value, low, high = (f"{x:.{digits}f}" for x in numbers)  # + 0.0: no minus before a rounded zero
    return f"difference {value}, 95 % interval {low} to {high}"


def _taught(rows: Rows, resampled: Resampled) -> Conclusion:
    """Fine-tuned against base model: KL and RMSE both have to fall; one that rises contradicts."""
    before, after = rows[0], rows[-1]
    signs, parts = [], []
    for figure, name, digits in (("kl", "KL", 4), ("rmse_scaled", "RMSE (of the scale)", 3)):
        # negative: closer after fine-tuning; without ordered questions RMSE has no value and KL decides
        gap = resampled.gap(after.name, before.name, figure)
        if gap.value is not None:
            signs.append(_sign(gap, _smallest(figure, after)))
            was, now = getattr(before, figure), getattr(after, figure)
            pair = f"{was:.{digits}f} before and {now:.{digits}f} after teaching"
            parts.append(f"{name} {pair} ({_spelled(gap, digits)})")
    verdict = "supports" if set(signs) == {-1} else "contradicts" if 1 in signs else "undecided"
    lead = {
        "supports": "Teaching brings toplines and individual answers closer to the real ones.",
        "contradicts": "Teaching takes answers away from the real ones in at least one of the two.",
        "undecided": "Teaching does not surely improve both toplines and individual answers.",
    }
    return verdict, f"{lead[verdict]} {'; '.join(parts)}."


def _method(rows: Rows, resampled: Resampled) -> Conclusion:
    """QLoRA against LoRA: a test of non-inferiority, the whole interval on one side of the margin."""
    lora, qlora = rows[0], rows[1]
    gap = resampled.gap(qlora.name, lora.name, "nll")
    worse = gap.low is not None and gap.low > MARGIN
    verdict = "supports" if _below(gap, MARGIN) else "contradicts" if worse else "undecided"
    lead = {
        "supports": "QLoRA predicts individuals hardly worse than LoRA, if at all.",
        "contradicts": "QLoRA predicts individuals clearly worse than LoRA.",
        "undecided": "QLoRA may or may not be worse than LoRA: these respondents cannot tell.",
    }
    text = (
        f"{lead[verdict]} "
        f"NLL {qlora.nll:.3f} with QLoRA and {lora.nll:.3f} with LoRA ({_spelled(gap)}; up to "
        f"{MARGIN:g} counts as hardly worse)"
    )
    if qlora.weights_mb and lora.weights_mb:
        sizes = f"{qlora.weights_mb:,.1f} MB with QLoRA and {lora.weights_mb:,.1f} MB with LoRA"
        text += f". The base model takes {sizes}"
    return verdict, text + "."


def _size(rows: Rows, resampled: Resampled) -> Conclusion:
    """Lead in NLL of the largest over the smallest model, for base and fine-tuned models."""
    # rows are pairs (base, fine-tuned) by size, the smallest model first
    names = [row.name for row in rows]
    (small, large), (small_taught, large_taught) = (names[0], names[-2]), (names[1], names[-1])
    before, after = (
        resampled.gap(one, other, "nll") for one, other in ((small, large), (small_taught, large_taught))
    )
    # change of the lead, fine-tuned minus base, within each replicate: (1 + B,)
    grows = between(
        resampled.values[small_taught]["nll"]
        - resampled.values[large_taught]["nll"]
        - resampled.values[small]["nll"]
        + resampled.values[large]["nll"]
    )
    leads, more = _sign(before, SMALLEST["nll"]), _sign(grows, SMALLEST["nll"])
    shrinks = leads == 1 and more == -1
    verdict = "undecided" if 0 in (leads, more) else "supports" if shrinks else "contradicts"
    than = {1: "better than", -1: "worse than", 0: "about as well as"}[leads]
    then = {1: "gains ground on it", -1: "loses ground to it", 0: "does not surely gain or lose ground"}[more]
    return verdict, (
        f"Before teaching the largest model predicts individuals {than} the smallest; by teaching it {then}. "
        f"Its lead, in nats per answer: {before.value:.3f} before and {after.value:.3f} after "
        f"({_spelled(grows)})."
    )


def _temperature(rows: Rows, resampled: Resampled) -> Conclusion:
    """Best temperatures for KL and for RMSE of sampled answers; each has to win its own measure."""
    sampled = [row for row in rows if row.x is not None and row.rmse_scaled is not None]
    if not sampled:
        return "undecided", "Without a scale or number, individual error cannot be measured."
    population = min(sampled, key=lambda row: _number(row.kl))
    individual = min(sampled, key=lambda row: _number(row.rmse_scaled))
    # each optimum was picked among all temperatures: intervals are corrected for that many comparisons
    looks = len(sampled) - 1
    gaps = [
        resampled.gap(population.name, individual.name, "rmse_scaled", looks),
        resampled.gap(individual.name, population.name, "kl", looks),
    ]
    sure = all(
        _sign(gap, _smallest(figure, population)) == 1
        for gap, figure in zip(gaps, ("rmse_scaled", "kl"), strict=True)
    )
    lower = _number(individual.x) < _number(population.x)
    verdict = "undecided" if not sure else "supports" if lower else "contradicts"
    lead = {
        "supports": "A lower temperature matches individuals better, a higher one the population.",
        "contradicts": "It is the other way round: a higher temperature matches individuals better.",
        "undecided": "The best temperatures for individuals and for the population do not surely differ.",
    }
    text = (
        f"{lead[verdict]} "
        f"Of the sampled answers, individuals are matched best at temperature {individual.x:g} (RMSE "
        f"{individual.rmse_scaled:.3f}, KL {individual.kl:.4f}), the population at "
        f"{population.x:g} (RMSE {population.rmse_scaled:.3f}, KL {population.kl:.4f})"
    )
    for row in rows:
        if row.x is None:
            text += f"; {row.name}: RMSE {row.rmse_scaled:.3f}, KL {row.kl:.4f}"
    return verdict, text + "."


def _penalty(rows: Rows, resampled: Resampled) -> Conclusion:
    """Best of the distance penalties against none, by RMSE, corrected for picking the best."""
    none, rps = rows[0], next(row for row in rows if row.name == "RPS")
    distance = [row for row in rows if row.name.startswith("distance")]
    best = min(distance, key=lambda row: _number(row.rmse_scaled))
    gap = resampled.gap(best.name, none.name, "rmse_scaled", looks=len(distance))
    sign = _sign(gap, SMALLEST["rmse_scaled"])
    verdict = "supports" if sign < 0 else "contradicts" if sign > 0 else "undecided"
    lead = {
        "supports": "A penalty on the distance brings answers closer to the true numbers.",
        "contradicts": "Penalties on the distance take answers away from the true numbers.",
        "undecided": "A penalty on the distance changes the error of numeric answers by no more than chance.",
    }
    return verdict, (
        f"{lead[verdict]} "
        f"RMSE {none.rmse_scaled:.3f} without a penalty and {best.rmse_scaled:.3f} with the best of "
        f"{len(distance)} distance penalties ({best.name}; {_spelled(gap)}), {rps.rmse_scaled:.3f} "
        f"with RPS. Spread of the answers against the real one: {none.sd_ratio:.2f}, "
        f"{best.sd_ratio:.2f} and {rps.sd_ratio:.2f}."
    )


def _respondents(rows: Rows, resampled: Resampled) -> Conclusion:
    """Number of respondents: first against last NLL, and gain per respondent in either half of the range."""
    first, middle, last = rows[0], rows[len(rows) // 2], rows[-1]
    # (1 + B,) per row: slopes are compared within each replicate
    nll = {row.name: resampled.values[row.name]["nll"] for row in (first, middle, last)}
    helps = _sign(resampled.gap(first.name, last.name, "nll"), SMALLEST["nll"])
    early = (nll[first.name] - nll[middle.name]) / (_number(middle.x) - _number(first.x))
    late = (nll[middle.name] - nll[last.name]) / (_number(last.x) - _number(middle.x))
    # positive: an early respondent gains more than a late one, returns diminish
    bends = _sign(between(early - late), 0.0)
    verdict = "supports" if helps > 0 and bends > 0 else "undecided"
    if helps < 0 or (helps > 0 and bends < 0):
        verdict = "contradicts"
    how = {
        1: ", by less and less",
        0: "; whether by less and less is within chance",
        -1: ", by more and more",
    }
    found = {1: f"More respondents help{how[bends]}", 0: "Whether more respondents help is within chance"}
    reason = found.get(helps, "More respondents do harm")
    steps = ", ".join(f"{row.nll:.3f} with {row.name}" for row in rows)
    gains = [f"{100 * float(gain[0]):.4f}" for gain in (early, late)]
    total = _spelled(resampled.gap(last.name, first.name, "nll"))
    return verdict, (
        f"{reason}. NLL {steps} respondents (from first to last: {total}). 100 more respondents gain "
        f"{gains[0]} nats up to {middle.name} and {gains[1]} beyond."
    )


def _baselines(rows: Rows, resampled: Resampled) -> Conclusion:
    """Model against baselines, by NLL: better than the best of them, or worse than any."""
    model, simpler = rows[0], rows[1:]
    known = [row for row in simpler if row.nll is not None]
    best = min(known, key=lambda row: _number(row.nll))
    sign = _sign(resampled.gap(best.name, model.name, "nll"), SMALLEST["nll"])
    # any baseline may win: corrected for looking at all of them
    beaten = any(
        _sign(resampled.gap(row.name, model.name, "nll", looks=len(known)), SMALLEST["nll"]) < 0
        for row in known
    )
    verdict = "contradicts" if beaten else "supports" if sign > 0 else "undecided"
    lead = {
        "supports": "The taught model predicts individuals better than every other method.",
        "contradicts": "Another method predicts individuals better than the taught model.",
        "undecided": "Between the taught model and the best other method the difference may be chance.",
    }
    text = (
        f"{lead[verdict]} "
        f"NLL {model.nll:.3f} for the taught model and {best.nll:.3f} for the best other "
        f"({best.name}; {_spelled(resampled.gap(model.name, best.name, 'nll'))})"
    )
    scored = [row for row in simpler if row.rmse_scaled is not None]
    if scored and model.rmse_scaled is not None:
        nearest = min(scored, key=lambda row: _number(row.rmse_scaled))
        errors = f"{model.rmse_scaled:.3f} and {nearest.rmse_scaled:.3f} ({nearest.name})"
        text += f"; RMSE {errors} of the scale"
    if not any(row.name == "CatBoost" for row in rows):
        text += f". CatBoost is not installed here: {INSTALL_CATBOOST} adds it"
    return verdict, text + "."
