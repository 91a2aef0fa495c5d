import pytest

from core.survey.refusals import find_refusals


@pytest.mark.parametrize(
    "label",
    [
        "Don't know",
        "Don\u2019t know",
        "DK",
        "Prefer not to say",
        "Refused",
        "N/A",
        "Not applicable",
        "No opinion",
        "Don't know/Can't choose",
        "Not applicable to my religious beliefs",
        "I don't do this",
        "Not sure",
        "I'd rather not answer",
        "weiß nicht",
        "Keine Angabe",
        "k. A.",
        "NS/NC",
        "No sabe",
        "Prefiero no contestar",
    ],
)
def test_refusals_are_recognised(label):
    assert find_refusals(("Yes", "No", label)) == (label,)


@pytest.mark.parametrize(
    "label",
    [
        "No",
        "Not at all",
        "Never",
        "Neutral",
        "It depends",
        "None of these",
        "Not much",
        "Nada",
        "Nicht wichtig",
        "I don't use Jupyter",
        "Not important",
        "Other",
        "No, not at all rude",
        "Not very likely",
    ],
)
def test_substantive_answers_are_not_refusals(label):
    assert find_refusals(("Yes", label)) == ()
