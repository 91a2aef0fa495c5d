import pytest
from streamlit.testing.v1 import AppTest


def page(base, column):
    from types import SimpleNamespace

    from app.widgets.untaught import untaught_notice
    from core.tuning.registry import Run
    from core.tuning.result import BaseModel, RunResult

    run = Run("tune-1", {"hold_out_questions": ["price"]}, RunResult(base=BaseModel(base)))
    untaught_notice(SimpleNamespace(run=run), column)


def said(base, column):
    app = AppTest.from_function(page, args=(base, column)).run(timeout=20)
    assert not app.exception
    return [warning.value for warning in app.warning]


@pytest.mark.parametrize(
    ("base", "words"),
    [("understudy/embedded", "larger model from the Hugging Face Hub"), ("owner/model", "knew before")],
)
def test_a_question_that_was_never_taught_says_so_and_what_to_do(base, words):
    (warning,) = said(base, "price")
    assert "never taught this question" in warning and words in warning


def test_a_taught_question_needs_no_notice():
    assert said("understudy/embedded", "age") == []
