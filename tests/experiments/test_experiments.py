"""What the experiments compare, what they conclude, and one run for real on a small survey."""

import os
import shutil
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from core.comparison.accuracy import Decoder
from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.errors import ModelError, RecipeError
from core.experiments import score_cache, worker
from core.experiments import variants as variants_module
from core.experiments.conclusion import conclude
from core.experiments.design import EXPERIMENTS, find_experiment
from core.experiments.job import prepare_experiment
from core.experiments.plan import plan_experiment
from core.experiments.resampled import Predictions, Resampled, resample
from core.experiments.row import ExperimentResult, ExperimentRow
from core.experiments.score_cache import cache_key
from core.experiments.variants import Variant, variants
from core.jobs.folder import JobState
from core.jobs.reporting import EXIT_CANCELLED, EXIT_USER, run_worker
from core.report.experiment_chart import experiment_chart
from core.report.specification import to_specification
from core.report.tables import experiment_table
from core.survey.respondents import SurveyData
from core.tuning.data_parallel import can_fork
from core.tuning.recipe import Recipe
from tests.models.tiny import llama, tokenizer
from tests.tuning.cars_survey import cars


def row(name, kl=0.1, rmse=0.3, nll=1.0, x=None, sd=1.0, floor=0.01):
    figures = {"kl": kl, "rmse_scaled": rmse, "nll": nll, "sd_ratio": sd, "floor_kl": floor}
    return ExperimentRow(name, x, **figures)


def drawn(rows, noise=1e-4):
    """Replicates that scatter around every figure, independently."""
    rng = np.random.default_rng(0)
    return Resampled(
        {
            r.name: {
                figure: np.r_[getattr(r, figure), getattr(r, figure) + noise * rng.standard_normal(500)]
                for figure in ("kl", "rmse_scaled", "nll")
                if getattr(r, figure) is not None
            }
            for r in rows
        }
    )


@pytest.mark.parametrize("key", ["taught", "method", "temperature", "penalty", "respondents"])
def test_variants_differ_in_what_is_examined_and_in_nothing_else(key):
    planned = variants(find_experiment(key), Recipe(seed=7), cars())
    assert len({v.name for v in planned}) == len(planned) >= 2
    changed = {
        "method": {"adapter"},
        "penalty": {"penalty", "penalty_weight", "penalty_slope", "penalty_width"},
    }
    reference = planned[0].recipe.to_dict()
    for variant in planned:
        recipe = variant.recipe.to_dict()
        assert {k for k in recipe if recipe[k] != reference[k]} <= changed.get(key, set())


def test_sizes_need_a_second_model_on_this_machine(monkeypatch):
    monkeypatch.setattr(variants_module, "local_folder", lambda base: base if base.is_local else None)
    with pytest.raises(RecipeError, match="Only one base model"):
        variants(find_experiment("size"), Recipe(), cars())


@pytest.mark.parametrize(
    ("key", "rows", "verdict"),
    [
        ("taught", [row("before", kl=0.2, rmse=0.4), row("after", kl=0.05, rmse=0.3)], "supports"),
        ("taught", [row("before", kl=0.2, rmse=0.3), row("after", kl=0.05, rmse=0.301)], "undecided"),
        ("taught", [row("before", kl=0.05), row("after", kl=0.2)], "contradicts"),
        ("taught", [row("before", kl=0.014), row("after", kl=0.01, rmse=0.2)], "undecided"),  # half a floor
        ("taught", [row("before", kl=0.2, rmse=None), row("after", kl=0.1, rmse=None)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.005)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.01)], "undecided"),  # astride the margin
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.1)], "contradicts"),
        ("temperature", [row("a", kl=0.3, rmse=0.2, x=0.25), row("b", x=1.0)], "supports"),
        ("temperature", [row("a", kl=0.102, rmse=0.2, x=0.25), row("b", x=1.0)], "undecided"),
        (
            "temperature",
            [row("a", kl=0.1, x=0.25), row("b", kl=0.3, rmse=0.2, x=1.0), row("greedy", kl=0.0, rmse=0.0)],
            "contradicts",  # what is not sampled has no temperature
        ),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.25)], "supports"),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.298)], "undecided"),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.35)], "contradicts"),
        (
            "respondents",
            [row("20", nll=1.2, x=20), row("50", nll=1.1, x=50), row("100", nll=1.05, x=100)],
            "supports",
        ),
        (
            "respondents",  # 0.002 nats a respondent, then 0.004
            [row("20", nll=1.2, x=20), row("50", nll=1.14, x=50), row("100", nll=0.94, x=100)],
            "contradicts",
        ),
        (
            "respondents",
            [row("20", nll=1.0, x=20), row("50", nll=1.0, x=50), row("100", nll=1.1, x=100)],
            "contradicts",
        ),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("SVR", nll=None)], "supports"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("b", nll=1.0)], "contradicts"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.104)], "undecided"),
        (
            "size",
            [row("s", nll=1.5), row("s!", nll=1.1), row("l", nll=1.2), row("l!", nll=1.05)],
            "supports",
        ),
        (
            "size",
            [row("s", nll=1.5), row("s!", nll=1.5), row("l", nll=1.2), row("l!", nll=1.05)],
            "contradicts",
        ),
    ],
)
def test_verdicts_follow_the_figures(key, rows, verdict):
    found, sentence = conclude(key, rows, drawn(rows))
    assert found == verdict
    opening = {"supports": "Supported", "contradicts": "Not supported", "undecided": "Undecided"}[verdict]
    assert sentence.startswith(f"{opening} here. ")
    first, figures = sentence.removeprefix(f"{opening} here. ").split(".", 1)  # in plain words, then figures
    assert not any(c.isdigit() for c in first) and any(c.isdigit() for c in figures)


@pytest.mark.parametrize(
    ("lead_before", "lead_after", "words"),
    [
        (0.3, 0.05, "better than the smallest; by teaching it loses ground to it"),
        (0.3, 0.6, "better than the smallest; by teaching it gains ground on it"),
        (-0.05, 0.3, "worse than the smallest; by teaching it gains ground on it"),
        (0.0, 0.0, "about as well as the smallest; by teaching it does not surely gain or lose ground"),
    ],
)
def test_what_becomes_of_a_lead_is_said_in_words(lead_before, lead_after, words):
    rows = [
        row("s", nll=1.5),
        row("s!", nll=1.1),
        row("l", nll=1.5 - lead_before),
        row("l!", nll=1.1 - lead_after),
    ]
    assert words in conclude("size", rows, drawn(rows))[1]


def test_what_other_respondents_might_turn_around_is_undecided():
    rows = [row("taught", nll=1.1), row("a", nll=1.2)]
    assert conclude("baselines", rows, drawn(rows, noise=0.02))[0] == "supports"
    assert conclude("baselines", rows, drawn(rows, noise=0.08))[0] == "undecided"


def test_the_best_of_several_needs_a_clearer_difference():
    rows = [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.28)]
    more = [*rows, *(row(f"distance {k}") for k in range(9))]
    assert conclude("penalty", rows, drawn(rows, noise=0.006))[0] == "supports"
    assert conclude("penalty", more, drawn(more, noise=0.006))[0] == "undecided"


def test_resampled_figures_begin_with_those_of_the_comparison():
    data = cars().part("test")
    rng = np.random.default_rng(0)
    tables = {i.key: np.log(rng.dirichlet(np.ones(len(i.answers)), len(data))) for i in data.items}
    readings = {d: Predictions(tables, 0.7, d) for d in Decoder}
    found = resample(data, readings, find_experiment("temperature"))
    for decoder in Decoder:
        compared = compare(data, tables, {}, 0.7, decoder)
        values = found.values[decoder]
        for figure in ("kl", "nll"):
            assert values[figure][0] == pytest.approx(getattr(compared.overall.model, figure))
        errors = [q.model.rmse_scaled for q in compared.questions if q.model.rmse_scaled is not None]
        assert errors and values["rmse_scaled"][0] == pytest.approx(np.mean(errors))
    gap = found.gap(Decoder.SAMPLED, Decoder.EXPECTED, "rmse_scaled")
    assert 0 < gap.low < gap.value < gap.high  # sampling always costs, whoever is drawn
    wider = found.gap(Decoder.SAMPLED, Decoder.EXPECTED, "rmse_scaled", looks=10)
    assert wider.low < gap.low and wider.high > gap.high


def run(tmp_path, key, recipe, data=None):
    folder = prepare_experiment(tmp_path, data or cars(), find_experiment(key), recipe, "s1")
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    return folder


@pytest.mark.slow
def test_an_experiment_runs_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    recipe = Recipe(steps=20, rank=4, targets="individual")
    folder = prepare_experiment(tmp_path, cars(), find_experiment("method"), recipe, "s1")
    make, made = worker._make, []

    def killed_in_the_second(variant, *args):
        if made:
            raise KeyboardInterrupt
        made.append(variant.name)
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", killed_in_the_second)
    assert run_worker(str(folder.path), worker.main) != 0
    assert folder.status().state is JobState.FAILED and not folder.result()

    def the_second_only(variant, *args):
        assert variant.name not in made
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", the_second_only)
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    result = folder.result()
    assert [r["name"] for r in result["rows"]] == ["LoRA", "QLoRA"]
    assert list(result) == ["experiment", "rows", "verdict", "sentence"]
    assert list(result["rows"][0]) == (
        "name x kl rmse_scaled nll sd_ratio floor_kl temperature weights_mb seconds".split()
    )
    assert ExperimentResult.from_dict(result).to_dict() == result
    assert folder.status().state is JobState.DONE
    assert not list(folder.checkpoints.iterdir())  # scores are known: nothing to go on from


@pytest.mark.slow
@pytest.mark.skipif(not can_fork(), reason="needs forked processes")
def test_models_are_taught_on_every_core_to_the_same_result(tmp_path, monkeypatch):
    recipe = Recipe(steps=6, rank=2, adapter="lora", targets="individual")
    found = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        workers, counts = worker.DataParallelWorkers, tmp_path / f"{cores}.txt"

        def counted(*args, workers=workers, counts=counts):
            made = workers(*args)
            counts.write_text(str(len(made)))
            return made

        monkeypatch.setattr(worker, "DataParallelWorkers", counted)
        folder = run(tmp_path / str(cores), "temperature", recipe)
        monkeypatch.setattr(worker, "DataParallelWorkers", workers)
        assert counts.read_text() == str(cores - 1)  # written by the process of the model
        found.append(folder.result()["rows"])
    for one, several in zip(*found, strict=True):
        for figure in ("kl", "rmse_scaled", "nll"):
            assert several[figure] == pytest.approx(one[figure], rel=1e-3), one["name"]


def test_what_stops_the_process_of_a_model_is_told_and_a_cancelled_one_is_cancelled(tmp_path, monkeypatch):
    recipe = Recipe(steps=2, rank=2, targets="individual")

    def ended(reason):
        monkeypatch.setattr(worker, "_fine_tune", reason)
        folder = prepare_experiment(tmp_path, cars(), find_experiment("method"), recipe, "s1")
        return run_worker(str(folder.path), worker.main), folder.status()

    def fails(*_):
        raise ModelError("The model is no good.", fix="Take another.")

    code, status = ended(fails)
    assert code == EXIT_USER and "Take another." in status.error

    def asks_to_stop(_, score_cache, callback):
        score_cache.folder.cancel_flag.touch()
        callback.on_trained()

    code, status = ended(asks_to_stop)
    assert code == EXIT_CANCELLED and status.state is JobState.CANCELLED


@pytest.mark.slow
def test_an_experiment_keeps_what_it_took_from_one_that_is_deleted(tmp_path, monkeypatch):
    """Also while it still teaches its other models."""
    data, recipe = cars(), Recipe(steps=2, rank=2, targets="individual")
    other = run(tmp_path, "taught", recipe, data)
    make = worker._make

    def after_a_deletion(*args):
        shutil.rmtree(other.path, ignore_errors=True)
        make(*args)

    monkeypatch.setattr(worker, "_make", after_a_deletion)
    result = run(tmp_path, "method", recipe, data).result()
    assert [r["name"] for r in result["rows"]] == ["LoRA", "QLoRA"] and not other.path.exists()


@pytest.mark.slow
def test_every_experiment_runs_and_shares_the_models_of_the_others(tmp_path, monkeypatch):
    """The model taught as usual is in all of them; it is taught once."""
    cars().write(tmp_path)
    data = SurveyData.read(tmp_path)
    recipe = Recipe(steps=3, rank=2, targets="individual")
    tiny = tmp_path / "tiny"
    words = tokenizer()
    llama(len(words)).save_pretrained(tiny), words.save_pretrained(tiny)
    make, taught = worker._make, []

    def counted(variant, *args):
        taught.extend([variant.name] if variant.baseline is None else [])
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", counted)
    for experiment in EXPERIMENTS:
        if experiment.key == "size":
            continue
        planned = plan_experiment(tmp_path / "jobs", data, experiment, recipe)
        before = len(taught)
        result = run(tmp_path / "jobs", experiment.key, recipe, data).result()
        untaught = experiment.key == "taught"
        assert len(taught) - before == planned.teach + untaught
        assert result["verdict"] in ("supports", "contradicts", "undecided")
        names = [v.name for v in variants(experiment, recipe, data)]
        assert [r["name"] for r in result["rows"]] == names
    # before, taught; LoRA; none, mean, three lambdas, slope and width; 10, 25 and 50 per cent
    assert len(taught) == 2 + 1 + 6 + 3
    rows = run(tmp_path / "jobs", "size", replace(recipe, base=str(tiny)), data).result()["rows"]
    assert [r["name"].rpartition(", ")[2] for r in rows] == ["before", "taught"] * 2
    assert rows[0]["weights_mb"] < rows[2]["weights_mb"]  # the smallest first


def test_only_what_concerns_a_model_makes_it_another(monkeypatch):
    data = cars()
    taught = Variant("a", Recipe(seed=0))
    same = cache_key(taught, data)
    assert cache_key(replace(taught, name="b", x=3.0, temperature=0.5), data) == same
    changed = (
        replace(taught, recipe=Recipe(seed=1)),
        replace(taught, respondents=0.5),
        replace(taught, taught=False),
        replace(taught, baseline="svr"),
    )
    assert len({cache_key(variant, data) for variant in changed} | {same}) == 5
    assert cache_key(taught, cars(seed=1)) != same
    with monkeypatch.context() as later:
        later.setattr(score_cache, "CACHE_VERSION", score_cache.CACHE_VERSION + 1)
        assert cache_key(taught, data) != same
    before = Variant("before", Recipe(seed=0, steps=5), taught=False)
    assert cache_key(before, data) == cache_key(replace(before, recipe=Recipe(seed=1)), data)
    assert cache_key(before, data) != cache_key(replace(before, recipe=Recipe(adapter="lora")), data)


@pytest.mark.slow
def test_baselines_stand_beside_the_model_and_svr_only_where_there_is_a_scale(tmp_path):
    recipe = Recipe(steps=5, rank=4, targets="individual")
    data = cars()
    rows = {row["name"]: row for row in run(tmp_path, "baselines", recipe, data).result()["rows"]}
    assert {"taught model", "everybody like the average", "SVR", "logistic regression"} <= set(rows)
    assert "gradient boosting" in rows
    partial = any(not item.is_ordered for item in data.items)
    assert (rows["SVR"]["nll"] is None) is partial  # a mean over fewer questions would not compare
    assert 0 < rows["SVR"]["rmse_scaled"] < 1
    test, train = data.part("test"), data.part("train")
    tables = fit_baselines(train, data.part("validation"), test.profiles, ("logistic_regression",))
    expected = compare(test, tables["logistic_regression"], {}).overall.model
    for figure in ("kl", "nll"):
        assert rows["logistic regression"][figure] == pytest.approx(getattr(expected, figure))


@pytest.mark.skipif(find_spec("catboost") is not None, reason="CatBoost is installed")
def test_without_catboost_the_outcome_and_the_error_name_the_line_that_installs_it():
    rows = [row("taught model", nll=1.0), row("logistic regression", nll=1.1)]
    verdict, sentence = conclude("baselines", rows, drawn(rows))
    assert verdict == "supports" and sentence.endswith("pip install -r requirements-baselines.txt adds it.")
    data = cars()
    with pytest.raises(ModelError, match="pip install -r requirements-baselines.txt"):
        fit_baselines(data.part("train"), data.part("validation"), data.profiles, ("catboost",))


def test_fewer_respondents_are_part_of_more_and_nobody_else_is_left_out():
    data = cars()
    few, more = (worker._with_fewer(data, share, seed=0) for share in (0.25, 0.5))
    assert len(few.part("train")) == 42 and len(more.part("train")) == 84  # of 168
    assert set(few.ids) <= set(more.ids)
    assert len(few.part("test")) == len(data.part("test"))


def test_the_chart_has_a_panel_per_measure_labels_and_the_floor():
    bars = to_specification(experiment_chart([row("a"), row("b")], "Before and after"))
    kl, rmse, nll = bars["vconcat"]
    assert [p["layer"][0]["mark"]["type"] for p in (kl, rmse, nll)] == ["bar", "rule", "rule"]
    assert [p["layer"][1]["mark"]["type"] for p in (rmse, nll)] == ["point", "point"]
    assert nll["title"]["text"] == "Individuals: NLL (nats per answer); lower is better"
    assert [v["name"] for v in kl["data"]["values"]] == ["a", "b"]
    assert kl["layer"][2]["data"]["values"][0]["value"] == 0.01 and len(rmse["layer"]) == 3
    assert "a KL 0.100, RMSE 0.300, NLL 1.000; b" in bars["description"]
    ordered = to_specification(experiment_chart([row("a")], "Penalty", ordered_only=True))
    assert "of scales and numbers; lower is better" in ordered["vconcat"][0]["title"]["text"]
    rows = [row("10", x=10, rmse=None)]
    line = to_specification(experiment_chart(rows, "Respondents", axis="Training respondents"))
    (point,) = line["vconcat"][0]["data"]["values"]
    assert not point["low"]  # KL 0.1 at a floor of 0.01
    assert len(line["vconcat"]) == 2 and line["vconcat"][1]["layer"][0]["mark"]["type"] == "line"


def test_temperatures_are_a_curve_of_toplines_against_individuals():
    rows = [row("sampled at 1", x=1.0), row("greedy")]
    chart = experiment_chart(rows, "Temperature", axis="Temperature", curve=True)
    (curve,) = to_specification(chart)["vconcat"]
    assert [v["label"] for v in curve["data"]["values"]] == ["1", "greedy"]
    without = experiment_chart([row("a", x=1.0, rmse=None)], "Temperature", axis="Temperature", curve=True)
    assert len(without.vconcat) == 2  # no scale, no curve


def test_the_table_has_headings_for_people_and_no_empty_column():
    (shown,) = experiment_table([row("a", rmse=None)])
    assert list(shown) == ["Variant", "KL (nats)", "KL / noise floor", "NLL (nats)", "Spread"]
    assert shown["KL / noise floor"] == pytest.approx(10)


def test_every_experiment_names_its_claim():
    assert all(e.claim.endswith(".") and e.title for e in EXPERIMENTS)
    with pytest.raises(RecipeError, match="no such experiment"):
        find_experiment("scaling")
