"""Tokenizers simple enough to write their tokens down by hand: one token per letter."""


class Letters:
    """The code point of each letter."""

    bos_token_id: int | None = None

    def encode(self, text, *, add_special_tokens):
        return [ord(letter) for letter in text]

    def __len__(self):
        return 0x110000


class WordStart(Letters):
    """Puts a mark in front of every text, as tokenizers in the manner of SentencePiece do."""

    MARK = 1
    bos_token_id = 2

    def encode(self, text, *, add_special_tokens):
        return [self.MARK, *super().encode(text, add_special_tokens=add_special_tokens)]


def text_of(tokens):
    return "".join(map(chr, tokens))
