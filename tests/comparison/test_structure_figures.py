import json

import pytest

from core.comparison.structure_figures import Detectability, InformativeQuestion, Structure
from core.studio.demo import PREPARED


def test_the_structure_of_the_prepared_study_keeps_every_key():
    (path,) = PREPARED.glob("jobs/simulate-*/outputs/structure.json")
    stored = json.loads(path.read_text())
    found = Structure.from_dict(stored)
    assert json.dumps(found.to_dict()) == json.dumps(stored)
    assert found.subgroups.methods["model"].slope == pytest.approx(0.919, abs=0.001)


def test_informative_questions_keep_their_stored_name():
    stored = {"auc": 0.7, "pmse": 0.1, "telling": [{"column": "q1", "auc_lost": 0.2}]}
    assert Detectability.from_dict(stored) == Detectability(0.7, 0.1, (InformativeQuestion("q1", 0.2),))
