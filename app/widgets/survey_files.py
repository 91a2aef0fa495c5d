"""The two file inputs of a survey: the answers and, optionally, the codebook."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from app.session import Key
from core.settings import UPLOAD_LIMIT_MB


@dataclass(frozen=True)
class Upload:
    """What the user chose; `digest` names the pair, so edits never carry over to another file."""

    content: bytes
    name: str
    codebook: bytes | None
    digest: str


def survey_files() -> Upload | None:
    """Draw the inputs side by side; None until a survey file is chosen."""
    left, right = st.columns(2)
    file = left.file_uploader(
        "Survey answers (CSV)", type=["csv"], key=Key.SURVEY_FILE, max_upload_size=UPLOAD_LIMIT_MB
    )
    book = right.file_uploader(
        "Codebook (codebook.json, optional)", type=["json"], key=Key.SURVEY_CODEBOOK, max_upload_size=5
    )
    if file is None:
        return None
    content, codebook = file.getvalue(), book.getvalue() if book else None
    digest = hashlib.sha256(content + b"\0" + (codebook or b"")).hexdigest()[:10]
    return Upload(content, file.name, codebook, digest)
