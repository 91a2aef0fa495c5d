"""Formats of survey files that are distinguished."""

from enum import StrEnum


class FileFormat(StrEnum):
    """Format of a survey file."""

    CSV = "csv"
    QUALTRICS = "qualtrics"
    QUALTRICS_LEGACY = "qualtrics_legacy"
    SURVEYMONKEY = "surveymonkey"
    GOOGLE_FORMS = "google_forms"
    SPSS = "spss"
    STATA = "stata"
    EXCEL = "excel"
    PARQUET = "parquet"

    @property
    def label(self) -> str:
        """The name shown to people: ``FileFormat.SPSS.label == "SPSS file (.sav)"``."""
        return _LABELS[self]


_LABELS = {
    FileFormat.CSV: "Table with one header row",
    FileFormat.QUALTRICS: "Qualtrics export",
    FileFormat.QUALTRICS_LEGACY: "Qualtrics export (legacy, two header rows)",
    FileFormat.SURVEYMONKEY: "SurveyMonkey export (two header rows)",
    FileFormat.GOOGLE_FORMS: "Google Forms responses",
    FileFormat.SPSS: "SPSS file (.sav)",
    FileFormat.STATA: "Stata file (.dta)",
    FileFormat.EXCEL: "Excel workbook with one header row",
    FileFormat.PARQUET: "Parquet file",
}

TEXT_FORMATS = (
    FileFormat.CSV,
    FileFormat.QUALTRICS,
    FileFormat.QUALTRICS_LEGACY,
    FileFormat.SURVEYMONKEY,
    FileFormat.GOOGLE_FORMS,
)
"""What the rows of a text file can be; those of a workbook can be the same, with `EXCEL` for `CSV`."""
