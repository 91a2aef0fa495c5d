"""The noise that is taken out of group differences: in groups that do not differ nothing is left."""

import numpy as np
import pandas as pd
import pytest

from core.comparison.subgroups import _Group, _slope, _sums, subgroups
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData
from tests.comparison.fitted_methods import CAR, METHODS, TEST
from tests.skewed_survey import skewed_survey
from tests.weighted_case import PROBABILITY

CODEBOOK = Codebook(
    "Two groups",
    (Demographic("sex", "Sex", ("W", "M")),),
    (Question("q", "Do you?", QuestionType.SINGLE, ("Yes", "No")),),
)
(ITEM,) = CODEBOOK.items
N, YES = 240, 0.3
GROUPS = [_Group("sex", "Sex", sex, np.arange(N) % 2 == k) for k, sex in enumerate("WM")]


def drawn(rng, weights):
    """Answers that do not depend on the group."""
    return SurveyData(
        CODEBOOK,
        np.arange(N).astype(str),
        pd.DataFrame({"sex": np.tile(["W", "M"], N // 2)}, dtype="str"),
        pd.DataFrame({"q": (rng.random(N) >= YES).astype("int16")}),
        weights,
        np.full(N, "test", dtype=object),
    )


@pytest.mark.parametrize("spread", [0.0, 0.8])
def test_groups_that_do_not_differ_have_no_differences_left_after_their_noise(spread):
    """Half of everybody differs from everybody by p (1 - p) (2 / n - 1 / n), n the effective base.

    In units of that, the mean over samples must be 0: it is -1 if the part shared with everybody is
    forgotten; and it is +1 in the replicates, which have the noise twice, if it is taken out once.
    """
    rng = np.random.default_rng(1)
    tables, found, unit = {"q": np.full((N, 2), 0.5)}, [], []
    for _ in range(400):
        weights = np.exp(spread * rng.normal(0, 1, N))
        counts = rng.multinomial(N, np.full(N, 1 / N), 20)
        sums = _sums(
            drawn(rng, weights), [ITEM], tables, GROUPS, np.concatenate([np.ones((1, N)), counts]) * weights
        )
        found.append([sums[0, 1], sums[1:, 1].mean()])
        unit.append(YES * (1 - YES) * (weights**2).sum() / weights.sum() ** 2)
    own, replicates = np.mean(found, axis=0) / np.mean(unit)
    assert own == pytest.approx(0, abs=0.3)
    assert replicates == pytest.approx(0, abs=0.4)


def test_a_group_difference_by_hand():
    """80 women, 60 say yes; 40 men, 10 say yes. Everybody: 70 of 120."""
    data = SurveyData(
        CODEBOOK,
        np.arange(120).astype(str),
        pd.DataFrame({"sex": ["W"] * 80 + ["M"] * 40}, dtype="str"),
        pd.DataFrame({"q": np.r_[np.zeros(60), np.ones(20), np.zeros(10), np.ones(30)].astype("int16")}),
        np.ones(120),
        np.full(120, "test", dtype=object),
    )
    women = (data.profiles["sex"] == "W").to_numpy()
    model = np.where(women, 0.6, 0.5)[:, None] * [1, -1] + [0, 1]
    figures = subgroups(data, [ITEM], {"model": {"q": model}})
    # everybody says yes with 70/120 and is simulated with (80 * 0.6 + 40 * 0.5) / 120
    real = [60 / 80 - 70 / 120, 10 / 40 - 70 / 120]
    simulated = [0.6 - 68 / 120, 0.5 - 68 / 120]
    noise = [0.75 * 0.25 * (1 / 80 - 1 / 120), 0.25 * 0.75 * (1 / 40 - 1 / 120)]
    above = sum(n * r * s for n, r, s in zip((80, 40), real, simulated, strict=True))
    below = sum(n * (r**2 - e) for n, r, e in zip((80, 40), real, noise, strict=True))
    assert figures.methods["model"].slope == pytest.approx(above / below)
    assert figures.differences == pytest.approx(np.sqrt(below / 120))


def test_the_worst_group_is_the_one_furthest_above_its_floor_and_groups_count_by_their_base():
    data = skewed_survey()
    found = subgroups(data, list(data.items)[:3], {"model": PROBABILITY})
    shown = [g for g in found.groups if not g.suppressed]
    assert [g.option for g in found.groups if g.suppressed] == ["Island"]
    worst = max(shown, key=lambda g: g.methods["model"].tv - g.floor.tv)
    method = found.methods["model"]
    assert method.worst_group == f"{worst.label}: {worst.option}"
    assert method.worst_tv == worst.methods["model"].tv
    bases = [g.n_effective for g in shown]
    assert method.tv == pytest.approx(np.average([g.methods["model"].tv for g in shown], weights=bases))


def test_group_differences_have_slope_one_zero_or_two():
    flat, right = METHODS["training_marginals"]["car"], METHODS["logistic_regression"]["car"]
    mean = np.average(right, axis=0, weights=TEST.weights)
    twice = {"car": mean + 2 * (right - mean)}
    found = subgroups(TEST, CAR, {"right": {"car": right}, "flat": {"car": flat}, "twice": twice})
    slopes = {name: figures.slope for name, figures in found.methods.items()}
    assert slopes["flat"] == pytest.approx(0, abs=1e-9)
    assert slopes["right"] == pytest.approx(1, abs=0.25)
    assert slopes["twice"] == pytest.approx(2 * slopes["right"])
    assert found.methods["flat"].tv > found.methods["right"].tv


def test_small_groups_are_suppressed():
    rows = np.r_[
        np.flatnonzero(TEST.profiles["area"] == "City"),
        np.flatnonzero(TEST.profiles["area"] == "Country")[:9],
    ]
    few = TEST.take(rows)
    found = subgroups(few, CAR, {"model": {"car": METHODS["model"]["car"][rows]}}).groups
    country = next(g for g in found if g.option == "Country")
    assert country.suppressed and country.floor is None
    told = country.to_dict()
    assert told["suppressed"] is True and not {"floor", "model"} & told.keys()


def test_the_interval_of_a_slope_is_that_of_all_replicates_and_of_no_other():
    """The sample's slope is 14 / 2; those of 101 replicates are 0 to 100."""
    sums = np.column_stack([np.r_[14, 2 * np.arange(101.0)], np.full(102, 2.0)])
    assert _slope(sums) == pytest.approx((7, 2.5, 97.5))
    # a replicate in ten without a difference left could be chance
    sums[1:11, 1] = -1
    assert _slope(sums) == (None, None, None)
