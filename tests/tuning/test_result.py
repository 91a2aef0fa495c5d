"""The result of a run: typed inside the process, the same keys in its file and in what is printed."""

import json
from dataclasses import asdict, replace

import pytest

from core.prompts.template import Template
from core.studio.demo import PREPARED
from core.tuning.registry import Run
from core.tuning.result import BaseModel, RunResult, Smoothing

TAUGHT = RunResult(
    temperature=0.9,
    slope_correction=0.1,
    validation_nll=1.2,
    uniform_validation_nll=1.5,
    marginals_validation_nll=1.3,
    in_option_mass=0.9,
    untuned_validation_nll=None,
    steps=10,
    base=BaseModel("understudy/embedded", None, "ab", "nf4 double"),
    template=Template("1", "question_first"),
    versions={"python": "3.11"},
    processes=1,
    sharded=False,
)


def test_a_result_is_read_back_as_it_was():
    assert RunResult.from_dict(json.loads(json.dumps(TAUGHT.to_dict()))) == TAUGHT


def test_the_file_of_a_run_has_keys_only_for_what_is_known():
    written = TAUGHT.to_dict()
    assert written["emphasis"] == 0.1 and "slope_correction" not in written  # the key of earlier versions
    assert written["base"] == {
        "id": "understudy/embedded",
        "revision": None,
        "sha256": "ab",
        "quantisation": "nf4 double",
    }
    assert written["template"] == {"version": "1", "order": "question_first"}
    assert "held_out_validation_nll" not in written and "pulled" not in written
    # a run that learned says that nobody answered, and that labels were not smoothed
    assert (written["untuned_validation_nll"], written["smoothing_weight"]) == (None, None)
    smoothed = replace(TAUGHT, **asdict(Smoothing(300.0, 1.25)))
    added = smoothed.to_dict().keys() - written.keys()
    assert added == {"teacher_validation_nll"}


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"temperature": 0.9, "pulled": {"repo_id": "a/b", "revision": "1", "problems": []}},
        {"validation_nll": 1.0},
    ],
)
def test_what_another_version_or_a_pulled_adapter_left_is_written_as_it_was_read(known):
    assert RunResult.from_dict(known).to_dict() == known
    assert Run.from_dict({"run_id": "r", "recipe": {}, **known}).to_dict() == {
        "run_id": "r",
        "recipe": {},
        **known,
    }


def test_the_run_of_the_prepared_study_keeps_every_key():
    (run,), (context,) = PREPARED.glob("jobs/tune-*"), PREPARED.glob("jobs/simulate-*/inputs/context.json")
    result = json.loads((run / "outputs" / "result.json").read_text())
    assert result["blend_weight"] is not None and result["ending"] in ("early", "steps")
    assert list(RunResult.from_dict(result).to_dict().items()) == list(result.items())
    known = json.loads(context.read_text())["run"]
    assert Run.from_dict(known).to_dict() == known
    assert (Run.from_dict(known).base, Run.from_dict(known).held_out) == ("embedded", ())


def test_a_run_of_an_earlier_version_keeps_the_figures_of_its_teacher():
    stored = {"smoothing_weight": 50.0, "main_effects_penalty": 0.1, "main_effects_validation_nll": 1.26}
    found = RunResult.from_dict(stored)
    assert (found.main_effects_penalty, found.main_effects_validation_nll) == (0.1, 1.26)
    assert found.teacher_validation_nll is None and found.to_dict() == stored
