"""Several processes as one: shares, sums, and how a failure of one of them is told."""

import os
import signal
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelError, RecipeError
from core.jobs.reporting import Cancelled
from core.models.processes import ALONE, Processes, _leave_reason, _reason, run_processes


@given(st.integers(1, 6), st.integers(0, 20))
def test_every_item_is_done_once_and_all_processes_do_as_many(count, items):
    shares = [list(Processes(rank, count).shared(range(items))) for rank in range(count)]
    assert sorted(item for share in shares for item, is_own in share if is_own) == list(range(items))
    assert {len(share) for share in shares} == {-(-items // count)}


def test_alone_nothing_is_asked_and_nothing_changes():
    assert list(ALONE.shared("abc")) == [("a", True), ("b", True), ("c", True)]
    assert ALONE.agreed(3) == 3
    assert ALONE.sum(torch.ones(2)).tolist() == [1, 1]
    before = torch.get_rng_state()
    with ALONE.rank_rng():
        pass
    assert torch.equal(torch.get_rng_state(), before)


def test_a_full_disk_is_told_and_not_raised(capsys):
    def full():
        raise OSError(28, "No space left on device")

    assert not ALONE.wrote(full) and "No space left" in capsys.readouterr().err
    assert ALONE.wrote(lambda: None)


def _what_all_know(processes: Processes, note: str) -> dict:
    """Everything but the last is the same in all processes."""
    torch.manual_seed(5)
    with processes.rank_rng():
        drawn = torch.rand(())
    same_again = torch.rand(())
    total = processes.sum(torch.tensor([1.0 + processes.rank, same_again.item()]))
    written = processes.wrote(lambda: Path(note).write_text("once"))
    Path(f"{note}-{processes.rank}").write_text(f"{drawn.item()}")
    now = processes.now()
    return {
        "sum": total.tolist(),
        "agreed": processes.agreed(processes.rank + 7),
        "written": written,
        "now": now,
    }


def test_processes_agree_and_add_up(tmp_path):
    note = tmp_path / "note"
    result = run_processes(_what_all_know, str(note), 2)
    assert result["sum"][0] == 3 and result["agreed"] == 7 and result["written"]
    assert note.read_text() == "once"
    first, second = (float((tmp_path / f"note-{rank}").read_text()) for rank in range(2))
    assert first != second  # dropout of its own
    torch.manual_seed(5)
    torch.randint(2**40, ())
    assert result["sum"][1] == pytest.approx(2 * torch.rand(()).item())  # and the common state afterwards


def _fail(processes: Processes, how: str) -> dict:
    """The last process fails while the first waits for it."""
    if not processes.first:
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RecipeError("Too much.", fix="Take less.")
    processes.sum(torch.ones(1))
    return {}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("mendable", "Too much. What to do: Take less."),
        ("killed", "stopped without a word, most likely for lack of memory"),
    ],
)
def test_the_failure_of_one_ends_all_and_is_told(how, words):
    with pytest.raises(ModelError, match=words):
        run_processes(_fail, how, 2)


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (Cancelled(), Cancelled, "^$"),
        (OSError(28, "No space left on device"), ModelError, "The disk is full"),
        (torch.OutOfMemoryError("CUDA out of memory"), ModelError, "ran out of memory"),
        (KeyError("x"), RuntimeError, "a fault in the program .KeyError."),
        (torch.distributed.DistBackendError("NCCL error"), ModelError, "without a word"),
    ],
)
def test_what_failed_first_is_the_reason_whatever_the_others_say(tmp_path, error, expected, words):
    _leave_reason(tmp_path / "reason-1.json", error)
    _leave_reason(tmp_path / "reason-0.json", torch.distributed.DistBackendError("the other one is gone"))
    with pytest.raises(expected, match=words):
        raise _reason(tmp_path)


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ModelError, match="fewer GPUs than processes. Got: 1."):
        run_processes(_fail, "", 2)
