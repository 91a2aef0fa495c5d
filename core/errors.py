"""Errors a user can mend: each says what is wrong, where, what was found and what to do.

Views and the command line catch `SurveyError` only; anything else is a bug and is shown whole.
"""


class SurveyError(Exception):
    """Something in the input or the surroundings that the user can put right.

    Parameters
    ----------
    what
        One sentence: what is wrong.
    where
        The file, column, row, question or setting it concerns.
    got
        The value that was found; left out of the message when ``None``.
    fix
        One sentence: what to do about it.

    Examples
    --------
    >>> print(SurveyError("Age adds up to 120 %.", where="marginals", got=1.2, fix="Scale it."))
    Age adds up to 120 %. Where: marginals. Got: 1.2. What to do: Scale it.
    """

    def __init__(self, what: str, *, where: str = "", got: object = None, fix: str = "") -> None:
        self.what, self.where, self.got, self.fix = what, where, got, fix
        parts = [what]
        if where:
            parts.append(f"Where: {where}.")
        if got is not None:
            parts.append(f"Got: {got}.")
        if fix:
            parts.append(f"What to do: {fix}")
        super().__init__(" ".join(parts))


class FileError(SurveyError):
    """The survey file cannot be read as a table of respondents."""


class CodebookError(SurveyError):
    """The codebook does not describe the survey file."""


class MarginalsError(SurveyError):
    """The demographic targets cannot be used."""


class NotFoundError(SurveyError):
    """There is no survey, run, population, simulation or job of that name."""


class WorkspaceError(SurveyError):
    """The workspace folder or its database cannot be used."""


class JobError(SurveyError):
    """A background job could not be started, read or cancelled."""


class ModelError(SurveyError):
    """A base model or adapter cannot be loaded or does not fit."""


class RecipeError(SurveyError):
    """The tuning settings contradict each other or the survey."""


class HubError(SurveyError):
    """The Hugging Face Hub refused or could not be reached."""
