"""Where a run is meant to go and where it went, kept beside each other in its folder."""

from core.jobs.folder import JobFolder
from core.publish.record import (
    Target,
    add_published,
    read_published,
    read_target,
    write_target,
)


def test_pushes_are_newest_first_and_leave_the_target_alone(tmp_path):
    run = JobFolder.create(tmp_path, "tune", "A run", {})
    assert (read_target(run), read_published(run)) == (None, [])
    write_target(run, Target("ada/tea", private=False))
    first = add_published(run, "ada/tea", "https://hub/ada/tea", "abc", True)
    second = add_published(run, "ada/tea", "https://hub/ada/tea", "def", True)
    assert read_published(run) == [second, first]
    assert first.pushed <= second.pushed
    assert read_target(run) == Target("ada/tea", private=False)
