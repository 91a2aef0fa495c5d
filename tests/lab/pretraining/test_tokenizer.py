import pytest
from transformers import AutoTokenizer

from core.lab.pretraining.tokenizer import VOCABULARY, make_tokenizer
from core.prompts.phrases import phrase_token, reserved_tokens


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    make_tokenizer().save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)  # as it is shipped


def test_any_text_survives_the_tokenizer(tokenizer):
    text = "Größe: ¿Cuántos años? 日本 100% — 🙂"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


@pytest.mark.parametrize("answer", [" A", " Z", " 0", " 7", " 42", " 255"])
def test_an_answer_behind_the_cue_is_one_token(tokenizer, answer):
    cue, *rest = tokenizer.encode(f"Answer:{answer}", add_special_tokens=False)
    assert len(rest) == 1 and tokenizer.decode([cue]) == "Answer:"


def test_reserved_tokens_come_last(tokenizer):
    count = reserved_tokens(tokenizer)
    assert len(tokenizer) == VOCABULARY and count > 3000
    ids = tokenizer.convert_tokens_to_ids([phrase_token(k) for k in range(count)])
    assert ids == list(range(VOCABULARY - count, VOCABULARY))
