import json

from core.comparison.structure import structure
from core.comparison.structure_figures import Structure
from tests.comparison.fitted_methods import DATA, METHODS, TEST


def test_all_of_it_is_stored_and_read_back_as_it_was():
    steps = []
    found = structure(TEST, DATA.part("train"), METHODS, steps.append)
    assert steps == [1, 2, 3, 4, 5]
    stored = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert Structure.from_dict(stored) == found
    assert list(stored) == ["n", "association", "subgroups", "transfer", "fidelity", "detectability"]
    assert list(stored["association"])[:3] == ["ceiling", "model", "pairs"]
    assert set(stored["association"]["ceiling"]) == {"demographics", "questions"}
    assert set(stored["subgroups"]) == {"groups", "methods", "differences"}
    assert found.fidelity["perfect"][0].pfs > found.fidelity["training_marginals"][0].pfs
