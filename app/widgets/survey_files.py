"""Upload of a survey's files: the answers and, optionally, a Qualtrics questionnaire and a codebook."""

import hashlib
import json

import streamlit as st

from app import cached
from app.session import Key, Upload
from app.widgets.notice import plain
from core.settings import UPLOAD_LIMIT_MB
from core.studio import surveys

_ENDINGS = ["csv", "tsv", "txt", "tab", "xlsx", "sav", "zsav", "dta", "parquet"]


def survey_files() -> Upload | None:
    """Draw the inputs; returns the upload, None until a survey file is chosen."""
    file = st.file_uploader(
        f"Survey answers, as your platform exports them (up to {UPLOAD_LIMIT_MB} MB)",
        type=_ENDINGS,
        key=Key.SURVEY_FILE,
        max_upload_size=UPLOAD_LIMIT_MB,
        help="CSV or TSV (Qualtrics, SurveyMonkey, Google Forms or plain), Excel, SPSS, Stata or Parquet.",
    )
    left, right = st.columns(2)
    questionnaire = left.file_uploader(
        "Qualtrics questionnaire (.qsf, optional)",
        type=["qsf"],
        key=Key.SURVEY_QSF,
        max_upload_size=20,
        help="Gives the wording, the options in order and the type of every question.",
    )
    book = right.file_uploader(
        "Codebook (codebook.json, optional)",
        type=["json"],
        key=Key.SURVEY_CODEBOOK,
        max_upload_size=5,
        help="One that was downloaded here also says how its file was read and who was taken out.",
    )
    if file is None:
        return None
    codebook, companion = (part.getvalue() if part else None for part in (book, questionnaire))
    return _upload(file.getvalue(), file.name, codebook, companion)


def reopened_survey() -> Upload | None:
    """Upload with the files of the stored survey that was reopened; draws a button that closes it."""
    survey_id = st.session_state.get(Key.SURVEY_REOPENED)
    study = next((record for record in cached.surveys() if record.id == survey_id), None)
    if study is None:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"A copy of **{plain(study.name)}** is open below. What you store is a new study; this one "
            "stays as it is."
        )
        if st.button("Close the copy", key=Key.SURVEY_CLOSE, icon=":material/close:"):
            reopen(None)
            st.rerun()
    files = surveys.files(cached.workspace(), study.id)
    codebook = json.dumps(files.codebook, ensure_ascii=False).encode()
    return _upload(files.raw, study.source_name, codebook, files.companion)


def reopen(survey_id: str | None) -> None:
    """Open the files of a stored survey in the next run of the page; None closes them."""
    st.session_state[Key.SURVEY_REOPENED] = survey_id


def _upload(content: bytes, name: str, codebook: bytes | None, companion: bytes | None) -> Upload:
    hasher = hashlib.sha256()
    for part in (content, codebook, companion):
        hasher.update(b"-" if part is None else hashlib.sha256(part).digest())
    return Upload(content, name, codebook, companion, hasher.hexdigest()[:10])
