import pytest

from core.survey.importing import draft_survey
from tests.survey.quality.duplicated import RAW


@pytest.fixture
def draft():
    return draft_survey(RAW, "duplicates.csv")
