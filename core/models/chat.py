"""Prompts of chat models: the same question, inside the model's own chat template.

A chat template puts tokens before and after a user's message. Those before it open the prompt, those after
it close the cue, and the answer begins the assistant's turn. The thinking of reasoning models is switched
off, as the answer must come first.
"""

from typing import Any

from core.prompts.encoding import Encoder
from core.prompts.phrases import PhraseEncoder, Phrases, reserved_tokens

_MARK = "\u2063message\u2063"


def encoder_for(tokenizer: Any, chat: bool, phrases: Phrases | None = None) -> Encoder:
    """Encoder of a model: in a chat template, by phrases where it has tokens for them, else word by word."""
    if chat:
        return ChatEncoder(tokenizer)
    return PhraseEncoder(tokenizer, phrases) if reserved_tokens(tokenizer) else Encoder(tokenizer)


def chat_frame(tokenizer: Any) -> tuple[str, str]:
    """Text of the chat template before and after a user's message, up to the beginning of the answer."""
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": _MARK}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    before, _, after = text.partition(_MARK)
    return before, after


class ChatEncoder(Encoder):
    """Encoder whose prompts are inside a chat template."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__(tokenizer)
        self._end: int = tokenizer.eos_token_id
        before, after = chat_frame(tokenizer)
        self._before = tuple(tokenizer.encode(before, add_special_tokens=False))
        self._after = tuple(tokenizer.encode(after, add_special_tokens=False))

    @property
    def start(self) -> tuple[int, ...]:
        """Tokens of the template up to the message."""
        return self._before

    @property
    def cue(self) -> tuple[int, ...]:
        """Tokens of the cue and of the template up to the answer."""
        return super().cue + self._after

    def _after_cue(self, text: str) -> tuple[int, ...]:
        """Tokens of an answer at the beginning of the assistant's turn, which ends with its own token."""
        if text == "\n":
            return (self._end,)
        return self.segment(text.strip())
