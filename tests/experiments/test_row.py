from core.experiments.row import ExperimentResult, ExperimentRow


def test_a_result_is_read_back_and_what_other_versions_wrote_is_left_out():
    rows = (ExperimentRow("before", kl=0.2), ExperimentRow("taught", x=3.0, kl=0.1, seconds=9.0))
    result = ExperimentResult("taught", rows, "supports", "Supported here.")
    stored = result.to_dict()
    assert ExperimentResult.from_dict(stored) == result
    stored["rows"][0] = {"name": "before", "kl": 0.2, "loss": 7.0}  # fewer keys, and one unknown here
    assert ExperimentResult.from_dict(stored) == result
