"""Reading choices that override the recognition of a file, and the decisions made while reading it.

Every decision that changes cells or columns says how it is undone, so that one click takes it back. The
choices a survey was read with are kept in its codebook: file and codebook alone give the survey again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from core.errors import CodebookError
from core.survey.readers.file_format import FileFormat


@dataclass(frozen=True)
class ReadingDecision:
    """One thing decided while reading, as a sentence, and how it is undone.

    Attributes
    ----------
    text
        What was decided.
    keep
        Columns to name in `ReadingChoices.keep` to undo it.
    format
        Format to read the file as instead; None where that does not undo it.
    """

    text: str
    keep: tuple[str, ...] = ()
    format: FileFormat | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether there is another way to read this."""
        return bool(self.keep or self.format)


@dataclass(frozen=True)
class ReadingChoices:
    """What overrides the recognition of a file; None and empty mean "as recognised".

    Attributes
    ----------
    format
        A `FileFormat` by its value, such as "qualtrics".
    encoding, delimiter
        Of a text file, see `encoding.ENCODINGS` and `delimited.DELIMITERS`.
    sheet
        Of an Excel workbook.
    keep
        Columns left as they stand in the file: not combined, split or recoded.
    remove
        Kinds of rows taken out, such as "preview" (see `RemovableKind`).
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def keeping(self, columns: Iterable[str]) -> "ReadingChoices":
        """The choices with these columns left as they stand, too."""
        return replace(self, keep=tuple(dict.fromkeys([*self.keep, *columns])))

    def over(self, other: "ReadingChoices") -> "ReadingChoices":
        """These choices, and those of another where these say nothing; columns and rows add up.

        Examples
        --------
        >>> recorded = ReadingChoices("csv", "utf-8", keep=("b",))
        >>> ReadingChoices(encoding="cp1252", keep=("a",)).over(recorded).to_dict()
        {'format': 'csv', 'encoding': 'cp1252', 'keep': ['b', 'a']}
        """
        values = {
            field.name: getattr(self, field.name) or getattr(other, field.name) for field in fields(self)
        }
        values["remove"] = tuple(dict.fromkeys([*other.remove, *self.remove]))
        return replace(ReadingChoices(**values), keep=other.keep).keeping(self.keep)

    def undoing(self, decision: ReadingDecision) -> "ReadingChoices":
        """The choices with a decision taken back."""
        changed = self.keeping(decision.keep)
        return replace(changed, format=str(decision.format)) if decision.format else changed

    def to_dict(self) -> dict[str, Any]:
        """Choices by name as JSON can hold them; what is not chosen is left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if v}

    @classmethod
    def from_dict(cls, record: object) -> "ReadingChoices":
        """Choices that `to_dict` wrote; unknown keys are passed over.

        Raises
        ------
        CodebookError
            If a value is of the wrong kind.

        Examples
        --------
        >>> ReadingChoices.from_dict({"format": "csv", "keep": ["Q5_1"]})
        ReadingChoices(format='csv', encoding=None, delimiter=None, sheet=None, keep=('Q5_1',), remove=())
        """
        if not isinstance(record, Mapping):
            raise _wrong_kind(record)
        found: dict[str, Any] = {}
        for field in fields(cls):
            value = record.get(field.name)
            if not value:
                continue
            several = field.name in ("keep", "remove")
            texts = value if several and isinstance(value, list) else [value]
            if not all(isinstance(text, str) for text in texts):
                raise _wrong_kind(value)
            found[field.name] = tuple(texts) if several else value
        return cls(**found)


def _wrong_kind(value: object) -> CodebookError:
    return CodebookError(
        "The codebook does not say in a usable way how the file was read.",
        where='codebook.json, "reading"',
        got=repr(value)[:80],
        fix='Remove the entry "reading"; the file is then recognised again.',
    )
