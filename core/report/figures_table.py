"""Table of every figure of a comparison by its usual name, with its noise floor, baselines and ideal."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.comparison.comparison import Comparison, QuestionComparison, Summary

TOPLINE_FIGURES = {
    "kl": ("KL divergence, real to simulated (nats)", "0; real shares plus half an answer each"),
    "kl_reverse": ("KL divergence, simulated to real (nats)", "0; punishes answers nobody gives"),
    "js": ("Jensen-Shannon divergence (nats)", "0; the same in both directions"),
    "tv": ("Total variation", "0; share of answers that would have to move"),
    "w1": ("Wasserstein distance (of the scale)", "0; up to 0.10 is good; scales only"),
    "mean_shift": ("Mean shift (standard deviations)", "0; below 0.2 either way is good"),
    "sd_ratio": ("SD ratio, simulated over real", "1; below 1 opinions are too alike"),
    "sd_within": ("… of it within people", "what one person might answer"),
    "sd_between": ("… of it between people", "how much people differ"),
    "entropy_gap": ("Entropy gap (nats)", "0; below 0 the variety of answers has collapsed"),
    "simbench": ("SimBench score", "100; 40 is beyond published zero-shot models"),
}
INDIVIDUAL_FIGURES = {
    "nll": ("Negative log-likelihood (nats)", "low; surprise at the real answer"),
    "nll_permuted": ("… with profiles dealt out at random", "higher than the line above if profiles matter"),
    "spread": ("Spread between people (total variation)", "0: everybody is simulated alike"),
    "brier": ("Brier score", "low; squared error of probabilities"),
    "rps": ("Ranked probability score", "low; scales only"),
    "accuracy": ("Hit rate of the answer read", "high"),
    "rmse_expected": ("RMSE, expected answer (of the scale)", "low; the best a single number can do"),
    "rmse_sampled": ("RMSE, sampled answer (of the scale)", "low; sampling honestly costs 41 %"),
    "rmse_greedy": ("RMSE, likeliest answer (of the scale)", "low"),
    "rmse_of_sd": ("RMSE (standard deviations)", "below 1: better than guessing the mean"),
    "mae_scaled": ("Mean absolute error (of the scale)", "low"),
    "rank_correlation": ("Rank correlation", "1; 0 is no relation"),
}


def figures_table(
    comparison: Comparison,
    figures: Mapping[str, tuple[str, str]],
    column: str | None = None,
    baselines: Iterable[str] = ("training_marginals", "logistic_regression"),
) -> list[dict[str, Any]]:
    """One row per figure: the simulation, a perfect simulation, baselines, and where the figure should be.

    Parameters
    ----------
    comparison
        The figures.
    figures
        Which ones, in order: key -> name and direction; `TOPLINE_FIGURES` or `INDIVIDUAL_FIGURES`.
    column
        One question; None for the mean over questions.
    baselines
        Which ones stand beside it.

    Returns
    -------
    list of dict
        "Figure", "Simulated", "Perfect" (None where no floor is known), one entry per baseline, "Ideal".
        Figures the question does not have are left out.
    """
    found: QuestionComparison | Summary = next(
        (q for q in comparison.questions if q.column == column), comparison.overall
    )
    return [
        {
            "Figure": name,
            "Simulated": getattr(found.model, key),
            "Perfect": getattr(found.floor, key, None),
            **{baseline: getattr(found.baselines.get(baseline), key, None) for baseline in baselines},
            "Ideal": ideal,
        }
        for key, (name, ideal) in figures.items()
        if getattr(found.model, key, None) is not None
    ]
