"""Surveys are stored, found, loaded and deleted; what does not fit stores nothing."""

import pytest

from core.errors import CodebookError, FileError, NotFoundError
from core.studio import population as populations
from core.studio import surveys


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


def test_a_stored_survey_is_rebuilt_from_its_own_files(workspace, tea, tea_csv):
    files = surveys.files(workspace, tea.id)
    assert (files.raw, files.companion) == (tea_csv, None)
    assert surveys.restore(workspace, tea.id), "the database has exactly the same"
    assert surveys.find(workspace, tea.id) == tea
