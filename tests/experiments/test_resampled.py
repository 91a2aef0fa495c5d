"""Bootstrap of the variants' figures."""

import numpy as np
import pytest

from core.comparison.accuracy import Decoder
from core.comparison.compare import compare
from core.experiments.design import find_experiment
from core.experiments.resampled import Predictions, resample
from tests.tuning.cars_survey import cars


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
