"""A stored survey of 60 respondents."""

import pytest

from core.studio import surveys


@pytest.fixture
def tea(workspace, tea_csv, tea_codebook):
    return surveys.save(workspace, surveys.draft_survey(tea_csv, "tea.csv", tea_codebook))
