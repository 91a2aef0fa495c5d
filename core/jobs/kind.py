"""Kinds of jobs and the nouns for them."""

from enum import StrEnum


class JobKind(StrEnum):
    """Kind of a job; the value is stored in `spec.json` and begins the job's id."""

    TUNE = "tune"
    SIMULATE = "simulate"
    ASSESS = "assess"
    EXPERIMENT = "experiment"
    DOWNLOAD = "download"

    @property
    def noun(self) -> str:
        """Noun for a job of this kind in messages.

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
