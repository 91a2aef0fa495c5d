import pandas as pd

from core.survey.quality.bases import find_constant, find_silent, find_small_bases, find_unused_options
from core.survey.quality.flag import Action
from tests.survey.quality.small_tables import book, column, scale


def test_small_constant_silent_and_unused_are_counted():
    codebook = book(scale("q"), scale("p", ["a", "b"], "single"))
    profiles = pd.DataFrame({"sex": column("sex", *(["W"] * 110 + ["M"] * 10))})
    answers = pd.DataFrame({"q": [0] * 60 + [2] * 59 + [-1], "p": [0] * 29 + [-1] * 91})
    (constant,) = find_constant(codebook, profiles, answers)
    assert constant.columns == ("p",)
    question, group = find_small_bases(codebook, profiles, answers)
    assert question.columns == ("p",) and '"p" (29)' in question.sentence
    assert group.is_note and '"M" (10)' in group.sentence
    (unused,) = find_unused_options(codebook, answers)
    assert unused.count == 2 and "'Neither' (q), 'b' (p)" in unused.sentence
    (silent,) = find_silent(codebook, answers)
    assert silent.rows == (119,) and silent.sentence == "1 of 120 respondents answered no question."


def test_who_was_screened_out_is_named_with_the_answer_that_did_it():
    fly = scale("fly", ["Never", "Often", "No answer"], "single") | {"non_substantive_options": ["No answer"]}
    codebook = book(*[scale(f"q{i}") for i in range(9)], fly)
    answers = pd.DataFrame({f"q{i}": [0] * 20 + [-1] * 15 for i in range(9)})
    answers["fly"] = [1] * 20 + [0] * 14 + [2]
    (flag,) = find_silent(codebook, answers)
    assert flag.rows == tuple(range(20, 35)) and flag.suggested is Action.DROP_ROWS
    assert flag.sentence == (
        '15 of 35 respondents answered at most 2 of 10 questions; 14 of them said "Never" to "fly".'
    )
