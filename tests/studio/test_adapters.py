"""People from a file as an adapter knows them, and a pulled adapter as a run of a study."""

from dataclasses import replace

import pytest

from core.errors import FileError, HubError
from core.jobs.status import JobState
from core.publish.adapter import read_adapter
from core.studio import adapters, jobs, surveys
from tests.publish.adapter_factory import STUDY, write_adapter


@pytest.fixture
def adapter(tmp_path):
    return read_adapter(write_adapter(tmp_path / "adapter"))


def test_people_are_read_by_column_or_label_and_what_is_empty_is_not_known(adapter):
    for header in ("sex", "Sex"):
        people = adapters.read_people(adapter, f"name,{header}\nAda,Female\nBob,\n".encode(), "people.csv")
        assert list(people) == ["sex"]
        assert people["sex"].isna().tolist() == [False, True]
        assert people["sex"][0] == "Female"


def test_a_category_that_was_not_taught_is_named_with_its_row(adapter):
    with pytest.raises(FileError, match=r"people\.csv, row 3, column sex.*Other"):
        adapters.read_people(adapter, b"name,sex\nAda,Female\nBob,Other\n", "people.csv")


def test_a_file_without_any_demographic_is_refused(adapter):
    with pytest.raises(FileError, match="Name its columns sex"):
        adapters.read_people(adapter, b"name,age\nAda,30\nBob,40\n", "people.csv")


def test_an_adopted_adapter_is_a_finished_run_that_is_asked_what_it_was_taught(workspace, tea, tmp_path):
    questions = [{**STUDY["codebook"]["questions"][0], "options": ["Yes", "No", "Sometimes"]}]
    book = {**STUDY["codebook"], "questions": questions}
    adapter = read_adapter(write_adapter(tmp_path / "adapter", codebook=book))
    adopted = adapters.adopt(workspace, tea.id, adapter)
    run = jobs.find(workspace, adopted.run_id)
    assert (run.status().state, adopted.fit.questions, adopted.fit.problems) == (JobState.DONE, ("tea",), ())
    assert run.result()["temperature"] == 0.9
    data = surveys.load(workspace, tea.id)
    assert adapters.compatible_part_of(run, data).codebook.questions == data.codebook.questions


def test_an_adapter_of_another_questionnaire_is_not_adopted(workspace, tea, adapter):
    other = replace(adapter.codebook.questions[0], text="Coffee?")
    adapter = replace(adapter, codebook=replace(adapter.codebook, questions=(other,)))
    with pytest.raises(HubError, match="none of this survey's questions fit"):
        adapters.adopt(workspace, tea.id, adapter)
    assert jobs.list_jobs(workspace) == []
