"""Arguments that several commands share: survey files, targets, tables, folders for results."""

import argparse
from pathlib import Path

from core.comparison.significance import Correction
from core.errors import FileError
from core.population.marginals import Marginals
from core.population.target_files import from_json
from core.studio import surveys
from core.studio.tables import TableChoice, Whose
from core.survey.importing import SurveyDraft
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.encoding import ENCODINGS
from core.survey.readers.file_format import FileFormat
from core.survey.readers.survey_file import RemovableKind


def read_survey(args: argparse.Namespace) -> SurveyDraft:
    """Draft of a survey from its file, codebook and .qsf, read with the options given.

    Without any option the format is recognised, or taken from the codebook where that records it; an option
    overrides only what it names.
    """
    choices = ReadingChoices(
        format=args.format,
        encoding=args.encoding,
        delimiter="\t" if args.delimiter in ("tab", "\\t") else args.delimiter,
        sheet=args.sheet,
        keep=tuple(args.keep or ()),
        remove=tuple(args.remove or ()),
    )
    return surveys.draft_survey(
        read_bytes(args.file),
        args.file.name,
        read_bytes(args.codebook) if args.codebook else None,
        args.name,
        companion=read_bytes(args.qsf) if args.qsf else None,
        choices=choices if choices != ReadingChoices() else None,
    )


def read_marginals(file: Path | None) -> Marginals | None:
    """Marginals of a JSON file; None without a file, which stands for the survey's own."""
    return from_json(read_bytes(file).decode("utf-8", errors="replace")) if file else None


def read_bytes(path: Path) -> bytes:
    """Content of a file the user named.

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
    """Folder that results are written to, made if absent.

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


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options on how a survey file is read and what it means; without them both are recognised."""
    command.add_argument("--codebook", metavar="FILE", type=Path, help="codebook.json; guessed without one")
    command.add_argument("--qsf", metavar="FILE", type=Path, help="Qualtrics questionnaire of the export")
    command.add_argument("--name", help="name shown in the app")
    command.add_argument("--format", choices=[str(form) for form in FileFormat], help="how to read the file")
    command.add_argument("--encoding", choices=list(ENCODINGS), help="of a text file")
    command.add_argument("--delimiter", metavar="CHARACTER", help="between cells of a text file; or: tab")
    command.add_argument("--sheet", metavar="NAME", help="of an Excel workbook")
    command.add_argument(
        "--keep", metavar="COLUMN", action="append", help="do not combine, split or recode it; repeatable"
    )
    command.add_argument(
        "--remove",
        choices=[str(kind) for kind in RemovableKind],
        action="append",
        help="rows to leave out; repeatable",
    )


def add_tables(command: argparse.ArgumentParser) -> None:
    """Add the options that `table_choice` reads."""
    command.add_argument("--by", metavar="COL,…", default="", help="demographics of the banner; none without")
    command.add_argument("--whose", choices=["respondents", "population"], default="respondents")
    command.add_argument("--correction", choices=["none", "bonferroni", "fdr"], default="none")
    command.add_argument("--temperature", metavar="T|auto|by_type", type=temperature, default="auto")


def table_choice(args: argparse.Namespace) -> TableChoice:
    """Table choice (banner, whose answers, correction) of the command line."""
    by = tuple(column.strip() for column in args.by.split(",") if column.strip())
    return TableChoice(by, Whose(args.whose), Correction(args.correction))


def temperature(text: str) -> float | str:
    """Value of `--temperature`: auto, by_type, or a number from 0.1 to 3."""
    if text in ("auto", "by_type"):
        return text
    value = float(text)
    if not 0.1 <= value <= 3:
        raise argparse.ArgumentTypeError(f"{text}: use auto, by_type, or a number from 0.1 to 3")
    return value


def write_file(path: Path, content: bytes, endings: tuple[str, ...]) -> None:
    """Write a file with one of the endings allowed, making its folder."""
    ending(path, endings)
    (writable_folder(path.parent) / path.name).write_bytes(content)


def ending(path: Path, endings: tuple[str, ...]) -> str:
    """Ending of a file name in lower case, without its dot.

    Raises
    ------
    FileError
        If it is not one of those allowed.
    """
    if path.suffix.lower() not in endings:
        raise FileError(
            "The file has an ending this command does not write.",
            where="--out",
            got=str(path),
            fix=f"Use a name that ends in {' or '.join(endings)}.",
        )
    return path.suffix.lower().removeprefix(".")
