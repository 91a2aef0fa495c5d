from types import SimpleNamespace

import pytest

from core.report.wording import headlines, verdict


def comparison(kl=0.012, floor=0.008, nll=0.85, **baselines):
    overall = {
        "model": {"kl": kl, "tv": 0.05, "nll": nll},
        "floor": {"kl": floor, "tv": 0.04},
        "baselines": baselines,
    }
    return SimpleNamespace(to_dict=lambda: {"overall": overall})


@pytest.mark.parametrize(
    ("kl", "start"), [(0.012, "Within noise"), (0.0121, "Close: the distance is 1.5"), (0.04, "Not close")]
)
def test_the_verdict_is_judged_against_the_noise_floor(kl, start):
    assert verdict(comparison(kl=kl)).startswith(start)


def test_no_verdict_without_a_figure():
    assert "could not be judged" in verdict(comparison(kl=None))


def test_baselines_that_do_better_are_said_to_do_better():
    told = " ".join(
        headlines(
            comparison(
                training_marginals={"kl": 0.005, "nll": 0.852},
                logistic_regression={"nll": 0.84},
                uniform={"nll": 1.3},
            ),
            n=213,
        )
    )
    assert "213 respondents kept out of training" in told
    assert "Simply repeating the shares of the training respondents is closer (KL 0.005)" in told
    assert "training shares, same for everyone 0.852 (about the same)" in told
    assert "logistic regression on demographics 0.840 (the model is worse)" in told
    assert "every answer equally likely 1.300 (the model is better)" in told
    assert "5.0 of 100 answers would have to move (4.0 from sampling alone)" in told
    assert "people say" not in told


def test_missing_figures_leave_no_empty_sentence():
    assert headlines(comparison(kl=None, nll=None), 10) == []
