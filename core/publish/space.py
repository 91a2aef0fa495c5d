"""Static Space of the Hugging Face Hub that shows a report: a page without a server behind it.

A static Space is free and consists of files only: those of this ZIP. Nothing is uploaded from here; who may
see the Space is decided where it is made.
"""

import io
import zipfile

from huggingface_hub import SpaceCardData


def static_space(report: str, title: str) -> bytes:
    """ZIP of a static Space that shows a report.

    Parameters
    ----------
    report
        The self-contained HTML report.
    title
        Title of the Space; any text.

    Returns
    -------
    bytes
        A ZIP with `index.html` and a `README.md` that says how the Hub shows it. The same report gives the
        same bytes.
    """
    header = SpaceCardData(
        title=" ".join(title.split())[:100] or "Survey report",
        sdk="static",
        app_file="index.html",
        colorFrom="green",
        colorTo="gray",
        pinned=False,
        short_description="Simulated against real survey answers",
    ).to_yaml()
    readme = (
        f"---\n{header}\n---\n\nA report made with Understudy. Simulated answers are not answers of people; "
        "the page says what was tested and how close it came.\n"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("index.html", report), ("README.md", readme)):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return content.getvalue()
