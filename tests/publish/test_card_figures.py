"""What a card says without a simulation; with one, its whole text is tested in test_card."""

from core.publish.card_figures import evaluation_section
from core.tuning.result import RunResult


def test_without_a_simulation_only_what_the_run_recorded_is_said():
    text = evaluation_section(None, 200, RunResult(validation_nll=0.91234))
    assert "| This model | 0.912 |" in text
    assert "Model before tuning" not in text
    assert "Do not use it before it has been" in evaluation_section(None, 200, RunResult())
