"""What one click does about a flag: a new draft, with the uploaded file and the old draft left as they are.

Respondents that are dropped are written down in the codebook, see `core.survey.taken_out`.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, QuestionType
from core.survey.column_guess import guess_column
from core.survey.inference import as_question
from core.survey.quality.flag import LEFT_OUT_BY_YOU, Action, Flag, name_columns
from core.survey.taken_out import record_dropped

if TYPE_CHECKING:
    from core.survey.importing import SurveyDraft


def apply_action(draft: "SurveyDraft", flag: Flag, action: Action | None = None) -> "SurveyDraft":
    """The draft after an action; `raw` stays byte for byte, the sentence gives way to what was done.

    Parameters
    ----------
    draft
        Whose table and codebook the flag was found in.
    flag
        From `find_flags`.
    action
        The suggested one by default.

    Raises
    ------
    CodebookError
        If nobody, no question or no demographic would be left, or a column cannot be used.
    """
    action = action or flag.suggested
    if action is Action.KEEP:
        return draft
    if action is Action.DROP_ROWS:
        changed = _drop_rows(draft, flag)
        were = "respondent was" if len(flag.rows) == 1 else "respondents were"
        done = f"{len(flag.rows)} {were} taken out: {flag.kind}."
    elif action is Action.EXCLUDE_COLUMN:
        reason = f"{LEFT_OUT_BY_YOU}: {flag.kind}"
        changed = replace(draft, codebook=exclude_columns(draft.codebook, flag.columns, reason))
        done = f"Left out ({flag.kind}): {name_columns(flag.columns)}."
    else:
        changed = replace(draft, codebook=include_columns(draft.table, draft.codebook, flag.columns))
        done = f"Used although flagged ({flag.kind}): {name_columns(flag.columns)}."
    warnings = [sentence for sentence in draft.warnings if sentence != flag.sentence]
    return replace(changed, warnings=(*warnings, done))


def exclude_columns(codebook: Codebook, columns: Iterable[str], reason: str) -> Codebook:
    """The codebook without these columns, which are listed as left out.

    Raises
    ------
    CodebookError
        If no question or no demographic would be left.
    """
    columns = tuple(columns)

    def unless_ignored(column: str | None) -> str | None:
        return None if column in columns else column

    demographics = tuple(d for d in codebook.demographics if d.column not in columns)
    questions = tuple(q for q in codebook.questions if q.column not in columns)
    if not demographics or not questions:
        raise CodebookError(
            f"No {'background field' if not demographics else 'question'} would be left.",
            where="codebook",
            got=name_columns(columns),
            fix="Keep one of these columns, or give another column that role first.",
        )
    ignored = [entry for entry in codebook.extra.get("ignored", ()) if entry["column"] not in columns]
    ignored += [{"column": column, "reason": reason} for column in columns]
    return replace(
        codebook,
        demographics=demographics,
        questions=questions,
        extra={**codebook.extra, "ignored": ignored},
        id_column=unless_ignored(codebook.id_column),
        weight_column=unless_ignored(codebook.weight_column),
        split_column=unless_ignored(codebook.split_column),
    )


def include_columns(table: pd.DataFrame, codebook: Codebook, columns: Iterable[str]) -> Codebook:
    """The codebook with these columns as questions, as far as their answers can be options.

    Raises
    ------
    CodebookError
        If a column has no closed answers.
    """
    questions = []
    for column in columns:
        guess = guess_column(table[column])
        if guess.type is None or guess.type is QuestionType.MULTI:
            raise CodebookError(
                "The column has no closed answers that could be used.",
                where=f'column "{column}"',
                got=guess.reason or "several answers in one cell",
                fix="Leave it out, or code its answers in the file first.",
            )
        questions.append(as_question(guess))
    ignored = [entry for entry in codebook.extra.get("ignored", ()) if entry["column"] not in columns]
    extra = {**codebook.extra, "ignored": ignored}
    return replace(
        codebook,
        questions=(*codebook.questions, *questions),
        extra={key: value for key, value in extra.items() if key != "ignored" or value},
    )


def _drop_rows(draft: "SurveyDraft", flag: Flag) -> "SurveyDraft":
    kept = np.ones(len(draft.table), dtype=bool)
    kept[list(flag.rows)] = False
    if not kept.any():
        raise CodebookError(
            "Nobody would be left.", where="respondents", got=f"{len(flag.rows)} to be taken out"
        )
    positions = [int(draft.rows[i]) for i in flag.rows]
    extra = record_dropped(draft.codebook, draft.raw, str(flag.kind), positions)
    new_position = np.cumsum(kept) - 1
    offers = [replace(offer, rows=new_position[offer.rows[kept[offer.rows]]]) for offer in draft.removable]
    return replace(
        draft,
        table=draft.table.loc[kept].reset_index(drop=True),
        rows=draft.rows[kept],
        codebook=replace(draft.codebook, extra=extra),
        removable=tuple(offer for offer in offers if len(offer.rows)),
    )
