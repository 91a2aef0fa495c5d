import pytest

from core.comparison.stub import RowKind, asks_to_recommend, stub
from core.survey.codebook import Question, QuestionType


@pytest.mark.parametrize(
    ("text", "steps", "kinds"),
    [
        ("Would you recommend us?", 3, ["mean"]),
        ("Would you recommend us?", 4, ["box", "box", "mean"]),
        ("Would you recommend us?", 11, ["box", "box", "mean", "nps"]),
        ("Würden Sie uns weiterempfehlen?", 11, ["box", "box", "mean", "nps"]),
        ("How far do you trust us?", 11, ["box", "box", "mean"]),
        ("Would you recommend us?", 12, ["mean"]),
    ],
)
def test_boxes_and_nps_only_where_the_scale_fits(text, steps, kinds):
    question = Question("q", text, QuestionType.NUMERIC, range=(0, steps - 1))
    assert [str(row.kind) for row in stub(question) if row.kind is not RowKind.SHARE] == kinds


PROMOTERS = ("0 - Not at all likely", *map(str, range(1, 10)), "10 (extremely likely)")


def test_words_that_start_with_the_numbers_0_to_10_are_a_promoter_scale():
    def asked(*labels):
        options = (*labels, "Don't know")
        kind, text = QuestionType.ORDINAL, "Would you recommend us?"
        return asks_to_recommend(Question("q", text, kind, options, None, ("Don't know",)).items[0])

    assert asked(*PROMOTERS)
    assert not asked(*PROMOTERS[::-1])
    assert not asked(*map(str, range(1, 12)))


@pytest.mark.parametrize(
    ("labels", "label", "numbers"),
    [
        (PROMOTERS, "Mean (0 to 10)", range(11)),
        (("1", "2", "3"), "Mean (1 to 3)", (1, 2, 3)),
        (("Never", "Rarely", "Often"), "Mean (1 = Never, 3 = Often)", (1, 2, 3)),
        (("0-5 km", "6-10 km", "11+ km"), "Mean (1 = 0-5 km, 3 = 11+ km)", (1, 2, 3)),
    ],
)
def test_a_mean_counts_as_the_labels_of_the_scale_do(labels, label, numbers):
    mean = next(r for r in stub(Question("q", "Q", QuestionType.ORDINAL, labels)) if r.kind is RowKind.MEAN)
    assert (mean.label, mean.values.tolist()) == (label, list(numbers))
