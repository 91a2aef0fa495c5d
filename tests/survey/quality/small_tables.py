"""Codebooks and columns of small tables whose counts can be checked by eye."""

import pandas as pd

from core.survey.codebook import Codebook

AGREE = ["Disagree", "Neither", "Agree"]


def book(*questions, demographics=None, **more):
    demographics = demographics or [{"column": "sex", "options": ["W", "M"]}]
    return Codebook.from_dict({"demographics": demographics, "questions": list(questions), **more})


def scale(column, options=AGREE, kind="ordinal"):
    return {"column": column, "type": kind, "options": options}


def column(name, *cells):
    return pd.Series(list(cells), name=name, dtype="str")
