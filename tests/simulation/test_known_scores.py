"""Profiles a model has answered are not asked again, the numbers are the same, nothing outlives the run."""

import numpy as np
import pandas as pd
import pytest

from core.jobs import process
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.simulation import known_scores
from core.simulation.known_scores import KnownScores, adapter_digest, score_unknown
from core.simulation.scores import Scores
from core.store.files import remove_folder
from tests.tuning.cars_survey import CODEBOOK

ITEMS = CODEBOOK.items
PEOPLE = pd.DataFrame(
    {"area": ["City", "Countryside", None, "City"], "age": ["40+", "40+", None, None]}, dtype="string"
)


class Model:
    """Answers from the letters of a profile, in single precision; remembers who was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, profiles):
        self.asked += [
            tuple(v for v in row if isinstance(v, str)) for row in profiles.itertuples(index=False)
        ]
        seeds = [sum(map(ord, "".join(shown))) for shown in self.asked[-len(profiles) :]]
        rng = [np.random.default_rng(seed) for seed in seeds]
        tables = {
            i.key: np.log([each.dirichlet(np.ones(len(i.answers))) for each in rng]).astype(np.float32)
            for i in ITEMS
        }
        mass = {i.key: np.array([each.random() for each in rng], dtype=np.float32) for i in ITEMS}
        return Scores(
            {k: t.astype(float) for k, t in tables.items()}, {k: m.astype(float) for k, m in mass.items()}
        )


@pytest.fixture
def run(tmp_path):
    folder = JobFolder.create(tmp_path, "tune", "Cars", {})
    folder.write_status(state=JobState.DONE)
    return folder


def of(run, weights="a"):
    job = JobFolder.create(run.path.parent, "simulate", "Cars", {"run_id": run.id})
    return KnownScores.beside(job, ITEMS, weights)


def same(one, other):
    pairs = [(one.logprob, other.logprob), (one.mass, other.mass)]
    return all(np.array_equal(a[item.key], b[item.key]) for a, b in pairs for item in ITEMS)


def test_only_new_profiles_are_asked_and_the_numbers_are_the_same(run):
    model = Model()
    first, known = score_unknown(of(run), PEOPLE.iloc[:2], model)
    assert known == 0 and len(model.asked) == 2 and same(first, Model()(PEOPLE.iloc[:2]))
    again, known = score_unknown(of(run), PEOPLE, model)
    assert known == 2 and model.asked[2:] == [(), ("City",)]
    assert same(again, Model()(PEOPLE))
    last, known = score_unknown(of(run), PEOPLE.iloc[::-1], model)
    assert known == 4 and len(model.asked) == 4
    assert same(last, Model()(PEOPLE.iloc[::-1]))


def test_another_model_knows_nothing_of_it(run):
    score_unknown(of(run), PEOPLE, Model())
    assert score_unknown(of(run, "b"), PEOPLE, Model())[1] == 0


def test_the_same_words_of_another_demographic_are_another_profile(run):
    score_unknown(of(run), PEOPLE, Model())
    assert (
        score_unknown(of(run), PEOPLE.rename(columns={"area": "age", "age": "area"}), Model())[1] == 1
    )  # nobody


def test_a_model_without_a_run_keeps_nothing(tmp_path):
    job = JobFolder.create(tmp_path, "simulate", "Cars", {"run_id": None})
    known = KnownScores.beside(job, ITEMS, "a")
    for _ in range(2):
        assert score_unknown(known, PEOPLE, Model())[1] == 0
    assert [path.name for path in tmp_path.iterdir()] == [job.id]


def test_two_jobs_at_once_keep_both_of_what_they_found(run):
    one, other = of(run), of(run)
    seen = one.lookup(PEOPLE.iloc[:2]), other.lookup(PEOPLE.iloc[1:])
    for known, found, people in zip((one, other), seen, (PEOPLE.iloc[:2], PEOPLE.iloc[1:]), strict=True):
        known.add(found.names, Model()(people))
    scores, known = score_unknown(of(run), PEOPLE, Model())
    assert known == 4 and same(scores, Model()(PEOPLE))


def test_a_damaged_file_is_asked_again(run):
    score_unknown(of(run), PEOPLE, Model())
    (file,) = (run.path / "scores").iterdir()
    file.write_bytes(file.read_bytes()[:300])
    scores, known = score_unknown(of(run), PEOPLE, Model())
    assert known == 0 and same(scores, Model()(PEOPLE))


def test_the_oldest_files_are_dropped(run, monkeypatch):
    for k in range(4):
        score_unknown(of(run), PEOPLE.iloc[k : k + 1], Model())
    sizes = [path.stat().st_size for path in (run.path / "scores").iterdir()]
    monkeypatch.setattr(known_scores, "KNOWN_BYTES", 2 * max(sizes))
    known_scores._drop_oldest(run.path / "scores")
    found = of(run).lookup(PEOPLE)
    assert found.known.tolist() == [False, False, True, True]


def test_deleting_the_run_deletes_them_even_while_a_job_is_asking(run):
    known = of(run)
    score_unknown(known, PEOPLE.iloc[:2], Model())
    found = known.lookup(PEOPLE)
    process.delete(run)
    known.add(found.names, Model()(PEOPLE))
    assert not run.path.exists()
    remove_folder(run.path)


def test_the_adapter_is_known_by_its_weights_and_settings(tmp_path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1")
    before = adapter_digest(tmp_path)
    (tmp_path / "understudy.json").write_text("{}")
    assert adapter_digest(tmp_path) == before
    (tmp_path / "adapter_model.safetensors").write_bytes(b"2")
    assert adapter_digest(tmp_path) != before
