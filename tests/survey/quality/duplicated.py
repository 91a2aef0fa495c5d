"""A survey with one respondent twice, and its flags."""

import numpy as np

from core.survey.quality.find import find_flags

ANSWERS = np.random.default_rng(3).integers(4, size=(60, 14))
ROWS = [f"p{i},{'WM'[i % 2]}," + ",".join("abcd"[a] for a in row) for i, row in enumerate(ANSWERS)]
RAW = "\n".join(["id,sex," + ",".join(f"q{j}" for j in range(14)), *ROWS, "p9x" + ROWS[9][2:]]).encode()


def flag_of(draft, kind):
    (flag,) = [f for f in find_flags(draft.table, draft.codebook, draft.guessed) if f.kind is kind]
    return flag
