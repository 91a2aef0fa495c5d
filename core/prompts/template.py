"""Respondent and question as text: the versioned prompt template.

A prompt is a sequence of *segments* that are tokenised one by one: the question with its options,
one line per shown demographic, and the cue after which the answer comes. Segments are what
bundles share, so a question is read once for many profiles (or a profile once for many questions).

The default puts the question first: each demographic line then costs its own few tokens, and
because every prefix of the lines is itself a shorter profile, one reading of a profile gives an
answer for none, one, two, ... all of its demographics. With the profile first, every question would
be read again behind every profile.

What the model learns from either order: the embedded model after 250 steps of four bundles of about 270
tokens (LoRA, seed 0), measured by the NLL of validation respondents; *use* is how much it rises when their
profiles are permuted, *answering* the processor time to score all of them.

                                   NLL     use  prompts   learning  answering
    comma_2014     question first  0.842   .024   13,924      39 s        1 s
                   profile first   0.842   .022    4,611      42 s        3 s
    religion_2016  question first  1.268   .154   10,287      41 s       11 s
                   profile first   1.265   .145    3,188      43 s       23 s

The differences in NLL (0.000 and -0.002, paired standard errors 0.002 and 0.004) are within chance:
a step learns as much either way, with a third of the prompts but as much to read. The question stays in
front because answering, a simulation's whole work, then takes a third to a half of the time.

Profile first had one profile per bundle, a quarter of them with some demographics hidden, and the contrast
(see `core.tuning.loss`) over the same questions in the four bundles. One seed, two surveys whose profiles
are shorter than their questions, and a base model pre-trained with the question in front.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from core.errors import ModelError
from core.survey.codebook import Codebook, Item, QuestionType

VERSION = "1"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CUE = "Answer:"
MAX_LABEL_WORDS = 8
Order = Literal["question_first", "profile_first"]


@dataclass(frozen=True)
class Template:
    """Prompt template: version and order of segments; fixed for an adapter and stored beside it."""

    version: str = VERSION
    order: Order = "question_first"

    def to_dict(self) -> dict[str, Any]:
        """Fields by name, as stored in `understudy.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Template":
        """Template that `to_dict` wrote.

        Raises
        ------
        ModelError
            If the adapter was trained with a template this version does not know.
        """
        if data.get("version") != VERSION:
            raise ModelError(
                "The adapter was trained with another prompt template.",
                where="understudy.json",
                got=data.get("version"),
                fix=f"Train it again, or use the Understudy release with template {data.get('version')}.",
            )
        return cls(version=VERSION, order=data.get("order", "question_first"))


def question_segment(item: Item) -> str:
    """Text of the question segment, ending in a line break.

    >>> from core.survey.codebook import Question, QuestionType
    >>> q = Question("tea", "Do you like tea?", QuestionType.SINGLE, ("Yes", "No"))
    >>> print(question_segment(q.items[0]), end="")
    Question: Do you like tea?
    A: Yes
    B: No
    """
    lines = [f"Question: {_one_line(item.text)}"]
    if item.part is not None:
        lines.append(f"Option: {_one_line(item.part)}")
    if item.type is QuestionType.NUMERIC:
        numbers = [a for a, v in zip(item.answers, item.values, strict=True) if v == v]
        lines.append(f"A number from {numbers[0]} to {numbers[-1]}")
    else:
        lines += [
            f"{code}: {_one_line(answer)}"
            for code, answer in zip(answer_codes(item), item.answers, strict=True)
        ]
    return "\n".join(lines) + "\n"


def answer_codes(item: Item) -> tuple[str, ...]:
    """Answer codes, one per legal answer: what the model writes, a letter, a number or the words themselves.

    Numeric questions are answered by the number (or the words "Don't know"); others by the letter
    in front of the option, by its position when there are more options than letters.
    """
    if item.type is QuestionType.NUMERIC:
        return item.answers
    if len(item.answers) <= len(LETTERS):
        return tuple(LETTERS[: len(item.answers)])
    return tuple(str(i + 1) for i in range(len(item.answers)))


def profile_lines(profile: Mapping[str, str]) -> list[str]:
    """One line per demographic shown, ``label -> value``, each ending in a line break."""
    return [f"{_one_line(label)}: {_one_line(value)}\n" for label, value in profile.items()]


def option_lines(codebook: Codebook) -> list[str]:
    """Line of every option of every demographic, in the order of the codebook."""
    labels = short_labels(codebook)
    return [
        profile_lines({labels[d.column]: option})[0] for d in codebook.demographics for option in d.options
    ]


def short_labels(codebook: Codebook) -> dict[str, str]:
    """Labels of demographics in prompts: column -> label of at most eight words.

    Labels are often whole questions, and every word is read again for every profile. Remarks in
    brackets are dropped, then all but the last sentence, then all but the last six words; a label
    that would no longer be unique stays whole.

    >>> from core.survey.codebook import Demographic
    >>> long = "In 2020 many people voted. Did you vote in that election (for president)?"
    >>> short_labels(Codebook("t", (Demographic("v", long, ("Yes", "No")),), ()))
    {'v': 'Did you vote in that election?'}
    """
    short = {d.column: _shorten(_one_line(d.label)) for d in codebook.demographics}
    labels = list(short.values())
    return {
        d.column: short[d.column] if labels.count(short[d.column]) == 1 else d.label
        for d in codebook.demographics
    }


def _shorten(label: str) -> str:
    if len(label.split()) <= MAX_LABEL_WORDS:
        return label
    bare = re.sub(r"\s*\([^)]*\)", "", label)
    bare = re.split(r"(?<=[.?!:;])\s+(?=\w)", bare.strip())[-1]
    words = bare.split()
    return bare if len(words) <= MAX_LABEL_WORDS else " ".join(words[-6:])


def shown_fields(codebook: Codebook) -> dict[str, str]:
    """Demographics in the order prompts show them: column -> label.

    Those with few options come first, so that profiles sorted by their lines share long beginnings.
    """
    labels = short_labels(codebook)
    fields = sorted(codebook.demographics, key=lambda d: len(d.options))
    return {d.column: labels[d.column] for d in fields}


def labelled(codebook: Codebook, profile: Mapping[str, object]) -> dict[str, str]:
    """A profile ``column -> value`` as ``label -> value`` for prompts; missing values are left out."""
    shown = shown_fields(codebook)
    return {label: value for c, label in shown.items() if isinstance(value := profile.get(c), str)}


def prompt_text(template: Template, item: Item, profile: Mapping[str, str]) -> str:
    """Prompt of one profile and one item as one text; bundles read the same in pieces."""
    lines = "".join(profile_lines(profile))
    question = question_segment(item)
    parts = [question, lines] if template.order == "question_first" else [lines, question]
    return "".join(parts) + CUE


@lru_cache(maxsize=10_000)
def _one_line(text: str) -> str:
    return " ".join(str(text).split())
