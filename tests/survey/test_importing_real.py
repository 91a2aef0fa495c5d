"""Whole surveys with their codebooks, generated and real."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, QuestionType
from core.survey.importing import build_survey, draft_survey
from tests.generated_study import NAMES
from tests.shared_surveys import SHARED_NAMES

every_survey = pytest.mark.parametrize("study", [*NAMES, *SHARED_NAMES], indirect=True)


def with_split(folder: Path) -> tuple[bytes, dict]:
    table = pd.read_csv(folder / "clean.csv", dtype="str", keep_default_na=False)
    table = table.merge(pd.read_csv(folder / "split_seed0.csv", dtype="str"), on="respondent_id")
    codebook = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))
    codebook |= {"split_column": "split", "id_column": "respondent_id"}
    return table.to_csv(index=False).encode(), codebook


@every_survey
def test_every_respondent_and_answer_arrives(study):
    content, codebook = with_split(study)
    draft = draft_survey(content, "clean.csv", codebook)
    data = build_survey(draft)
    table = draft.table
    assert len(data) == codebook["n_respondents"] == len(table)
    shares = {s: (data.split == s).mean().round(2) for s in ("train", "validation", "test")}
    assert shares == {"train": 0.7, "validation": 0.1, "test": 0.2}
    assert data.weights.mean() == pytest.approx(1)
    for question in data.codebook.questions:
        answered = table[question.column].notna().to_numpy()
        for item in question.items:
            codes = data.answers[item.key].to_numpy()
            assert ((codes >= 0) == answered).all(), item.key
        if question.type in (QuestionType.SINGLE, QuestionType.ORDINAL):
            back = np.array(item.answers, dtype=object)[codes[answered]]
            assert (back == table[question.column][answered].to_numpy(dtype=object)).all()
    for demographic in data.codebook.demographics:
        column = table[demographic.column]
        assert data.profiles[demographic.column].equals(column.rename(demographic.column))


@every_survey
def test_the_codebook_survives_export(study):
    codebook = json.loads((study / "codebook.json").read_text(encoding="utf-8"))
    book = Codebook.from_dict(codebook)
    again = book.to_dict()
    assert Codebook.from_dict(again) == book
    assert {key: again[key] for key in codebook} == codebook
