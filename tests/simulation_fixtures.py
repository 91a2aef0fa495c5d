"""A finished simulation whose scores were written by hand: no model is needed.

Test modules name this file in `pytest_plugins`.
"""

import json

import numpy as np
import pandas as pd
import pytest

from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.population.marginals import Marginals
from core.results.folder import write_context
from core.simulation.job import prepare_simulation
from core.simulation.scores import Scores, distinct_profiles
from core.studio import population as populations
from core.studio import surveys
from tests.tea_model import MEN, WOMEN


@pytest.fixture
def survey(workspace, tea_csv, tea_codebook):
    """Tea, with a "select all that apply" question: everybody takes milk, nobody sugar."""
    header, *rows = tea_csv.decode().splitlines()
    csv = "\n".join([f"{header},with", *(f"{row},Milk" for row in rows)]).encode()
    tea_codebook["questions"].append(
        {"column": "with", "text": "What goes with it?", "type": "multi", "options": ["Milk", "Sugar"]}
    )
    return surveys.save(workspace, surveys.draft_survey(csv, "tea.csv", tea_codebook))


@pytest.fixture
def simulation(workspace, survey):
    """A finished simulation of the held-out respondents and of 50 people, 4 of 5 of them women."""
    data = surveys.load(workspace, survey.id)
    marginals = Marginals({"sex": {"Female": 0.8, "Male": 0.2}})
    population = populations.build(workspace, survey.id, marginals, size=50)
    people = populations.people(workspace, population.id)
    run = JobFolder.create(workspace.jobs_folder, "tune", "Run", {"survey_id": survey.id, "recipe": {}})
    (run.outputs / "adapter").mkdir()
    run.write_status(state=JobState.DONE)
    folder = prepare_simulation(
        workspace.jobs_folder, run, data, people=people, population_id=population.id, title="Simulation"
    )
    write_context(folder, survey, run, population)
    held_out = data.part("validation", "test").profiles
    cells, profile_of = distinct_profiles(pd.concat([held_out, people], ignore_index=True))
    cells.to_parquet(folder.outputs / "cells.parquet", index=False)
    np.savez(
        folder.outputs / "cell_of.npz",
        respondents=profile_of[: len(held_out)],
        people=profile_of[len(held_out) :],
    )
    women = (cells["sex"] == "Female").to_numpy()
    parts = {key: np.log([[0.9, 0.1]] * len(cells)) for key in ("with#0", "with#1")}
    for name, tea in (("scores", [WOMEN if w else MEN for w in women]), ("base_scores", [(1 / 3,) * 3] * 2)):
        tables = {"tea": np.log(tea), **parts}
        Scores(tables, {key: np.ones(len(cells)) for key in tables}).write(folder.outputs / f"{name}.parquet")
    (folder.outputs / "result.json").write_text(json.dumps({"temperature": 1.2483}), encoding="utf-8")
    folder.write_status(state=JobState.DONE)
    return folder.id
