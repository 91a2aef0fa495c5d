"""The assessment job on a simulation whose scores were written by hand."""

import json

import pytest

from core.comparison.marginals import BASELINES, FITTED
from core.comparison.worker import SAID, assess
from core.studio import jobs
from core.studio import simulation as simulations

pytest_plugins = ("tests.simulation_fixtures",)


def test_baselines_and_structure_are_computed_once_and_kept(workspace, simulation, monkeypatch):
    folder = jobs.find(workspace, simulation)
    assert simulations.results(workspace, simulation).structure is None
    said = []
    assess(folder, lambda done, total, message: said.append((done, total, message)))
    assert said[0] == (0, said[0][1], SAID[FITTED[0]])
    assert said[-1][0] == said[-1][1]
    found = simulations.results(workspace, simulation)
    assert set(found.baselines) == {*BASELINES, "untuned"} - {"svr"}  # nothing is ordered
    assert {"association", "subgroups", "transfer", "fidelity", "detectability"} < set(
        found.structure.to_dict()
    )
    json.dumps(found.to_dict(), allow_nan=False)
    monkeypatch.setattr("core.comparison.worker.fit_baselines", None)
    monkeypatch.setattr("core.comparison.worker.structure", None)
    assess(folder)
    assert simulations.start_assessment(workspace, simulation) is None


def test_a_stopped_assessment_goes_on_where_it_was(workspace, simulation):
    folder = jobs.find(workspace, simulation)

    def stop(done, total, message):
        if message == SAID["gaussian_copula"]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess(folder, stop)
    found = simulations.results(workspace, simulation)
    assert "logistic_regression" in found.baselines
    assert "gaussian_copula" not in found.baselines
    assert not list((folder.outputs / "baselines").glob("*.part"))
