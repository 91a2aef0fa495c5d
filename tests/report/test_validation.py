"""The validation label: every entry, whatever is known."""

from dataclasses import replace

import pytest

from core.report.validation import validation_label
from core.report.verdicts import results_verdicts
from core.results.banner import results_banner
from core.tuning.registry import Run
from core.tuning.result import RunResult
from tests.report.report_factory import CODEBOOK, RUN, made_results

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


def label(results, verdicts=()):
    return {entry.heading: " ".join(entry.sentences) for entry in validation_label(results, verdicts)}


@pytest.fixture(scope="module")
def results():
    return made_results()


def test_every_entry_is_there_whatever_is_known(results):
    unknown = made_results(
        book=CODEBOOK | {"population": "", "weight_column": None},
        run=Run("", {}, RunResult()),
        mass=None,
        generated=True,
    )
    for found in (label(results, results_verdicts(results)), label(unknown)):
        assert list(found) == HEADINGS
        assert all(found.values())


def test_figures_are_those_of_the_comparison(results):
    overall, found = results.comparison.overall, label(results)
    assert f"{100 * overall.model.tv:.1f} of 100" in found["Test on people kept out"]
    assert f"floor {overall.floor.kl:.3f}" in found["Test on people kept out"]
    assert "1,700 respondents: 1,400 taught the model, 100 set its temperature, 200" in found["Base"]
    assert "Effective base of the test: 180" in found["Base"]  # weights 4/3 and 2/3: n / (1 + 1/9)
    assert "Model before tuning: " in found["What simpler methods give"]


def test_it_says_who_the_survey_is_about_and_whether_it_is_weighted(results):
    found, bare = (
        label(results),
        label(made_results(book=CODEBOOK | {"population": "", "weight_column": None})),
    )
    assert found["Who the survey is about"] == "Adults with a driving licence."
    assert "does not say" in bare["Who the survey is about"]
    assert found["Weighting"] == "Survey weights are applied to both sides."
    assert bare["Weighting"].startswith("None")


def test_the_verdicts_are_those_of_the_page(results):
    verdicts = results_verdicts(results)
    found = label(results, verdicts)["Test on people kept out"]
    assert len(verdicts) == 3
    for verdict in verdicts:
        assert f"{verdict.axis}: {verdict.label.lower()}. {verdict.sentence}" in found


def test_questions_kept_out_are_reported_apart(results):
    (rude,) = (q for q in results.comparison.questions if q.column == "rude")
    kept_out = made_results(run=replace(RUN, recipe={"hold_out_questions": ["rude"]}))
    found = label(kept_out)["Test on questions kept out"]
    assert found.startswith("1 question the model was not taught")
    assert f"{100 * rude.model.tv:.1f} of 100" in found
    assert "Nothing is known about new questions" in label(results)["Test on questions kept out"]


def test_refused_shares_are_those_of_the_toplines(results):
    row = results_banner(results).table("rude").rows[3]
    assert row.label == "Don't know"
    found = label(results)["Refusals and don't knows"]
    assert f"{100 * row.real[0]:.1f} % of real and {100 * row.simulated[0]:.1f} % of simulated" in found


def test_mass_outside_the_options_is_told(results):
    """A quarter of the answers each with 100, 90, 80 and 30 % on the options."""
    found = label(results)["Answers outside the options"]
    assert "75.0 % fell on the options offered (5th percentile 30.0 %" in found
    assert "below half for 25.0 % of answers" in found
    assert label(made_results(mass=None))["Answers outside the options"] == "Not recorded."


@pytest.mark.parametrize(("generated", "said"), [(True, True), (False, False)])
def test_generated_respondents_are_named_as_such(generated, said):
    found = label(made_results(generated=generated))["Who the survey is about"]
    assert ("no real people were asked" in found) is said
