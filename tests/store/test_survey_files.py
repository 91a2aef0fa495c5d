import pytest

from core.errors import NotFoundError
from core.store.survey_files import CODEBOOK, COMPANION, KNOWN, RAW, SurveyFiles, read_files, write_files
from core.store.workspace import Workspace


@pytest.fixture
def ws(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.survey_folder("tea-1").mkdir(parents=True)
    return workspace


@pytest.mark.parametrize("companion", [None, b"", b"{}"])
def test_files_are_read_as_they_were_written(ws, companion):
    files = SurveyFiles(b"\xff\x00raw", {"title": "Té"}, companion, seed=7)
    write_files(ws.survey_folder("tea-1"), files, {"id": "tea-1", "name": "Tea"})
    assert read_files(ws, "tea-1") == ({"id": "tea-1", "name": "Tea"}, files)
    names = {RAW, CODEBOOK, KNOWN} | ({COMPANION} if companion is not None else set())
    assert {path.name for path in ws.survey_folder("tea-1").iterdir()} == names


@pytest.mark.parametrize(
    ("name", "content"), [(RAW, None), (KNOWN, b"{}"), (KNOWN, b"3"), (KNOWN, b"[]"), (CODEBOOK, b"{")]
)
def test_files_that_are_missing_or_broken_are_not_found_and_surveys_are_named(ws, name, content):
    write_files(ws.survey_folder("tea-1"), SurveyFiles(b"raw", {}), {})
    path = ws.survey_folder("tea-1") / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(NotFoundError, match=r"not there or not readable.*Use one of: tea-1"):
        read_files(ws, "tea-1")
