"""The kinds of jobs and what a user calls them."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a job does; the value stands in `spec.json` and begins the job's id."""

    TUNE = "tune"
    SIMULATE = "simulate"
    ASSESS = "assess"
    EXPERIMENT = "experiment"
    DOWNLOAD = "download"

    @property
    def noun(self) -> str:
        """The job as a user calls it.

        Examples
        --------
        >>> JobKind.TUNE.noun, JobKind.SIMULATE.noun
        ('tuning run', 'simulation')
        """
        return _NOUNS[self]


_NOUNS = {
    JobKind.TUNE: "tuning run",
    JobKind.SIMULATE: "simulation",
    JobKind.ASSESS: "assessment",
    JobKind.EXPERIMENT: "experiment",
    JobKind.DOWNLOAD: "download",
}
