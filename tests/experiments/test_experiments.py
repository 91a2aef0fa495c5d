"""What the experiments compare, what they conclude, and one run for real on a small survey."""

from importlib.util import find_spec

import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.errors import ModelError, RecipeError
from core.experiments import worker
from core.experiments.design import EXPERIMENTS, find_experiment, prepare_experiment, variants
from core.experiments.verdict import judge
from core.jobs.folder import JobState
from core.jobs.reporting import run_worker
from core.report.experiment_chart import experiment_chart
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars


def row(name, kl=0.1, rmse=0.3, nll=1.0, x=None, sd=1.0, floor=0.01):
    figures = {"kl": kl, "rmse_scaled": rmse, "nll": nll, "sd_ratio": sd, "floor_kl": floor}
    return {"name": name, "x": x, **figures}


@pytest.mark.parametrize("key", ["taught", "method", "temperature", "penalty", "respondents"])
def test_variants_differ_in_what_is_examined_and_in_nothing_else(key):
    planned = variants(find_experiment(key), Recipe(seed=7), n_train=200)
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
    from core.experiments import design

    monkeypatch.setattr(design, "local_folder", lambda base: base if base.is_local else None)
    with pytest.raises(RecipeError, match="Only one base model"):
        variants(find_experiment("size"), Recipe(), 100)


@pytest.mark.parametrize(
    ("key", "rows", "verdict"),
    [
        ("taught", [row("before", kl=0.2, rmse=0.4), row("after", kl=0.05, rmse=0.3)], "supports"),
        ("taught", [row("before", kl=0.2, rmse=0.3), row("after", kl=0.05, rmse=0.301)], "undecided"),
        ("taught", [row("before", kl=0.05), row("after", kl=0.2)], "contradicts"),
        ("taught", [row("before", kl=0.2, rmse=None), row("after", kl=0.1, rmse=None)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.005)], "supports"),
        ("method", [row("LoRA", nll=1.0), row("QLoRA", nll=1.1)], "contradicts"),
        ("temperature", [row("a", kl=0.3, rmse=0.2, x=0.25), row("b", x=1.0)], "supports"),
        (
            "temperature",
            [row("a", kl=0.1, x=0.25), row("b", kl=0.3, rmse=0.2, x=1.0)],
            "contradicts",
        ),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.25)], "supports"),
        ("penalty", [row("none", rmse=0.3), row("RPS"), row("distance", rmse=0.298)], "undecided"),
        ("respondents", [row("20", nll=1.2), row("50", nll=1.1), row("100", nll=1.05)], "supports"),
        ("respondents", [row("20", nll=1.0), row("50", nll=1.0), row("100", nll=1.1)], "contradicts"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("SVR", nll=None)], "supports"),
        ("baselines", [row("taught", nll=1.1), row("a", nll=1.2), row("b", nll=1.0)], "contradicts"),
        ("size", [row("s", nll=1.5), row("s", nll=1.1), row("l", nll=1.2), row("l", nll=1.05)], "supports"),
    ],
)
def test_verdicts_follow_the_figures(key, rows, verdict):
    found, sentence = judge(key, rows)
    assert found == verdict
    opening = {"supports": "Supported", "contradicts": "Not supported", "undecided": "Undecided"}[verdict]
    assert sentence.startswith(f"{opening} here. ") and any(c.isdigit() for c in sentence)


def test_an_experiment_runs_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    recipe = Recipe(steps=20, rank=4, targets="individual")
    folder = prepare_experiment(tmp_path, cars(), find_experiment("taught"), recipe, "s1")
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    result = folder.result()
    before, after = result["rows"]
    assert (before["name"], after["name"]) == ("before teaching", "taught")
    assert after["nll"] < before["nll"] - 0.1  # the survey's effect is strong
    assert result["sentence"].endswith("of the scale.")
    assert folder.status().state is JobState.DONE

    def never(*args):
        raise AssertionError("taught again")

    monkeypatch.setattr(worker, "_teach", never)
    assert run_worker(str(folder.path), worker.main) == 0
    assert folder.result() == result


def test_baselines_stand_beside_the_model_and_svr_only_where_there_is_a_scale(tmp_path):
    recipe = Recipe(steps=5, rank=4, targets="individual")
    data = cars()
    folder = prepare_experiment(tmp_path, data, find_experiment("baselines"), recipe, "s1")
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    rows = {row["name"]: row for row in folder.result()["rows"]}
    assert {"taught model", "everybody like the average", "SVR", "logistic regression"} <= set(rows)
    assert "gradient boosting" in rows
    partial = any(not item.is_ordered for item in data.items)
    assert (rows["SVR"]["nll"] is None) is partial  # a mean over fewer questions would not compare
    assert 0 < rows["SVR"]["rmse_scaled"] < 1
    test, train = data.part("test"), data.part("train")
    tables = fit_baselines(train, data.part("validation"), test.profiles, ("logistic_regression",))
    expected = compare(test, tables["logistic_regression"], {}).overall["model"]
    for figure in ("kl", "nll"):
        assert rows["logistic regression"][figure] == pytest.approx(expected[figure])


@pytest.mark.skipif(find_spec("catboost") is not None, reason="CatBoost is installed")
def test_without_catboost_the_outcome_and_the_error_name_the_line_that_installs_it():
    rows = [row("taught model", nll=1.0), row("logistic regression", nll=1.1)]
    verdict, sentence = judge("baselines", rows)
    assert verdict == "supports" and sentence.endswith("pip install -r requirements-baselines.txt adds it.")
    data = cars()
    with pytest.raises(ModelError, match="pip install -r requirements-baselines.txt"):
        fit_baselines(data.part("train"), data.part("validation"), data.profiles, ("catboost",))


def test_temperatures_share_one_model():
    planned = variants(find_experiment("temperature"), Recipe(), 100)
    assert len({worker._model_key(variant) for variant in planned}) == 1


def test_fewer_respondents_are_part_of_more_and_nobody_else_is_left_out():
    data = cars()
    few, more = (worker._with_fewer(data, share, seed=0) for share in (0.25, 0.5))
    assert len(few.part("train")) == 42 and len(more.part("train")) == 84  # of 168
    assert set(few.ids) <= set(more.ids)
    assert len(few.part("test")) == len(data.part("test"))


def test_the_chart_has_a_panel_per_measure_and_labels():
    bars = experiment_chart([row("a"), row("b")], "Before and after")
    assert [p["layer"][0]["mark"]["type"] for p in bars["vconcat"]] == ["bar", "bar"]
    assert [v["name"] for v in bars["vconcat"][0]["data"]["values"]] == ["a", "b"]
    line = experiment_chart([row("10", x=10, rmse=None)], "Respondents", axis="Training respondents")
    assert len(line["vconcat"]) == 1 and line["vconcat"][0]["layer"][0]["mark"]["type"] == "line"


def test_every_experiment_names_its_claim():
    assert all(e.claim.endswith(".") and e.title for e in EXPERIMENTS)
    with pytest.raises(RecipeError, match="no such experiment"):
        find_experiment("scaling")
