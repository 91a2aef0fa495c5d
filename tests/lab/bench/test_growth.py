import pytest

from core.lab.bench.growth import STEPS, GrowthBench, Size, slope
from core.lab.bench.growth_run import main


def test_the_slope_is_the_power_of_the_size():
    assert slope([10, 100, 1_000], [2.0, 20.0, 200.0]) == pytest.approx(1)
    assert slope([1, 4, 16], [3.0, 6.0, 12.0]) == pytest.approx(0.5)
    assert slope([10, 10], [1.0, 2.0]) != slope([10, 10], [1.0, 2.0])  # NaN: only one size


def test_costs_are_added_up_over_the_steps():
    def size(people, seconds, megabytes):
        return Size(
            people, 1, 7, dict.fromkeys(STEPS, seconds), {**dict.fromkeys(STEPS, 1.0), "import": megabytes}
        )

    found = GrowthBench((size(10, 1.0, 5.0), size(1_000, 10.0, 500.0)))
    assert found.slopes == pytest.approx({**dict.fromkeys((*STEPS, "all"), 0.5), "memory": 1.0})


@pytest.mark.slow
def test_a_small_study_runs_from_import_to_comparison(tmp_path):
    found = main(tmp_path, 150, 2, 0)
    assert (found.people, found.questions) == (150, 2)
    assert 1 < found.profiles <= 721
    assert list(found.cpu_seconds) == list(STEPS) == list(found.megabytes)
    assert all(seconds > 0 for seconds in found.cpu_seconds.values())
