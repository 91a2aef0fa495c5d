"""Files of a survey beside the database: the uploaded bytes and what they were taken to mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import NotFoundError
from core.store.files import read_json, write_bytes, write_json
from core.store.workspace import Workspace

RAW, COMPANION, CODEBOOK, KNOWN = "raw", "companion.qsf", "codebook.json", "survey.json"


@dataclass(frozen=True)
class SurveyFiles:
    """Files of one survey: with these it can be built again without the database.

    Attributes
    ----------
    raw, companion
        The uploaded file and its .qsf (None without one), byte for byte.
    codebook
        The `codebook.json` contract.
    seed
        Of the split of the respondents.
    """

    raw: bytes
    codebook: Mapping[str, Any]
    companion: bytes | None = None
    seed: int = 0


def write_files(folder: Path, files: SurveyFiles, known: Mapping[str, Any]) -> None:
    """Write the files of a survey, with what the database also knows about it, into its folder."""
    write_bytes(folder / RAW, files.raw)
    if files.companion is not None:
        write_bytes(folder / COMPANION, files.companion)
    write_json(folder / CODEBOOK, files.codebook)
    write_json(folder / KNOWN, {**known, "seed": files.seed})


def read_files(ws: Workspace, survey_id: str) -> tuple[dict[str, Any], SurveyFiles]:
    """Record of a survey when its files were written, and the files.

    Works for a survey the database no longer knows.

    Raises
    ------
    NotFoundError
        If there are no such files, or they were written before surveys could be built again.
    """
    folder = ws.survey_folder(survey_id)
    try:
        known = read_json(folder / KNOWN)
        companion = folder / COMPANION
        files = SurveyFiles(
            raw=(folder / RAW).read_bytes(),
            codebook=read_json(folder / CODEBOOK),
            companion=companion.read_bytes() if companion.exists() else None,
            seed=known.pop("seed"),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        present = ", ".join(sorted(path.name for path in ws.surveys_folder.iterdir())[:10])
        raise NotFoundError(
            "The files of the survey are not there or not readable.",
            where="surveys",
            got=survey_id,
            fix=f"Use one of: {present or 'none'}.",
        ) from error
    return known, files
