"""Status of a job: its state and its progress."""

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_active(self) -> bool:
        """Whether the job may still change by itself.

        Examples
        --------
        >>> JobState.RUNNING.is_active, JobState.LOST.is_active
        (True, False)
        """
        return self in (JobState.QUEUED, JobState.STARTING, JobState.RUNNING)


@dataclass(frozen=True)
class JobStatus:
    """Status of a job as pages and commands show it. Times are seconds since 1970, UTC.

    Attributes
    ----------
    step, total
        Progress; `total` is 0 while unknown.
    eta_seconds
        Seconds left at the last report, None while unknown.
    heartbeat
        When the worker last reported; None before it did.
    error
        A sentence for the user when the job failed or was lost, else None.
    """

    id: str
    kind: str
    title: str
    state: JobState
    step: int
    total: int
    eta_seconds: float | None
    message: str
    heartbeat: float | None
    created: float
    finished: float | None
    error: str | None

    @property
    def fraction(self) -> float:
        """Share of the work done, 0 to 1; 1 only once the job is done."""
        if self.state is JobState.DONE:
            return 1.0
        return min(max(self.step / self.total, 0.0), 1.0) if self.total > 0 else 0.0
