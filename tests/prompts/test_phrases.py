import numpy as np
import pytest

from core.prompts.encoding import Encoder
from core.prompts.phrases import (
    ANCHORS,
    LINE,
    PART,
    QUESTION,
    PhraseEncoder,
    anchors,
    answer_tokens,
    phrase_table,
    question_phrases,
    reserved_tokens,
)
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from tests.prompts.letters import Letters

TEA = Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No"))
COFFEE = Question("coffee", "Coffee?", QuestionType.SINGLE, ("Yes", "No"))
DRINKS = Question("drinks", "Which?", QuestionType.MULTI, ("Milk", "Juice"))
AGE = Demographic("age", "Age", ("18-29", "30+"), ordinal=True)
BOOK = Codebook("t", (AGE,), (TEA, COFFEE, DRINKS))


class Phrases(Letters):
    """A letter each, and beyond them plain tokens and `reserved` ones."""

    unk_token_id = None
    plain = (QUESTION, PART, LINE)

    def __init__(self, reserved=100):
        self.reserved = reserved

    def encode(self, text, *, add_special_tokens):
        found = []
        while text:
            if text[:1] == " " and text[1:].isalnum() and text.isascii():
                return [*found, 5000 + sum(ord(c) * 100**k for k, c in enumerate(text[1:]))]
            found.append(ord(text[0]))
            text = text[1:]
        return found

    def __len__(self):
        return 9_000_010 + self.reserved

    def convert_tokens_to_ids(self, token):
        if token in self.plain:
            return 9_000_000 + self.plain.index(token)
        return 9_000_010 + int(token.split()[1].rstrip("|>"))


def encoder(reserved=100, items=BOOK.items):
    return PhraseEncoder(Phrases(reserved), phrase_table(BOOK, items))


def test_every_line_is_one_token_and_no_two_lines_share_one():
    made = encoder()
    assert len(made.question(TEA.items[0])) == 3  # the question and its two options
    assert len(made.question(DRINKS.items[1])) == 4  # the question, its part and two options
    tokens = [t for item in BOOK.items for t in made.question(item)] + [
        t for line in made.lines(["Age: 18-29\n", "Age: 30+\n"]) for t in line
    ]
    # the two parts of one question share its first line alone
    assert len(set(tokens)) == len(tokens) - 1 == len(made.phrases)


def test_the_same_option_of_another_question_is_another_phrase():
    made = encoder()
    assert not set(made.question(TEA.items[0])) & set(made.question(COFFEE.items[0]))


def test_what_is_unknown_is_read_as_the_plain_token_of_its_kind():
    made = encoder(items=COFFEE.items)
    plain = [made.id_of(QUESTION), made.id_of(" A"), made.id_of(" B")]
    assert list(made.question(TEA.items[0])) == plain
    assert made.lines(["Age: 99\n"]) == [(made.id_of(LINE),)]


def test_phrases_beyond_the_last_reserved_token_are_plain():
    made = encoder(reserved=3)
    assert len(made.ids) == 3 and made.id_of(QUESTION) in made.question(DRINKS.items[0])


def test_answers_are_letters_then_positions_then_the_numbers_themselves():
    assert answer_tokens(TEA.items[0]) == [" A", " B"]
    many = Question("m", "Which?", QuestionType.SINGLE, tuple(f"o{k}" for k in range(30))).items[0]
    assert answer_tokens(many)[:2] == [" 0", " 1"] and answer_tokens(many)[-1] == " 29"
    age = Question("a", "How old?", QuestionType.NUMERIC, range=(18, 90), non_substantive=("No",)).items[0]
    assert answer_tokens(age)[0] == " 18" and answer_tokens(age)[-2:] == [" 90", " A"]
    year = Question("y", "Born?", QuestionType.NUMERIC, range=(1930, 2010)).items[0]
    assert answer_tokens(year)[0] == " 0"  # 1930 is not one token
    assert len(set(answer_tokens(year))) == 81


def test_a_long_scale_is_shown_by_its_anchors():
    item = Question("a", "How old?", QuestionType.NUMERIC, range=(0, 120), non_substantive=("No",)).items[0]
    assert len(anchors(item)) == ANCHORS + 1
    assert anchors(item)[:2] == [0, 10] and anchors(item)[-2:] == [120, 121]
    assert [p.answer for p in question_phrases(item)] == [None, *anchors(item)]
    assert np.isnan(item.value_array[anchors(item)[-1]])


@pytest.mark.parametrize("words", [("Yes", "No"), ("はい", "いいえ"), ("1", "2"), ("Ḧà", "Ñö")])
def test_wording_does_not_change_a_token(words):
    """The same survey in other words is read as the same tokens: this is all the model sees."""
    question = Question("q", f"{words[0]}?", QuestionType.SINGLE, words)
    book = Codebook("t", (Demographic("d", words[1], words, ordinal=False),), (question,))
    made = PhraseEncoder(Phrases(), phrase_table(book, book.items))
    first = 9_000_010
    assert made.question(book.items[0]) == (first + 2, first + 3, first + 4)
    assert made.lines([f"{words[1]}: {words[0]}\n"]) == [(first,)]


def test_a_tokenizer_of_words_has_no_reserved_tokens():
    assert reserved_tokens(Letters()) == 0 and reserved_tokens(Phrases(7)) == 7
    assert type(Encoder(Letters())) is Encoder
