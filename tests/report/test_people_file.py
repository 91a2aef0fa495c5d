import io

import pandas as pd
import pytest

from core.report.people_file import people_file

PEOPLE = pd.DataFrame({"=age": ["18-29", "+30", None], "home": ["@SUM(A1)", "Café", "=1"]}, dtype="str")


def test_csv_text_is_never_a_formula_and_gaps_stay_empty():
    content = people_file(PEOPLE, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(content), dtype=str, encoding="utf-8-sig")
    assert list(back.columns) == ["person", "'=age", "home"]
    assert back["home"].tolist() == ["'@SUM(A1)", "Café", "'=1"]
    assert back["'=age"].isna().tolist() == [False, False, True]


def test_parquet_keeps_every_text():
    back = pd.read_parquet(io.BytesIO(people_file(PEOPLE, "parquet")))
    assert back["person"].tolist() == [1, 2, 3]
    pd.testing.assert_frame_equal(back[["=age", "home"]], PEOPLE)


def test_other_formats_are_refused():
    with pytest.raises(ValueError, match="docx"):
        people_file(PEOPLE, "docx")
