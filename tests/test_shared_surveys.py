"""A run without the shared surveys says so, and generated ones stand in for them."""

import pytest

from tests import shared_surveys
from tests.conftest import pytest_terminal_summary
from tests.generated_study import NAMES, N
from tests.shared_surveys import ABSENT, published_data, skipped_line


class Reporter:
    """Takes the lines of a summary."""

    def __init__(self, *reasons):
        self.lines = []
        self.stats = {"skipped": [type("Report", (), {"longrepr": ("file", 1, r)})() for r in reasons]}

    def write_line(self, line, **markup):
        self.lines.append(line)


def test_the_summary_counts_the_tests_that_miss_the_shared_surveys():
    missing = Reporter(f"Skipped: {ABSENT}", f"Skipped: {ABSENT}", "Skipped: Chromium is not installed")
    pytest_terminal_summary(missing)
    assert missing.lines == [f"2 tests of the shared surveys skipped: {ABSENT}."]
    there = Reporter("Skipped: Chromium is not installed")
    pytest_terminal_summary(there)
    assert there.lines == [] and skipped_line([]) == ""


def test_a_test_that_asks_for_them_is_skipped_where_they_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_surveys, "SHARED", tmp_path / "nowhere")
    with pytest.raises(pytest.skip.Exception, match=ABSENT):
        shared_surveys.shared_surveys()


@pytest.mark.parametrize("name", NAMES)
def test_a_generated_study_is_laid_out_like_a_shared_one(generated_surveys, name):
    folder = generated_surveys / name
    assert {"raw.csv", "clean.csv", "codebook.json", "split_seed0.csv"} <= {p.name for p in folder.iterdir()}
    data = published_data(folder)
    assert len(data) == N
    assert {s: int((data.split == s).sum()) for s in ("train", "validation", "test")} == {
        "train": 210,
        "validation": 30,
        "test": 60,
    }
