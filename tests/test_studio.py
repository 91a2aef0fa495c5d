"""Use cases without a model: surveys, populations and jobs. The whole loop is in tests/cli/test_pilot.py."""

import os

import pandas as pd
import pytest

from core import studio
from core.errors import CodebookError, FileError, JobError, MarginalsError, NotFoundError
from core.jobs.folder import JobFolder, JobState
from core.population.marginals import Marginals
from core.population.plan import Plan
from core.population.screening import Frame, Screener


@pytest.fixture
def tea(workspace, tea_csv, tea_codebook):
    return studio.save_survey(workspace, studio.draft_survey(tea_csv, "tea.csv", tea_codebook))


def finished_job(ws, kind, survey_id, state=JobState.DONE):
    folder = JobFolder.create(ws.jobs_folder, kind, f"A {kind} job", {"survey_id": survey_id})
    folder.write_status(state=state)
    return folder


def test_the_workspace_of_the_environment_is_used(tmp_path, workspace):
    assert workspace.root == tmp_path / "workspace"


def test_a_stored_survey_is_listed_and_loaded(workspace, tea):
    assert [record.id for record in studio.list_surveys(workspace)] == [tea.id]
    assert (tea.name, tea.n_respondents, tea.n_questions, tea.generated) == ("Tea", 60, 1, False)
    assert len(studio.load_survey(workspace, tea.id)) == 60


def test_identifiers_are_the_files_own_even_when_the_codebook_names_no_column(workspace, tea):
    assert studio.load_survey(workspace, tea.id).ids[:3].tolist() == ["r0", "r1", "r2"]


def test_the_example_is_stored_once_and_labelled_as_generated(workspace):
    first, second = studio.load_example(workspace), studio.load_example(workspace)
    assert first == second
    assert first.generated
    assert "not real people" in first.name


def test_a_codebook_that_does_not_fit_stores_nothing(workspace, tea_csv, tea_codebook):
    tea_codebook["questions"][0]["options"] = ["Yes", "No"]
    with pytest.raises(CodebookError, match="Sometimes"):
        studio.save_survey(workspace, studio.draft_survey(tea_csv, "tea.csv", tea_codebook))
    assert studio.list_surveys(workspace) == []
    assert list(workspace.surveys_folder.iterdir()) == []


def test_an_empty_file_is_refused():
    with pytest.raises(FileError, match=r"empty\.csv"):
        studio.draft_survey(b"", "empty.csv")


def test_a_deleted_survey_is_gone_with_its_populations(workspace, tea):
    studio.build_population(workspace, tea.id, size=20)
    studio.delete_survey(workspace, tea.id)
    assert studio.list_surveys(workspace) == []
    assert studio.list_populations(workspace) == []
    with pytest.raises(NotFoundError, match="no survey"):
        studio.load_survey(workspace, tea.id)


def test_a_population_meets_its_targets(workspace, tea):
    asked = Marginals({"sex": {"Female": 0.8, "Male": 0.2}})
    record = studio.build_population(workspace, tea.id, asked, size=50, seed=3)
    people = studio.population_people(workspace, record.id)
    assert people["sex"].value_counts().to_dict() == {"Female": 40, "Male": 10}  # 80 and 20 % of 50
    assert record.figures["worst_margin_error"] == pytest.approx(0)
    assert studio.list_populations(workspace, tea.id) == [record]


def test_a_population_without_targets_follows_the_survey(workspace, tea):
    record = studio.build_population(workspace, tea.id, size=50)
    assert record.marginals["sex"] == {"Female": 0.5, "Male": 0.5}
    assert record.name == "Like the respondents"


@pytest.mark.parametrize("frame", list(Frame))
def test_a_stored_plan_builds_the_same_people_again_as_the_next_version(workspace, tea, frame):
    plan = Plan(size=40, seed=3, screener=Screener({"sex": ("Female",)}, frame))
    first = studio.populations.build_from_plan(workspace, tea.id, plan, "Women")
    again = studio.populations.population_plan(workspace, first.id)
    second = studio.populations.build_from_plan(workspace, tea.id, again, "Women")
    assert (first.version, second.version) == (1, 2)
    people = [studio.population_people(workspace, record.id) for record in (first, second)]
    pd.testing.assert_frame_equal(*people)
    studio.populations.delete_population(workspace, first.id)
    assert studio.list_populations(workspace, tea.id) == [second]


def test_a_target_for_an_unknown_category_stores_nothing(workspace, tea):
    with pytest.raises(MarginalsError, match="Other"):
        studio.build_population(workspace, tea.id, Marginals({"sex": {"Female": 0.5, "Other": 0.5}}))
    assert studio.list_populations(workspace) == []


def test_jobs_are_found_by_survey_and_kind_newest_first(workspace, tea):
    tune = finished_job(workspace, "tune", tea.id)
    simulation = finished_job(workspace, "simulate", tea.id)
    other = finished_job(workspace, "tune", "another-survey")
    ids = [status.id for status in studio.list_jobs(workspace)]
    assert set(ids) == {tune.id, simulation.id, other.id}
    assert [s.id for s in studio.list_runs(workspace, tea.id)] == [tune.id]
    assert [s.id for s in studio.list_simulations(workspace, tea.id)] == [simulation.id]
    assert studio.job(workspace, tune.id).path == tune.path


def test_jobs_are_readable_while_the_database_is_taken(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    assert [s.id for s in studio.list_jobs(studio.open_jobs())] == [run.id]


def test_waiting_shows_every_status_until_the_job_ends(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.FAILED)
    seen = []
    assert studio.wait(workspace, run.id, seen.append).state is JobState.FAILED
    assert [status.id for status in seen] == [run.id]


def test_an_unknown_job_names_those_that_exist(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(NotFoundError, match=run.id):
        studio.job(workspace, "tune-20260101-000000-abcd")


@pytest.mark.parametrize("use", [studio.results, studio.predictions, studio.make_report])
def test_a_tuning_run_is_not_a_simulation(workspace, tea, use):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(JobError, match="not a simulation"):
        use(workspace, run.id)


def test_an_unfinished_run_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.CANCELLED)
    with pytest.raises(JobError, match="it is cancelled"):
        studio.start_simulation(workspace, run.id)


def test_a_run_of_a_deleted_survey_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    studio.delete_survey(workspace, tea.id)
    with pytest.raises(NotFoundError, match="no survey"):
        studio.start_simulation(workspace, run.id)


def test_a_population_of_another_survey_cannot_be_simulated(workspace, tea, tea_csv, tea_codebook):
    other = studio.save_survey(workspace, studio.draft_survey(tea_csv, "other.csv", tea_codebook))
    population = studio.build_population(workspace, other.id, size=20)
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(MarginalsError, match="another survey"):
        studio.start_simulation(workspace, run.id, population.id)


def test_the_token_of_the_person_running_the_tests_is_not_seen():
    assert "HF_TOKEN" not in os.environ
