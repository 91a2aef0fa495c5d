"""Downloads of tables, pictures and data files; each is made when its button is pressed."""

import re
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.studio import tables
from core.studio.tables import DataFormat, ImageFormat, TableChoice

if TYPE_CHECKING:
    from core.comparison.banner import Banner
    from core.results.results import Results

MIME = {
    DataFormat.CSV: "text/csv",
    DataFormat.PARQUET: "application/vnd.apache.parquet",
    DataFormat.SAV: "application/x-spss-sav",
    ImageFormat.PNG: "image/png",
    ImageFormat.SVG: "image/svg+xml",
}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    DataFormat.CSV: "CSV",
    DataFormat.PARQUET: "Parquet",
    DataFormat.SAV: "SPSS (.sav)",
}


def tables_download(
    results: "Results", choice: "TableChoice", banner: "Banner", shown: list[int], name: str
) -> None:
    """Offer all tables as Excel, and the topline of a single question as a picture."""
    with st.container(border=True, height="stretch"):
        st.markdown("**Tables**")
        st.markdown(
            "All questions in one workbook: contents, toplines, a sheet per banner table with bases and "
            "letters, and notes."
        )
        st.download_button(
            "Download the tables (Excel)",
            data=lambda: tables.workbook(results, choice),
            file_name=f"{slug(name)}-tables.xlsx",
            mime=EXCEL,
            key=Key.TABLES_EXCEL,
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        if len(shown) == 1:
            question = banner.tables[shown[0]].question
            st.markdown("The topline of the question above as a picture for slides:")
            with st.container(horizontal=True):
                for kind in ImageFormat:
                    _image_download(results, choice, question.column, kind, f"{slug(name)}-{shown[0] + 1}")


def _image_download(
    results: "Results", choice: "TableChoice", column: str, kind: "ImageFormat", name: str
) -> None:
    st.download_button(
        kind.upper(),
        data=lambda: tables.topline_image(results, choice, column, kind),
        file_name=f"{name}.{kind}",
        mime=MIME[kind],
        key=Key.TABLES_IMAGE.of(kind),
        icon=":material/image:",
        on_click="ignore",
    )


def answers_download(results: "Results", name: str) -> None:
    """Offer the synthetic answers of the population as a data file."""
    with st.container(border=True, height="stretch"):
        st.markdown("**Synthetic answers**")
        if results.population is None:
            st.markdown("This simulation has no population. Build one and simulate it to get its answers.")
            return
        st.markdown(
            f"One row for each of the {results.population.size:,} synthetic people, one drawn answer per "
            "question, labelled as synthetic in every row. For trying out an analysis; figures to quote are "
            "in the tables."
        )
        kind = st.segmented_control(
            "Format",
            list(FORMATS),
            default=DataFormat.CSV,
            required=True,
            format_func=FORMATS.__getitem__,
            key=Key.TABLES_FORMAT,
            persist_state="session",
            help="SPSS has variable and value labels. In CSV, text that a spreadsheet would run as a formula "
            "is made harmless.",
        )
        st.download_button(
            "Download the answers",
            data=lambda: tables.answers_file(results, kind),
            file_name=f"{slug(name)}-synthetic-answers.{kind}",
            mime=MIME[DataFormat(kind)],
            key=Key.TABLES_ANSWERS,
            icon=":material/download:",
            on_click="ignore",
        )


def slug(name: str) -> str:
    """File name, without an ending, made of a study's name.

    >>> slug("Cars & charging (2025)")
    'understudy-cars-charging-2025'
    """
    text = re.sub(r"[^a-z0-9]+", "-", name.lower())[:60].strip("-")
    return f"understudy-{text or 'survey'}"
