import pytest

from core.survey.quality.personal import is_open_end, personal_data, reason_personal
from tests.survey.quality.small_tables import column


@pytest.mark.parametrize(
    ("name", "cells", "what"),
    [
        ("q7", ["nothing", "write to ann.lee@example.org please"], "e-mail addresses"),
        ("ip", ["192.168.1.17", "10.0.0.3"], "IP addresses"),
        ("addr", ["2001:db8:85a3::8a2e:370:7334", "fe80::1:2:3:4"], "IP addresses"),
        ("contact", [f"+49 30 12345{i}" for i in range(10)], "telephone numbers"),
        ("contact", [f"(555) 010-12{i:02d}" for i in range(10)], "telephone numbers"),
        ("where", [f"52.52{i:02d}, 13.405{i}" for i in range(9)], "coordinates"),
        ("LocationLatitude", [f"52.520{i}1" for i in range(9)], "coordinates"),
        ("who", [f"{a} {b}" for a in ("Ann", "Bo", "Cy") for b in ("Lee", "Mayer", "O'Neil")], "names"),
        ("Last name", ["x", "y"], "personal data"),
    ],
)
def test_personal_data_is_recognised_by_its_cells(name, cells, what):
    assert personal_data(column(name, *cells)) == what
    assert reason_personal(column(name, *cells)) == "looks like personal data"


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("RespondentID", [str(3436139758 + i) for i in range(30)]),
        ("date", [f"2024-03-{i:02d} 10:1{i % 10}:00" for i in range(1, 29)]),
        ("income", ["$25,000 - $49,999", "50000-99999", "100000-149999"] * 10),
        ("region", ["New England", "Middle Atlantic", "East North Central", "South Atlantic"] * 10),
        ("satisfaction", [f"0.{i}1234" for i in range(20)]),
        ("age", ["18-29", "30-44", None]),
        ("empty", [None, None]),
    ],
)
def test_ordinary_columns_are_no_personal_data(name, cells):
    assert personal_data(column(name, *cells)) == ""
    assert not is_open_end(column(name, *cells))


def test_open_ends_are_told_from_options():
    typed = [f"because my {thing} is far too slow" for thing in "abcdefghij"]
    assert is_open_end(column("q9", *typed, None))
    assert is_open_end(column("Other (please specify)", *"ABCDEFGHIJ"))
    assert not is_open_end(column("why", *(["Because it is cheap and easy to use"] * 5 + typed[:3])))
    assert not is_open_end(column("comment", *map(str, range(50))))


def test_a_second_identifier_is_left_out():
    assert reason_personal(column("TWIN_ID", *map(str, range(20)))) == "an identifier"
    assert reason_personal(column("TWIN_ID", *"abcdabcdabcdabcdabcd")) == ""
