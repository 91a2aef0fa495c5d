import pytest

from core.prompts.encoding import Encoder
from core.survey.codebook import Question, QuestionType
from tests.prompts.letters import Letters, WordStart, text_of

TEA = Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No")).items[0]
CUPS = Question("cups", "Cups?", QuestionType.NUMERIC, range=(0, 10)).items[0]


class SpaceWithLetter(Letters):
    """Joins a space and the letter behind it into one token, as byte-pair encodings do."""

    def encode(self, text, *, add_special_tokens):
        letters = iter(text)
        return [1000 + ord(next(letters)) if letter == " " else ord(letter) for letter in letters]


class BreakWithLetter(Letters):
    """Joins a line break and the letter behind it into one token."""

    def encode(self, text, *, add_special_tokens):
        if text.startswith("\n") and len(text) > 1:
            return [2000 + ord(text[1]), *map(ord, text[2:])]
        return [ord(letter) for letter in text]


def test_the_mark_of_a_text_start_is_cut_off_with_the_line_break():
    encoder = Encoder(WordStart())
    assert text_of(encoder.segment("Age: 40\n")) == "Age: 40\n"
    assert encoder.start == (WordStart.bos_token_id,)


def test_a_tokenizer_without_a_beginning_of_sequence_token_starts_with_nothing():
    assert Encoder(Letters()).start == ()


def test_a_line_break_that_merges_with_the_text_is_left_out():
    assert text_of(Encoder(BreakWithLetter()).segment("Tea")) == "Tea"


@pytest.mark.parametrize("tokenizer", [Letters(), WordStart()])
def test_segments_put_together_read_like_the_whole_text(tokenizer):
    encoder = Encoder(tokenizer)
    tokens = (*encoder.question(TEA), *encoder.lines(["Age: 40\n"])[0], *encoder.cue)
    assert text_of(tokens) == "Question: Tea?\nA: Yes\nB: No\nAge: 40\nAnswer:"


def test_answers_have_the_tokens_they_have_right_after_the_cue():
    assert [text_of(answer) for answer in Encoder(Letters()).answers(TEA)] == [" A", " B"]
    assert Encoder(SpaceWithLetter()).answers(TEA) == [(1000 + ord("A"),), (1000 + ord("B"),)]


def test_numbers_that_begin_other_numbers_may_end_in_a_line_break():
    after_one = next(b for b in Encoder(Letters()).trie(CUPS).branches if text_of(b.prefix) == " 1")
    assert text_of(after_one.children) == "\n0"  # 1 ends here, 10 goes on
    assert after_one.leads_to.nonzero()[1].tolist() == [1, 10]
