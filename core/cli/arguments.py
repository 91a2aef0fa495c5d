"""What the arguments of a command name: survey files, targets, folders for results."""

import argparse
from pathlib import Path

from core import studio
from core.errors import FileError
from core.population.marginals import Marginals
from core.population.target_files import from_json
from core.survey.importing import SurveyDraft
from core.survey.readers.choices import ReadingChoices


def read_survey(args: argparse.Namespace) -> SurveyDraft:
    """Read a survey file, its codebook and its .qsf from disk, in the way asked for.

    Without any option the way is recognised, or taken from the codebook where that records it; an option
    overrides that alone which it names.
    """
    choices = ReadingChoices(
        format=args.format,
        encoding=args.encoding,
        delimiter="\t" if args.delimiter in ("tab", "\\t") else args.delimiter,
        sheet=args.sheet,
        keep=tuple(args.keep or ()),
        remove=tuple(args.remove or ()),
    )
    return studio.draft_survey(
        read_bytes(args.file),
        args.file.name,
        read_bytes(args.codebook) if args.codebook else None,
        args.name,
        companion=read_bytes(args.qsf) if args.qsf else None,
        choices=choices if choices != ReadingChoices() else None,
    )


def read_marginals(file: Path | None) -> Marginals | None:
    """Targets from a JSON file; None means the survey's own."""
    return from_json(read_bytes(file).decode("utf-8", errors="replace")) if file else None


def read_bytes(path: Path) -> bytes:
    """The content of a file the user named.

    Raises
    ------
    FileError
        If it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"The file cannot be read: {(error.strerror or str(error)).lower()}.",
            where=str(path),
            fix="Check the path.",
        ) from error


def writable_folder(folder: Path) -> Path:
    """The folder results go to, made if absent.

    Raises
    ------
    FileError
        If it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".understudy-can-write"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FileError(
            f"Results cannot be written: {(error.strerror or str(error)).lower()}.",
            where=str(folder),
            fix="Choose another --out.",
        ) from error
    return folder
