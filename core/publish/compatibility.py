"""Compatibility of a survey and an adapter: which questions and demographics the adapter was trained on.

The model has seen texts, not columns: two questions are the same if wording, legal answers and their order
are; column names may differ.
"""

from dataclasses import dataclass, replace

from core.errors import HubError
from core.prompts.template import short_labels
from core.survey.codebook import Codebook, Demographic, Question
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class Compatibility:
    """Part of a survey that an adapter was trained on.

    Attributes
    ----------
    questions
        Columns of the survey's questions that the adapter was trained on, in the survey's order.
    demographics
        Demographics as they were in training, in that order (prompts follow it), with the survey's columns.
    problems
        One sentence for each question or demographic that does not fit and is left out.
    """

    questions: tuple[str, ...]
    demographics: tuple[Demographic, ...]
    problems: tuple[str, ...]


def check_compatibility(survey: Codebook, taught: Codebook, learned: tuple[str, ...]) -> Compatibility:
    """Compare a survey's codebook with the one an adapter was trained on.

    Parameters
    ----------
    survey
        Codebook of the survey.
    taught
        Codebook of the adapter.
    learned
        Columns of `taught` that were in training; the others were held out.

    Raises
    ------
    HubError
        If not a single question fits.
    """
    questions, problems = [], []
    by_text = {_words(q.text): q for q in taught.questions}
    for question in survey.questions:
        known = by_text.get(_words(question.text))
        problem = _question_problem(question, known, learned)
        if problem:
            problems.append(problem)
        else:
            questions.append(question.column)
    demographics, more = _demographics(survey, taught)
    if not questions:
        raise HubError(
            "The adapter was taught another questionnaire: none of this survey's questions fit.",
            where=taught.title,
            got=problems[0] if problems else "a survey without questions",
            fix="Choose the study it was made for, or import that survey's codebook.",
        )
    return Compatibility(tuple(questions), demographics, (*problems, *more))


def compatible_part(data: SurveyData, fit: Compatibility) -> SurveyData:
    """Survey with only the questions and demographics that fit; all respondents stay."""
    book = data.codebook
    kept = replace(
        book,
        demographics=fit.demographics,
        questions=tuple(q for q in book.questions if q.column in fit.questions),
    )
    return replace(
        data,
        codebook=kept,
        profiles=data.profiles[[d.column for d in kept.demographics]],
        answers=data.answers[[item.key for item in kept.items]],
    )


def _question_problem(question: Question, known: Question | None, learned: tuple[str, ...]) -> str | None:
    short = _short(question.text)
    if known is None:
        return f"“{short}” was not taught: no question of the adapter has this wording."
    if known.column not in learned:
        return f"“{short}” was held out when the adapter was taught."
    if known.type is not question.type:
        return f"“{short}” is {question.type} here and was {known.type} when it was taught."
    if [item.answers for item in known.items] != [item.answers for item in question.items]:
        return f"“{short}” has other answers, or in another order, than it was taught with."
    if known.options != question.options:
        return f"“{short}” has other options, or in another order, than it was taught with."
    return None


def _demographics(survey: Codebook, taught: Codebook) -> tuple[tuple[Demographic, ...], list[str]]:
    """Demographics that fit, and a sentence for every one that does not."""
    labels = short_labels(survey)
    here = {_words(labels[demographic.column]): demographic for demographic in survey.demographics}
    kept, problems = [], []
    for known in taught.demographics:
        demographic = here.pop(_words(short_labels(taught)[known.column]), None)
        if demographic is None:
            problems.append(f"The adapter knows “{_short(known.label)}”, which this survey does not have.")
        elif unknown := [option for option in demographic.options if option not in known.options]:
            problems.append(
                f"The background field “{_short(demographic.label)}” has categories that were not taught "
                f"({', '.join(unknown[:3])}); it is not shown."
            )
        else:
            kept.append(replace(known, column=demographic.column))
    problems += [
        f"The background field “{_short(demographic.label)}” was not taught; it is not shown."
        for demographic in here.values()
    ]
    return tuple(kept), problems


def _words(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    words = _words(text)
    return words if len(words) <= 80 else words[:77].rstrip() + "…"
