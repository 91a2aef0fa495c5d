"""Results read back from a simulation whose scores were written by hand: no model is needed."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import CodebookError, JobError
from core.studio import report as studio_report
from core.studio import simulation as simulations
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


def test_figures_are_those_of_the_written_scores(workspace, simulation):
    found = simulations.results(workspace, simulation, temperature=1)
    women = (found.real.profiles["sex"] == "Female").to_numpy()
    said = found.real.answers["tea"].to_numpy()
    by_hand = -np.log([(WOMEN if w else MEN)[k] for w, k in zip(women, said, strict=True)]).mean()
    tea = found.comparison.questions[0]
    assert tea.model.nll == pytest.approx(by_hand)
    assert tea.baselines["untuned"].nll == pytest.approx(np.log(3))
    assert tea.baselines["uniform"].nll == pytest.approx(np.log(3))
    assert set(tea.baselines) == {"uniform", "training_marginals", "untuned"}
    assert set(found.real.split) == {"test"}


def test_the_temperature_is_the_fitted_one_unless_another_is_asked_for(workspace, simulation):
    """1.2483 was fitted; a slider has hundredths, and charts and tables are to show the same shares."""
    assert simulations.results(workspace, simulation).temperature == 1.25
    assert simulations.results(workspace, simulation, temperature=0.5).to_dict()["temperature"] == 0.5
    assert simulations.results(workspace, simulation, temperature=0.5).to_dict()["fitted_temperature"] == 1.25


@pytest.mark.parametrize("temperature", [0, 3.5, "warm"])
def test_a_temperature_off_the_scale_is_refused(workspace, simulation, temperature):
    with pytest.raises(JobError, match="out of range"):
        simulations.results(workspace, simulation, temperature)


def test_the_population_answers_in_its_own_proportions(workspace, simulation):
    sweep = simulations.results(workspace, simulation).population_sweep
    tea = sweep.questions[0]
    at_one = [np.interp(1, sweep.temperatures, tea.simulated[:, k]) for k in range(3)]
    expected = 0.8 * np.array(WOMEN) + 0.2 * np.array(MEN)  # 80 % women
    np.testing.assert_allclose(at_one, expected, atol=2e-4)
    assert tea.n == 60  # beside all respondents, not only the held-out ones


def test_one_question_alone_is_swept_as_with_all_others(workspace, simulation):
    alone, together = (simulations.results(workspace, simulation) for _ in range(2))
    assert [q.column for q in alone.questions] == [q.column for q in together.sweep.questions]
    for column in ("tea", "with"):
        found, expected = alone.one_question(column), together.sweep.question(column)
        assert len(found.questions) == 1
        np.testing.assert_array_equal(found.question(column).simulated, expected.simulated)
        np.testing.assert_array_equal(found.question(column).kl, expected.kl)


def test_one_temperature_per_type_and_groups_are_read_from_the_same_scores(workspace, simulation):
    whole = simulations.results(workspace, simulation, temperature="by_type")
    assert set(whole.fitted_by_type) == {"single", "multi"}
    assert whole.comparison.temperature == whole.fitted_by_type
    women = replace(whole.reading, groups=(("sex", ("Female",)),))
    with pytest.raises(JobError, match="Too few respondents"):
        whole.read(women)
    with pytest.raises(CodebookError, match="no such demographic.*Use one of: sex"):
        whole.read(replace(whole.reading, groups=(("shoe", ("41",)),)))
    tea = replace(whole, reading=women).population_sweep.questions[0]
    assert np.interp(1, whole.sweep.temperatures, tea.simulated[:, 0]) == pytest.approx(0.6, abs=2e-4)


def test_groups_are_compared_when_they_are_large_enough(workspace, simulation):
    groups = simulations.results(workspace, simulation).by("sex")
    assert {name: group.suppressed for name, group in groups.items()} == {"Female": True, "Male": True}


def test_the_report_names_survey_and_population(workspace, simulation):
    report = studio_report.html(workspace, simulation)
    assert "Tea" in report
    assert "https://cdn" not in report
