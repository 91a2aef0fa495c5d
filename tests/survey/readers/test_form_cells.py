import random

import pytest

from core.survey.importing import build_survey, draft_survey
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.form_cells import find_form_options, split_options
from core.survey.reading import read_survey_file

OPTIONS = ("Price", "Range, or something else", "Charging", "Looks (colour, shape)")


def form(n=60, options=OPTIONS):
    rng = random.Random(1)
    lines = ["Timestamp,Age,What matters to you?"]
    for _ in range(n):
        ticked = [option for option in options if rng.random() < 0.5]
        lines.append(f'2024/01/01 10:00:00,{rng.choice(("18-29", "30+"))},"{", ".join(ticked)}"')
    return "\n".join(lines).encode()


def test_options_with_commas_are_found_and_kept_whole():
    file = read_survey_file(form(), "responses.csv")
    assert file.format == "google_forms"
    assert file.options["What matters to you?"] == OPTIONS
    ticked = {part for cell in file.table["What matters to you?"].dropna() for part in cell.split(" | ")}
    assert ticked == set(OPTIONS)
    assert "4 options; commas inside an option are kept" in file.decisions[0].text


def test_the_survey_has_one_yes_no_item_per_option():
    data = build_survey(draft_survey(form(), "responses.csv"))
    item = data.items[1]
    assert (item.part, item.answers) == (OPTIONS[1], ("Yes", "No"))
    with_range = sum("Range" in line for line in form().decode().splitlines())
    assert int((data.answers[item.key] == 0).sum()) == with_range


def test_known_options_are_matched_longest_first():
    options = ("Range", "Range, or something else", "something else")
    assert split_options("Range, or something else, something else", options) == [options[1], options[2]]
    assert split_options("Range, something else, mine", options) == ["Range", "something else", "mine"]


@pytest.mark.parametrize(
    "counts",
    [
        {"Yes, often": 9, "Yes, rarely": 4, "No, never": 5},  # a single choice with commas
        {"a, b": 2, "b, a": 2, "a": 1, "b": 3, "c": 1, "b, c": 2},  # no order: not from a form
        {"Berlin, Germany": 3, "Paris, France": 1},
        {"a": 3, "b": 4},
        {},
    ],
)
def test_cells_of_other_questions_are_not_cut(counts):
    assert find_form_options(counts) == ()


def test_plain_tables_are_never_cut_at_commas():
    content = form().replace(b"Timestamp", b"When")
    assert read_survey_file(content, "a.csv").options == {}
    assert read_survey_file(content, "a.csv", choices=ReadingChoices(format="google_forms")).options != {}


def test_many_written_in_answers_count_as_other():
    lines = form(200).decode().splitlines()
    many = [
        line.removesuffix('"') + f', my own reason {i}"' if i % 4 == 1 and '""' not in line else line
        for i, line in enumerate(lines)
    ]
    file = read_survey_file("\n".join(many).encode(), "a.csv")
    assert file.options["What matters to you?"] == (*OPTIONS, "Other (written in)")
    assert 'count as "Other (written in)"' in file.decisions[1].text
