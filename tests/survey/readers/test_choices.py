import pytest

from core.errors import CodebookError
from core.survey.readers.choices import ReadingChoices, ReadingDecision
from core.survey.readers.file_format import FileFormat


def test_undoing_keeps_the_columns_or_takes_the_other_format():
    choices = ReadingChoices(keep=("a",))
    assert choices.undoing(ReadingDecision("s", keep=("a", "b"))) == ReadingChoices(keep=("a", "b"))
    assert choices.undoing(ReadingDecision("s", format=FileFormat.CSV)).format == "csv"
    assert not ReadingDecision("s").can_be_undone


def test_what_is_chosen_comes_before_what_is_recorded_and_rows_and_columns_add_up():
    recorded = ReadingChoices("qualtrics", "utf-8", keep=("a",), remove=("spam",))
    chosen = ReadingChoices("csv", keep=("b", "a"), remove=("preview", "spam"))
    assert chosen.over(recorded) == ReadingChoices(
        "csv", "utf-8", keep=("a", "b"), remove=("spam", "preview")
    )
    assert ReadingChoices().over(recorded) == recorded == recorded.over(ReadingChoices())


@pytest.mark.parametrize(
    "choices", [ReadingChoices(), ReadingChoices("csv", "cp1252", ";", "Sheet", ("a", "b"), ("spam",))]
)
def test_a_record_gives_the_choices_back(choices):
    assert ReadingChoices.from_dict(choices.to_dict()) == choices
    assert ReadingChoices.from_dict(choices.to_dict() | {"later": 1}) == choices


@pytest.mark.parametrize("record", [None, [], "csv", {"format": 1}, {"keep": "a", "remove": [1]}])
def test_a_record_of_another_kind_is_refused(record):
    with pytest.raises(CodebookError, match='Remove the entry "reading"'):
        ReadingChoices.from_dict(record)
