"""What the assessment job is given, and what of its work is there already."""

import numpy as np
import pytest

from core.comparison.job import (
    baseline_path,
    find_assessment,
    fitted_baselines,
    is_assessed,
    prepare_assessment,
    read_structure,
    scored_baselines,
    structure_path,
)
from core.studio import jobs
from core.studio import simulation as simulations

pytest_plugins = ("tests.simulation_fixtures",)


def test_the_job_of_a_simulation_is_found_by_its_id(workspace, simulation):
    folder = jobs.find(workspace, simulation)
    assert find_assessment(workspace.jobs_folder, folder) is None
    made = prepare_assessment(workspace.jobs_folder, folder)
    assert find_assessment(workspace.jobs_folder, folder).id == made.id
    assert made.spec()["simulation_id"] == simulation


def test_what_lies_in_the_folder_counts_as_done(workspace, simulation):
    folder = jobs.find(workspace, simulation)
    scored = simulations.results(workspace, simulation).scored
    assert (is_assessed(folder), read_structure(folder)) == (False, None)
    assert fitted_baselines(folder, scored.data) == {}
    baseline_path(folder, "svr").parent.mkdir()
    scored.tuned.write(baseline_path(folder, "svr"))
    assert list(fitted_baselines(folder, scored.data)) == ["svr"]
    structure_path(folder).write_text("{}")  # with nobody to compare with
    assert (is_assessed(folder), read_structure(folder)) == (True, None)


def test_baselines_without_fitting_are_scored_for_every_profile(workspace, simulation):
    scored = simulations.results(workspace, simulation).scored
    found = scored_baselines(scored)
    assert set(found) == {"untuned", "uniform", "training_marginals"}  # no no-persona prompt was scored
    for scores in found.values():
        assert np.exp(scores.logprob["tea"]).sum(axis=1) == pytest.approx(np.ones(len(scored.profiles)))
