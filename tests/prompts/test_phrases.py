import json

import numpy as np
import pytest

from core.prompts.encoding import Encoder
from core.prompts.phrases import (
    LINE,
    PART,
    QUESTION,
    PhraseEncoder,
    Phrases,
    answer_tokens,
    question_key,
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


class Reserved(Letters):
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
    return PhraseEncoder(Reserved(reserved), Phrases.of(BOOK, items))


def test_every_line_is_one_token_and_no_two_lines_share_one():
    made = encoder()
    assert len(made.question(TEA.items[0])) == 3  # the question and its two options
    assert len(made.question(DRINKS.items[1])) == 4  # the question, its part and two options
    tokens = [t for item in BOOK.items for t in made.question(item)] + [
        t for line in made.lines(["Age: 18-29\n", "Age: 30+\n"]) for t in line
    ]
    # the two parts of one question share its first line alone
    assert len(set(tokens)) == len(tokens) - 1 == len(made.phrases.keys)


def test_the_same_option_of_another_question_is_another_phrase():
    made = encoder()
    assert not set(made.question(TEA.items[0])) & set(made.question(COFFEE.items[0]))


def test_questions_of_the_same_text_are_told_apart_by_their_columns():
    first, second = (Question(c, "How often?", QuestionType.SINGLE, ("Often", "Never")) for c in "ab")
    book = Codebook("t", (AGE,), (first, second))
    made = PhraseEncoder(Reserved(), Phrases.of(book, book.items))
    assert not set(made.question(book.items[0])) & set(made.question(book.items[1]))
    assert question_key(book.items[0], made.phrases.repeated) == "Question (a): How often?\n"


def test_what_is_unknown_is_read_as_the_plain_token_of_its_kind():
    made = encoder(items=COFFEE.items)
    plain = [made.id_of(QUESTION), made.id_of(" A"), made.id_of(" B")]
    assert list(made.question(TEA.items[0])) == plain
    assert made.lines(["Age: 99\n"]) == [(made.id_of(LINE),)]


def test_phrases_beyond_the_last_reserved_token_are_plain():
    made = encoder(reserved=3)
    assert len(made.ids) == 3 and made.id_of(QUESTION) in made.question(DRINKS.items[0])


def test_answers_are_letters_and_of_many_options_their_positions():
    assert answer_tokens(2) == [" A", " B"]
    assert answer_tokens(30)[:2] == [" 0", " 1"] and answer_tokens(30)[-1] == " 29"
    many = Question("m", "Which?", QuestionType.SINGLE, tuple(f"o{k}" for k in range(30))).items[0]
    assert len(set(encoder().answers(many))) == 30


def test_numbers_are_offered_in_bands_and_spread_within_them():
    """Ten numbers a band: a number has its band's token, and the share of the band that it is given."""
    age = Question("a", "How old?", QuestionType.NUMERIC, range=(0, 99), non_substantive=("No",))
    (item,), book = age.items, Codebook("t", (AGE,), (age,))
    shares = np.arange(1.0, 102.0) / np.arange(1.0, 102.0).sum()
    made = PhraseEncoder(Reserved(), Phrases.of(book, book.items, {item.key: shares}))
    assert [p.band for p in question_phrases(item)] == [None, *range(11)]
    assert made.answers(item)[:10] == [made.answers(item)[0]] * 10 != made.answers(item)[10:20]
    trie = made.trie(item)
    within = np.exp(trie.within)
    assert within[:10] == pytest.approx(shares[:10] / shares[:10].sum(), abs=1e-5)
    assert within[-1] == pytest.approx(1.0)  # words are bands of their own
    assert trie.branches[0].leads_to.sum(axis=1).tolist() == [10.0] * 10 + [1.0]
    unknown = PhraseEncoder(Reserved(), Phrases()).trie(item)
    assert np.exp(unknown.within[:10]) == pytest.approx(np.full(10, 0.1))


def test_phrases_survive_their_file():
    age = Question("a", "How old?", QuestionType.NUMERIC, range=(0, 99))
    book = Codebook("t", (AGE,), (TEA, age))
    phrases = Phrases.of(book, book.items, {"a": np.full(100, 0.01), "tea": np.full(2, 0.5)})
    assert Phrases.from_dict(json.loads(json.dumps(phrases.to_dict()))) == phrases
    assert set(phrases.within) == {question_key(age.items[0])}
    assert Phrases.from_dict({}) == Phrases()


@pytest.mark.parametrize("words", [("Yes", "No"), ("はい", "いいえ"), ("1", "2"), ("Ḧà", "Ñö")])
def test_wording_does_not_change_a_token(words):
    """The same survey in other words is read as the same tokens: this is all the model sees."""
    question = Question("q", f"{words[0]}?", QuestionType.SINGLE, words)
    book = Codebook("t", (Demographic("d", words[1], words, ordinal=False),), (question,))
    made = PhraseEncoder(Reserved(), Phrases.of(book, book.items))
    first = 9_000_010
    assert made.question(book.items[0]) == (first + 2, first + 3, first + 4)
    assert made.lines([f"{words[1]}: {words[0]}\n"]) == [(first,)]


def test_a_tokenizer_of_words_has_no_reserved_tokens():
    assert reserved_tokens(Letters()) == 0 and reserved_tokens(Reserved(7)) == 7
    assert type(Encoder(Letters())) is Encoder
