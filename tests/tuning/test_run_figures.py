from core.tuning.result import RunResult
from core.tuning.run_figures import RUN_FIGURES, figure_text


def test_every_figure_is_one_that_a_run_stores_and_can_be_written():
    known = RunResult(
        **{name: 1.0 for name in RunResult.__dataclass_fields__ if name not in ("base", "template")}
    )
    assert set(RUN_FIGURES) <= set(known.to_dict())
    assert all(figure_text(key, 1234.5) and figure_text(key, None) == "" for key in RUN_FIGURES)
    assert figure_text("in_option_mass", 0.9871) == "98.7%"
