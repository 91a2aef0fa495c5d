"""The validation label: every entry, whatever is known."""

import numpy as np
import pytest

from core.report.validation import validation_label
from tests.report.report_factory import made_banner, made_facts

HEADINGS = [
    "Who the survey is about",
    "Base",
    "Weighting",
    "Test on people kept out",
    "Test on questions kept out",
    "What chance alone gives",
    "What simpler methods give",
    "Refusals and don't knows",
    "Answers outside the options",
    "Model",
    "Fit for",
    "Not fit for",
]


def label(**changes):
    return {entry.heading: " ".join(entry.sentences) for entry in validation_label(made_facts(**changes))}


def test_every_entry_is_there_whatever_is_known():
    unknown = {"frame": "", "run": {}, "mass": np.zeros(0), "weighted": False, "generated": True}
    for found in (label(), label(**unknown)):
        assert list(found) == HEADINGS
        assert all(found.values())


def test_figures_are_those_of_the_comparison():
    facts, found = made_facts(), label()
    overall = facts.comparison.overall
    assert f"{100 * overall['model']['tv']:.1f} of 100" in found["Test on people kept out"]
    assert f"floor {overall['floor']['kl']:.3f}" in found["Test on people kept out"]
    assert "1,700 respondents: 1,400 taught the model, 100 set its temperature, 200" in found["Base"]
    assert "Effective base of the test: 180" in found["Base"]
    assert "Model before tuning: " in found["What simpler methods give"]


def test_the_verdicts_are_those_of_the_page():
    facts, found = made_facts(), label()["Test on people kept out"]
    assert len(facts.verdicts) == 3
    for verdict in facts.verdicts:
        assert f"{verdict.axis}: {verdict.label.lower()}. {verdict.sentence}" in found


def test_questions_kept_out_are_reported_apart():
    facts = made_facts()
    (rude,) = (q for q in facts.comparison.questions if q.column == "rude")
    found = label(held_out_questions=("rude",))["Test on questions kept out"]
    assert found.startswith("1 question the model was not taught")
    assert f"{100 * rude.model['tv']:.1f} of 100" in found
    assert "Nothing is known about new questions" in label()["Test on questions kept out"]


def test_refused_shares_are_those_of_the_toplines():
    row = made_banner(()).table("rude").rows[3]
    assert row.label == "Don't know"
    found = label()["Refusals and don't knows"]
    assert f"{100 * row.real[0]:.1f} % of real and {100 * row.simulated[0]:.1f} % of simulated" in found


def test_mass_outside_the_options_is_told():
    found = label()["Answers outside the options"]
    assert "75.0 % fell on the options offered" in found
    assert "below half for 25.0 % of answers" in found
    assert label(mass=np.zeros(0))["Answers outside the options"] == "Not recorded."


@pytest.mark.parametrize(("generated", "said"), [(True, True), (False, False)])
def test_generated_respondents_are_named_as_such(generated, said):
    assert ("no real people were asked" in label(generated=generated)["Who the survey is about"]) is said


def test_the_fifth_percentile_of_the_mass_is_a_low_one():
    found = label(mass=np.linspace(0, 1, 101))["Answers outside the options"]
    assert "50.0 % fell on the options offered (5th percentile 5.0 %;" in found
