from core.survey.quality.flag import name_columns


def test_long_lists_of_columns_are_shortened():
    assert name_columns(list("abcdefg")) == '"a", "b", "c", "d", "e" and 2 more'
