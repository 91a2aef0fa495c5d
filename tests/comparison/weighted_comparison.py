"""The weighted functions of core.comparison, each as a case of tests/test_weight_two.py."""

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from core.comparison import accuracy, copula, regressors
from core.comparison.accuracy import Decoder
from core.comparison.association import associations, halves_agreement, real_variables, simulated_variables
from core.comparison.banner import SimulatedPeople, banner
from core.comparison.baselines import demographic_cells, fit_baselines
from core.comparison.calibration import calibration
from core.comparison.compare import compare, compare_by
from core.comparison.detection import detectability, draw_matched
from core.comparison.estimates import real_estimates, simulated_values
from core.comparison.fidelity import population_fidelity
from core.comparison.item_sweep import ItemSweep, respondents_sweep
from core.comparison.job import fitted_baselines
from core.comparison.marginals import SHARES, same_for_everyone
from core.comparison.measures import floor, measure, real_answers
from core.comparison.rectify import matched_weights, rectified_mean, rectify
from core.comparison.resampling import drawn_weights
from core.comparison.structure import structure
from core.comparison.stub import stub
from core.comparison.subgroups import subgroups
from core.comparison.sweep import population_sweep, sweep
from core.comparison.tradeoff import tradeoff_points
from core.comparison.transfer import design, effects, least_squares
from core.comparison.uncertainty import uncertainty
from core.survey.shares import effective_base, real_shares, smoothed_shares, training_marginals
from tests.skewed_survey import Sheets
from tests.weighted_case import DATA, MODEL, PEOPLE, PROBABILITY, TABLES, Case, per_person, without

ITEM = DATA.items[2]
"""Agreement: ordered, with a don't know."""
GIVEN = (DATA.answers[ITEM.key] >= 0).to_numpy() & (DATA.answers[ITEM.key] < 5).to_numpy()
SCALE = PROBABILITY[ITEM.key][:, :5] / PROBABILITY[ITEM.key][:, :5].sum(axis=1, keepdims=True)
BASED = ("kl", "kl_reverse", "kl_one_sampled_answer", "floor", "n_effective", "low", "high")
"""Figures behind which there is a number of respondents."""
COUNTS = ("n", "pairs", "respondents")
"""Plain counts of sheets."""


def _on_scale(figure):
    """A figure of people's probabilities, answers and weights, of those with an answer on the scale."""

    def figures(sheets: Sheets) -> object:
        data = sheets.data(DATA)
        rows = GIVEN[sheets.rows]
        answers, weights = data.answers[ITEM.key].to_numpy()[rows], data.weights[rows]
        return figure(SCALE[sheets.rows][rows], answers, weights)

    return figures


def _average(name, decoder=None):
    function, values = getattr(accuracy, name), np.arange(5.0)

    def figure(probability, answers, weights):
        if name == "rps":
            return function(probability, answers, weights, values)
        return function(probability, values[answers], weights, values, decoder)

    return _on_scale(figure)


def _compare(sheets: Sheets, **settings) -> dict:
    tables = {name: sheets.tables(table) for name, table in TABLES.items()}
    return compare(sheets.data(DATA), tables["logistic_regression"], tables, 0.8, **settings).to_dict()


def _compare_by(sheets: Sheets) -> dict:
    found = compare_by(sheets.data(DATA), sheets.tables(MODEL), "region", {})
    return without({option: group.to_dict() for option, group in found.items()}, *COUNTS)


def _sweep(sheets: Sheets) -> dict:
    found = sweep(sheets.data(DATA), sheets.tables(MODEL), temperatures=np.array([0.5, 1.0, 2.0]))
    return without(asdict(found), *COUNTS)


def _population_sweep(sheets: Sheets) -> dict:
    data, few = sheets.data(DATA), np.array([0.5, 1.0])
    found = population_sweep(DATA, sheets.tables(MODEL), weights=data.weights, temperatures=few)
    return asdict(found)


def _real_side_of_population(sheets: Sheets) -> dict:
    found = population_sweep(sheets.data(DATA), MODEL, temperatures=np.array([0.5, 1.0]))
    return without(asdict(found), *COUNTS)


def _banner(sheets: Sheets, exact: bool) -> list:
    data = sheets.data(DATA)
    people = SimulatedPeople(data.profiles, sheets.tables(MODEL), data.weights, np.ones(len(data)), True)
    found = banner(data, people, ["sex", "age"])
    return [
        [[row.label, row.real, row.simulated, *([] if exact else [row.margin, row.letters])]
         for row in table.rows] + ([] if exact else [table.weighted / data.weights.sum(), table.effective])
        for table in found.tables
    ]  # fmt: skip


def _banner_bases(sheets: Sheets) -> list:
    data = sheets.data(DATA)
    people = SimulatedPeople(data.profiles, sheets.tables(MODEL), data.weights, np.ones(len(data)))
    return [table.n for table in banner(data, people, ["region"]).tables]


def _estimates(sheets: Sheets, exact: bool) -> list:
    data, found = sheets.data(DATA), []
    counted = np.column_stack([np.ones(len(data), bool), data.profiles["sex"] == "Male"])
    for question in data.codebook.questions:
        for row in stub(question):
            real = real_estimates(row, data, counted)
            simulated = simulated_values(
                row, PROBABILITY[row.item.key][sheets.rows], counted * data.weights[:, None]
            )
            found.append([real.value, simulated, *([] if exact else [real.variance, real.base])])
    return found


def _associations(sheets: Sheets, corrected: bool) -> list:
    data, items = sheets.data(DATA), list(DATA.items)
    real = associations(real_variables(data, items), data.weights, corrected)
    probability = sheets.tables(PROBABILITY)
    return [real, associations(simulated_variables(data, items, probability), data.weights, corrected)]


def _calibration(sheets: Sheets, exact: bool) -> list:
    found = [asdict(b) for b in calibration(sheets.data(DATA), sheets.tables(PROBABILITY))]
    return without(found, *COUNTS, *(["margin"] if exact else []))


def _fitted(name: str):
    def figures(sheets: Sheets) -> dict:
        data = sheets.data(DATA)
        return fit_baselines(data.part("train"), data.part("validation"), PEOPLE, (name,))[name]

    return figures


def _svr(sheets: Sheets) -> list:
    """Expected answers: single numbers of a scale of 101 lie at the edge of the solver's accuracy."""
    ordered = {item.key: item.value_array for item in DATA.items if item.is_ordered}
    found = _fitted("svr")(sheets)
    return [np.exp(found[key]) @ np.nan_to_num(codes) for key, codes in ordered.items()]


def _fidelity(sheets: Sheets) -> list:
    found = population_fidelity(sheets.data(DATA), list(DATA.items), sheets.tables(PROBABILITY))
    return [asdict(score) for score in found]


def _subgroups(sheets: Sheets) -> dict:
    found = subgroups(sheets.data(DATA), list(DATA.items)[:3], {"model": sheets.tables(PROBABILITY)})
    return without(found.to_dict(), *COUNTS, "slope_low", "slope_high")  # the replicates are other draws


def _groups(sheets: Sheets) -> Sequence:
    return subgroups(sheets.data(DATA), list(DATA.items)[:1], {"model": sheets.tables(PROBABILITY)}).groups


def _rectify(sheets: Sheets) -> list:
    real = replace(sheets.data(DATA), split=np.full(len(sheets.rows), "test", dtype=object))
    people = {key: table[: len(PEOPLE)] for key, table in PROBABILITY.items()}
    found = rectify(real, sheets.tables(PROBABILITY), PEOPLE, people, np.ones(len(PEOPLE)))
    return [asdict(estimate) for estimate in found]


def _rectified_mean(probability, answers, weights):
    f, people = probability @ np.arange(5.0), np.arange(1.0, 4.0)
    return rectified_mean(answers.astype(float), f, weights, np.array([1.0, 2, 3]), people)


def _uncertainty(sheets: Sheets) -> dict:
    tables = {name: sheets.tables(table) for name, table in TABLES.items()}
    found = uncertainty(sheets.data(DATA), tables["demographic_cells"], tables, 0.8, replicates=20)
    drawn = ("floor", "question_floor")  # means over replicates, which are other draws
    return without(asdict(found), "low", "high", *drawn)


def _effects(sheets: Sheets) -> list:
    found = effects(sheets.data(DATA), list(DATA.items), {"model": sheets.tables(PROBABILITY)})
    return [found.real, found.simulated["model"]]


def _least_squares(sheets: Sheets) -> np.ndarray:
    data = sheets.data(DATA)
    x = design(DATA.profiles, DATA)[sheets.rows]
    return least_squares(x, PROBABILITY["owns"][sheets.rows, 0] + (data.answers["owns"] == 0), data.weights)[
        0
    ]


def _respondents_sweep(sheets: Sheets, exact: bool) -> list:
    data = sheets.data(DATA)
    answered = real_answers(ITEM, data.answers[ITEM.key].to_numpy(), data.weights)
    logprob = sheets.tables(MODEL)[ITEM.key][answered.rows]
    found = respondents_sweep(answered, logprob, {}, np.array([0.5, 1.0]), Decoder.EXPECTED)
    plain = [found.real, found.simulated, found.sd_ratio, dict(found.individual)]
    return plain if exact else [*plain, found.kl]


def _measure(sheets: Sheets, decoder: Decoder) -> list:
    data, found = sheets.data(DATA), []
    for item in data.items:
        real = real_answers(item, data.answers[item.key].to_numpy(), data.weights)
        figures = measure(real, MODEL[item.key][sheets.rows], 1.3, decoder)
        found.append([figures.to_dict(), floor(real).to_dict()])
    return found


EXACT = [
    Case("nll", (accuracy.nll,), _on_scale(lambda p, y, w: accuracy.nll(np.log(p), y, w))),
    Case("permuted nll", (accuracy.permuted_nll,),
         _on_scale(lambda p, y, w: accuracy.permuted_nll(np.log(p), y, w))),
    Case("brier", (accuracy.brier,), _on_scale(accuracy.brier)),
    Case("accuracy", (accuracy.accuracy,),
         _on_scale(lambda p, y, w: [accuracy.accuracy(p, y, w, d) for d in Decoder])),
    Case("rps", (accuracy.rps,), _average("rps")),
    *(Case(f"{name} {decoder}", (getattr(accuracy, name),), _average(name, decoder))
      for name in ("mean_squared_error", "mean_absolute_error") for decoder in Decoder),
    Case("rank correlation", (accuracy.rank_correlation,),
         _on_scale(lambda p, y, w: accuracy.rank_correlation(p @ np.arange(5.0), y.astype(float), w))),
    Case("real shares", (real_shares,), _on_scale(lambda p, y, w: real_shares(y, w, 5))),
    Case("compare", (compare,),
         lambda s: without(_compare(s), *BASED, *COUNTS)),
    Case("sweep", (sweep,), lambda s: without(_sweep(s), "kl", "floor_kl")),
    Case("population sweep, people", (population_sweep,), _population_sweep),
    Case("population sweep, respondents", (population_sweep,),
         lambda s: without(_real_side_of_population(s), "kl", "floor_kl")),
    Case("item sweep", (ItemSweep.real, ItemSweep.sd_ratio, respondents_sweep),
         lambda s: _respondents_sweep(s, True)),
    Case("banner", (banner,), lambda s: _banner(s, True)),
    Case("estimates", (real_estimates, simulated_values), lambda s: _estimates(s, True)),
    Case("associations", (associations, real_variables, simulated_variables),
         lambda s: _associations(s, False)),
    Case("calibration", (calibration,), lambda s: _calibration(s, True)),
    Case("least squares", (least_squares,), _least_squares),
    Case("effects", (effects,), _effects),
    Case("matched weights", (matched_weights,),
         lambda s: per_person(s, m := matched_weights(s.data(DATA), PEOPLE, np.ones(len(PEOPLE)))) / m.sum()),
]  # fmt: skip
"""Functions of who weighs how much, and of nothing else."""

BASES = [
    Case("effective base", (effective_base,), lambda s: effective_base(s.data(DATA).weights)),
    Case("compare", (compare,), lambda s: without(_compare(s), *COUNTS)),
    Case("compare, greedy", (compare,), lambda s: without(_compare(s, decoder="greedy"), *COUNTS)),
    Case("compare by", (compare_by,), _compare_by),
    *(Case(f"measure, {decoder}", (measure, floor, real_answers), lambda s, d=decoder: _measure(s, d))
      for decoder in Decoder),
    Case("sweep", (sweep,), _sweep),
    Case("population sweep, respondents", (population_sweep,), _real_side_of_population),
    Case("item sweep", (respondents_sweep,), lambda s: _respondents_sweep(s, False)),
    Case("banner", (banner,), lambda s: _banner(s, False)),
    Case("estimates", (real_estimates,), lambda s: _estimates(s, False)),
    Case("associations", (associations,), lambda s: _associations(s, True)),
    Case("calibration", (calibration,), lambda s: _calibration(s, False)),
    Case("training marginals", (training_marginals, smoothed_shares),
         lambda s: [training_marginals(s.data(DATA), item) for item in DATA.items]),
    Case("the same for everyone", (same_for_everyone,),
         lambda s: [same_for_everyone(name, s.data(DATA), 1) for name in SHARES]),
    Case("demographic cells", (demographic_cells, fit_baselines), _fitted("demographic_cells"), scale=False),
    Case("logistic regression", (regressors.fit,), _fitted("logistic_regression"), False, relative=1e-5),
    Case("svr", (regressors.fit,), _svr, scale=False, relative=0.005),
    Case("copula", (copula.Copula.__init__, copula.fit), _fitted("gaussian_copula"), scale=False),
    Case("fidelity", (population_fidelity,), _fidelity),
    Case("subgroups", (subgroups,), _subgroups),
    Case("rectified mean", (rectified_mean,), _on_scale(_rectified_mean)),
    Case("rectify", (rectify,), _rectify),
    Case("uncertainty", (uncertainty, drawn_weights), _uncertainty),
    Case("tradeoff", (tradeoff_points,),
         lambda s: [asdict(p) for p in tradeoff_points(s.data(DATA), s.tables(MODEL), {}, 1.0)]),
]  # fmt: skip
"""Functions that also know Kish's effective base. Not boosted trees: their leaves count sheets, see
tests/comparison/test_baselines.py."""

COUNTED = [
    Case("counts of compare", (compare,),
         lambda s: [[q.n, q.n_effective] for q in compare(s.data(DATA), s.tables(MODEL), {}).questions]),
    Case("counts of compare by", (compare_by,),
         lambda s: [g.n for g in compare_by(s.data(DATA), s.tables(MODEL), "region").values()]),
    Case("counts of the sweep", (sweep,),
         lambda s: [q.n for q in sweep(s.data(DATA), s.tables(MODEL)).questions]),
    Case("counts of the banner", (banner,), lambda s: _banner_bases(s)),
    Case("counts of the calibration", (calibration,),
         lambda s: [[b.pairs, b.respondents] for b in calibration(s.data(DATA), s.tables(PROBABILITY))]),
    Case("counts of subgroups", (subgroups,), lambda s: [g.n for g in _groups(s)]),
]  # fmt: skip
"""Counts of sheets; a sheet of weight 0 is none."""

EXCUSED = {
    detectability: "folds and leaves of the classifier count sheets; tests/comparison/test_detection.py",
    draw_matched: "draws one answer per sheet and reads no weights",
    halves_agreement: "halves the sheets at random; the associations of a half are tested here",
    structure: "hands the respondents on to associations, subgroups, effects, fidelity and detectability",
    design: "which categories are large enough to regress is a matter of sheets",
    fitted_baselines: "reads scores from files",
}
