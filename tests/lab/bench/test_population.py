from core.lab.bench.population import bench_population


def test_the_bench_does_the_same_work_on_a_small_scale():
    found = bench_population(people=5_000, demographics=4, respondents=300, raked=2_000, margins=3)
    assert found.worst_margin_error < 0.1
    assert found.rake_rounds > 1
    assert found.build_seconds > 0
