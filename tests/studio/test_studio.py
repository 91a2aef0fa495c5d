"""Use cases without a model: surveys, populations and jobs. The whole loop is in tests/cli/test_pilot.py."""

import os

import pandas as pd
import pytest

from core.errors import CodebookError, FileError, JobError, MarginalsError, NotFoundError
from core.jobs.folder import JobFolder, JobState
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener
from core.studio import jobs, report, surveys, tuning
from core.studio import population as populations
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs


@pytest.fixture
def tea(workspace, tea_csv, tea_codebook):
    return surveys.save(workspace, surveys.draft_survey(tea_csv, "tea.csv", tea_codebook))


def finished_job(ws, kind, survey_id, state=JobState.DONE):
    folder = JobFolder.create(ws.jobs_folder, kind, f"A {kind} job", {"survey_id": survey_id})
    folder.write_status(state=state)
    return folder


def test_the_workspace_of_the_environment_is_used(tmp_path, workspace):
    assert workspace.root == tmp_path / "workspace"


def test_a_stored_survey_is_listed_and_loaded(workspace, tea):
    assert [record.id for record in surveys.list_surveys(workspace)] == [tea.id]
    assert (tea.name, tea.n_respondents, tea.n_questions, tea.generated) == ("Tea", 60, 1, False)
    assert len(surveys.load(workspace, tea.id)) == 60


def test_identifiers_are_the_files_own_even_when_the_codebook_names_no_column(workspace, tea):
    assert surveys.load(workspace, tea.id).ids[:3].tolist() == ["r0", "r1", "r2"]


def test_the_example_is_stored_once_and_labelled_as_generated(workspace):
    first, second = surveys.load_example(workspace), surveys.load_example(workspace)
    assert first == second
    assert first.generated
    assert "not real people" in first.name


def test_a_codebook_that_does_not_fit_stores_nothing(workspace, tea_csv, tea_codebook):
    tea_codebook["questions"][0]["options"] = ["Yes", "No"]
    with pytest.raises(CodebookError, match="Sometimes"):
        surveys.save(workspace, surveys.draft_survey(tea_csv, "tea.csv", tea_codebook))
    assert surveys.list_surveys(workspace) == []
    assert list(workspace.surveys_folder.iterdir()) == []


def test_an_empty_file_is_refused():
    with pytest.raises(FileError, match=r"empty\.csv"):
        surveys.draft_survey(b"", "empty.csv")


def test_a_deleted_survey_is_gone_with_its_populations(workspace, tea):
    populations.build(workspace, tea.id, size=20)
    surveys.delete(workspace, tea.id)
    assert surveys.list_surveys(workspace) == []
    assert populations.list_populations(workspace) == []
    with pytest.raises(NotFoundError, match="no survey"):
        surveys.load(workspace, tea.id)


def test_a_population_meets_its_targets(workspace, tea):
    asked = Marginals({"sex": {"Female": 0.8, "Male": 0.2}})
    record = populations.build(workspace, tea.id, asked, size=50, seed=3)
    people = populations.people(workspace, record.id)
    assert people["sex"].value_counts().to_dict() == {"Female": 40, "Male": 10}  # 80 and 20 % of 50
    assert record.figures["worst_margin_error"] == pytest.approx(0)
    assert populations.list_populations(workspace, tea.id) == [record]


def test_a_population_without_targets_follows_the_survey(workspace, tea):
    record = populations.build(workspace, tea.id, size=50)
    assert record.marginals["sex"] == {"Female": 0.5, "Male": 0.5}
    assert record.name == "Like the respondents"


@pytest.mark.parametrize("frame", list(Frame))
def test_a_stored_plan_builds_the_same_people_again_as_the_next_version(workspace, tea, frame):
    plan = PopulationPlan(size=40, seed=3, screener=Screener({"sex": ("Female",)}, frame))
    first = populations.build_from_plan(workspace, tea.id, plan, "Women")
    again = populations.plan(workspace, first.id)
    second = populations.build_from_plan(workspace, tea.id, again, "Women")
    assert (first.version, second.version) == (1, 2)
    people = [populations.people(workspace, record.id) for record in (first, second)]
    pd.testing.assert_frame_equal(*people)
    populations.delete(workspace, first.id)
    assert populations.list_populations(workspace, tea.id) == [second]


def test_a_target_for_an_unknown_category_stores_nothing(workspace, tea):
    with pytest.raises(MarginalsError, match="Other"):
        populations.build(workspace, tea.id, Marginals({"sex": {"Female": 0.5, "Other": 0.5}}))
    assert populations.list_populations(workspace) == []


def test_jobs_are_found_by_survey_and_kind_newest_first(workspace, tea):
    tune = finished_job(workspace, "tune", tea.id)
    simulation = finished_job(workspace, "simulate", tea.id)
    other = finished_job(workspace, "tune", "another-survey")
    ids = [status.id for status in jobs.list_jobs(workspace)]
    assert set(ids) == {tune.id, simulation.id, other.id}
    assert [s.id for s in tuning.list_runs(workspace, tea.id)] == [tune.id]
    assert [s.id for s in simulations.list_simulations(workspace, tea.id)] == [simulation.id]
    assert jobs.find(workspace, tune.id).path == tune.path


def test_jobs_are_readable_while_the_database_is_taken(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    assert [s.id for s in jobs.list_jobs(open_jobs())] == [run.id]


def test_waiting_shows_every_status_until_the_job_ends(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.FAILED)
    seen = []
    assert jobs.wait(workspace, run.id, seen.append).state is JobState.FAILED
    assert [status.id for status in seen] == [run.id]


def test_an_unknown_job_names_those_that_exist(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(NotFoundError, match=run.id):
        jobs.find(workspace, "tune-20260101-000000-abcd")


@pytest.mark.parametrize("use", [simulations.results, simulations.predictions, report.html])
def test_a_tuning_run_is_not_a_simulation(workspace, tea, use):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(JobError, match="not a simulation"):
        use(workspace, run.id)


def test_an_unfinished_run_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.CANCELLED)
    with pytest.raises(JobError, match="it is cancelled"):
        simulations.start(workspace, run.id)


def test_a_run_of_a_deleted_survey_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    surveys.delete(workspace, tea.id)
    with pytest.raises(NotFoundError, match="no survey"):
        simulations.start(workspace, run.id)


def test_a_population_of_another_survey_cannot_be_simulated(workspace, tea, tea_csv, tea_codebook):
    other = surveys.save(workspace, surveys.draft_survey(tea_csv, "other.csv", tea_codebook))
    population = populations.build(workspace, other.id, size=20)
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(MarginalsError, match="another survey"):
        simulations.start(workspace, run.id, population.id)


def test_the_token_of_the_person_running_the_tests_is_not_seen():
    assert "HF_TOKEN" not in os.environ
