import io

import pandas as pd
import pytest

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.importing import draft_survey
from core.survey.reading import read_survey_file


def parquet(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def test_parquet_keeps_categories_in_order_and_lists_as_multi_selects():
    often = pd.Categorical(["Often", "Never", None], ["Never", "Sometimes", "Often"], ordered=True)
    frame = pd.DataFrame(
        {
            "id": [2**62 + 1, 2, 3],
            "share": [0.1 + 0.2, 2.0, None],
            "often": often,
            "region": pd.Categorical(["b", "a", "b"], ["b", "a"]),
            "media": [["Radio", "Press"], [], None],
            "yes": [True, False, None],
        }
    )
    file = read_survey_file(parquet(frame), "a.parquet")
    assert file.format == "parquet"
    assert file.table.loc[0].tolist() == [str(2**62 + 1), "0.3", "Often", "b", "Radio | Press", "True"]
    assert file.table.fillna("").loc[1:, "media"].tolist() == ["(none selected)", ""]
    assert file.table["share"].fillna("").tolist() == ["0.3", "2", ""]
    assert file.options == {"often": ("Never", "Sometimes", "Often"), "region": ("b", "a")}
    assert file.types["often"] is QuestionType.ORDINAL
    book = draft_survey(parquet(frame.drop(columns="share")), "a.parquet").codebook
    assert book.question("media").options == ("Radio", "Press")
    assert book.question("often").options == ("Never", "Sometimes", "Often")


def test_a_damaged_or_empty_parquet_file_gets_a_sentence():
    content = parquet(pd.DataFrame({"a": ["x"], "b": ["y"]}))
    for broken in (content[:40], content[: len(content) // 2] + content[len(content) // 2 + 3 :], b"PAR1"):
        with pytest.raises(FileError, match=r"Parquet file cannot be read.*What to do"):
            read_survey_file(broken, "a.parquet")
    with pytest.raises(FileError, match="no respondents.*0 rows, 2 columns"):
        read_survey_file(parquet(pd.DataFrame({"a": ["x"], "b": ["y"]}).iloc[:0]), "a.parquet")
