import pytest

from core.comparison.figures import Figures
from core.report.figures_table import INDIVIDUAL_FIGURES, TOPLINE_FIGURES, figures_table
from tests.report.report_factory import made_comparison as comparison

UNITS_OF_THE_SCALE = {"rmse", "mae", "rmse_scaled"}  # said in parts of the scale, by decoder
REFERENCES = {"tv_uniform"}


def test_every_figure_that_is_computed_is_shown():
    shown = set(TOPLINE_FIGURES) | set(INDIVIDUAL_FIGURES)
    assert set(Figures().to_dict()) - shown == UNITS_OF_THE_SCALE | REFERENCES


def test_a_figure_stands_beside_floor_and_baselines():
    found = comparison()
    rows = {row["Figure"]: row for row in figures_table(found, TOPLINE_FIGURES)}
    overall = found.to_dict()["overall"]
    kl = rows["KL divergence, real to simulated (nats)"]
    assert kl["Simulated"] == overall["model"]["kl"]
    assert kl["Perfect"] == overall["floor"]["kl"]
    assert kl["training_marginals"] == overall["baselines"]["training_marginals"]["kl"]


@pytest.mark.parametrize("figures", [TOPLINE_FIGURES, INDIVIDUAL_FIGURES])
def test_figures_of_one_question_are_those_it_has(figures):
    found = comparison()
    question = found.to_dict()["questions"][0]
    names = {row["Figure"] for row in figures_table(found, figures, question["column"])}
    assert names == {name for key, (name, _) in figures.items() if question["model"].get(key) is not None}
