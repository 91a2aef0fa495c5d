import math

import pytest

from core.report.tables import experiment_table, methods_table, questions_table
from tests.experiments.experiment_rows import row
from tests.report.report_factory import made_comparison


def test_questions_are_sorted_by_distance_and_hold_the_comparisons_numbers():
    comparison = made_comparison()
    table = questions_table(comparison)
    assert table["KL"].is_monotonic_decreasing
    assert set(table["Column"]) == {"own", "rude", "liking", "uses", "rare"}
    rude = table[table["Column"] == "rude"].iloc[0]
    wanted = next(q for q in comparison.questions if q.column == "rude")
    assert rude["KL"] == wanted.model.kl
    assert rude["Noise floor"] == wanted.floor.kl
    assert rude["Times floor"] == wanted.model.kl / wanted.floor.kl
    assert rude["RMSE"] == wanted.model.rmse_scaled
    assert rude["n"] == 200


def test_what_is_not_defined_is_missing():
    table = questions_table(made_comparison()).set_index("Column")
    assert math.isnan(table.loc["own", "RMSE"])


def test_methods_start_with_the_model_and_end_with_the_floor():
    table = methods_table(made_comparison())
    assert list(table["Method"]) == [
        "Tuned model",
        "Model before tuning",
        "Training shares, same for everyone",
        "Every answer equally likely",
        "Noise floor at this sample size",
    ]
    assert math.isnan(table.iloc[-1]["NLL"])
    assert table.iloc[-1]["KL"] > 0


def test_the_table_has_headings_for_people_and_no_empty_column():
    (shown,) = experiment_table([row("a", rmse=None)])
    assert list(shown) == ["Variant", "KL (nats)", "KL / noise floor", "NLL (nats)", "Spread"]
    assert shown["KL / noise floor"] == pytest.approx(10)
