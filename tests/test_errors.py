import pytest

from core.errors import MarginalsError, SurveyError


def test_a_message_has_only_the_parts_that_were_given():
    assert str(SurveyError("Wrong.")) == "Wrong."
    error = SurveyError("Wrong.", where="here", fix="Mend it.")
    assert str(error) == "Wrong. Where: here. What to do: Mend it."


@pytest.mark.parametrize("got", [0, "", False])
def test_what_was_found_is_shown_even_when_it_is_nothing(got):
    error = MarginalsError("Wrong.", got=got)
    assert str(error) == f"Wrong. Got: {got}." and error.got is got
