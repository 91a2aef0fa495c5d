import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.survey.codebook import Question, QuestionType
from core.tuning.loss import bundle_loss, contrast, cross_entropy, number_penalty
from core.tuning.recipe import Recipe

SCALE = Question("q", "?", QuestionType.ORDINAL, ("1", "2", "3", "4", "5")).items[0]
POLARISED = torch.tensor([[0.35, 0.1, 0.1, 0.1, 0.35]], dtype=torch.float64)


def minimise(penalty: str, weight: float) -> np.ndarray:
    """The prediction that minimises cross-entropy + penalty for a polarised population."""
    recipe = Recipe(penalty=penalty, penalty_weight=weight)
    logits = torch.zeros(1, 5, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([logits], max_iter=100, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = bundle_loss(torch.log_softmax(logits, -1), POLARISED, SCALE, recipe).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return torch.softmax(logits, -1).detach().numpy()[0]


def spread(shares: np.ndarray) -> float:
    values = np.arange(5)
    return float(np.sqrt(shares @ values**2 - (shares @ values) ** 2))


def test_cross_entropy_by_hand():
    logprob = torch.log(torch.tensor([[0.25, 0.75]]))
    assert float(cross_entropy(logprob, torch.tensor([[1.0, 0.0]]))) == pytest.approx(np.log(4))


def test_rps_by_hand():
    """p = (1,0,0), q = (0,0,1): both cumulative gaps are 1, each half of the range: 1/2 + 1/2."""
    item = Question("q", "?", QuestionType.ORDINAL, ("a", "b", "c")).items[0]
    p, q = torch.tensor([[1.0, 1e-30, 1e-30]]), torch.tensor([[0.0, 0.0, 1.0]])
    assert float(number_penalty(p.log(), q, item, Recipe(penalty="rps"))) == pytest.approx(1.0)
    assert float(number_penalty(p.log(), q, item, Recipe(penalty="squared_mean"))) == pytest.approx(1.0)
    assert float(number_penalty(p.log(), q, item, Recipe(penalty="distance"))) == pytest.approx(1.0)


@pytest.mark.parametrize("weight", [1.0, 4.0, 16.0])
def test_rps_leaves_the_truth_optimal_and_the_distance_penalty_shrinks_the_spread(weight):
    """SD ratio 1 for rps; .99, .95, .77 for the distance penalty (range 4: lambda x 4)."""
    assert minimise("rps", weight) == pytest.approx(POLARISED.numpy()[0], abs=1e-5)
    ratio = spread(minimise("distance", weight)) / spread(POLARISED.numpy()[0])
    assert ratio == pytest.approx({1.0: 0.99, 4.0: 0.95, 16.0: 0.77}[weight], abs=0.006)


def test_rps_gradient():
    logits = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    labels = torch.softmax(torch.randn(3, 5, dtype=torch.float64), -1)
    assert torch.autograd.gradcheck(
        lambda z: number_penalty(torch.log_softmax(z, -1), labels, SCALE, Recipe(penalty="rps")), logits
    )


def test_refusals_and_option_order_do_not_change_the_number_term():
    plain = Question("q", "?", QuestionType.NUMERIC, range=(0, 2)).items[0]
    refusal = Question("q", "?", QuestionType.NUMERIC, range=(0, 2), non_substantive=("Don't know",)).items[0]
    p, q = torch.tensor([[0.2, 0.5, 0.3]]), torch.tensor([[0.6, 0.3, 0.1]])
    longer = [torch.cat([t * 0.5, torch.tensor([[0.5]])], -1) for t in (p, q)]
    expected = float(number_penalty(p.log(), q, plain, Recipe(penalty="rps")))
    assert float(number_penalty(longer[0].log(), longer[1], refusal, Recipe(penalty="rps"))) == pytest.approx(
        expected
    )


def test_unordered_questions_have_no_number_term():
    item = Question("q", "?", QuestionType.SINGLE, ("a", "b")).items[0]
    p = torch.tensor([[0.5, 0.5]])
    assert float(number_penalty(p.log(), p, item, Recipe(penalty="rps"))) == 0.0


def test_slope_and_width_shape_the_distance_penalty():
    """True answer 1 of 1-5; all of the prediction on 3, distance 1/2: min(1, 3 * (1/2 - 1/4)) = 3/4."""
    labels = torch.tensor([[1.0, 0, 0, 0, 0]])
    logprob = torch.log(torch.tensor([[1e-30, 1e-30, 1.0, 1e-30, 1e-30]]))
    shaped = Recipe(penalty="distance", penalty_slope=3.0, penalty_width=0.25)
    assert float(number_penalty(logprob, labels, SCALE, shaped)) == pytest.approx(0.75)
    near = torch.log(torch.tensor([[1e-30, 1.0, 1e-30, 1e-30, 1e-30]]))
    assert float(number_penalty(near, labels, SCALE, shaped)) == pytest.approx(0.0, abs=1e-6)
    steep = Recipe(penalty="distance", penalty_slope=10.0)
    assert float(number_penalty(logprob, labels, SCALE, steep)) == pytest.approx(1.0)


def shares(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_contrast_by_hand():
    """Two people, yes : no = 1 : 1 and e^2 : 1 as they should be, alike in the prediction.

    Log-odds differ by 2, so each is 1 off; with log-odds d and mean share m of "yes", centred values are
    d(1-m) and -dm, and 1/2 (m (d(1-m))^2 + (1-m)(dm)^2) = 1/2 m(1-m) d^2.
    """
    high = np.e**2 / (1 + np.e**2)
    labels = shares([0.5, 0.5], [high, 1 - high])
    m = (0.5 + high) / 2
    alike = shares([0.3, 0.7], [0.3, 0.7]).log()
    assert float(contrast(alike, labels)) == pytest.approx(0.5 * m * (1 - m))


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(2, 7))
def test_contrast_is_zero_at_the_truth_and_for_a_shift_of_everybody(seed, people, answers):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(people, answers, generator=generator, dtype=torch.float64)
    shift = torch.randn(answers, generator=generator, dtype=torch.float64)
    truth = torch.softmax(logits, -1)
    assert float(contrast(truth.log(), truth)) == pytest.approx(0.0, abs=1e-9)
    assert float(contrast(torch.log_softmax(logits + shift, -1), truth)) == pytest.approx(0.0, abs=1e-9)
    others = torch.log_softmax(logits + torch.randn(people, answers, generator=generator), -1)
    assert float(contrast(others, truth)) >= 0.0


def test_contrast_is_what_remains_of_kl_when_the_means_are_right():
    labels = shares([0.52, 0.48], [0.48, 0.52])
    alike = shares([0.5, 0.5], [0.5, 0.5]).log()
    kl = (labels * (labels.log() - alike)).sum(-1).mean()
    assert float(contrast(alike, labels)) == pytest.approx(float(kl), rel=1e-2)


def test_contrast_gradient():
    logits = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    labels = torch.softmax(torch.randn(3, 5, dtype=torch.float64), -1)
    assert torch.autograd.gradcheck(lambda z: contrast(torch.log_softmax(z, -1), labels), logits)


def test_rps_squares_what_is_missing_below_each_step():
    """p = (1/2, 1/2, 0), q = (0, 0, 1) or the other way round: gaps 1/2 and 1, (1/4 + 1) / 2."""
    item = Question("q", "?", QuestionType.ORDINAL, ("a", "b", "c")).items[0]
    p, q = torch.tensor([[0.5, 0.5, 1e-30]]), torch.tensor([[1e-30, 1e-30, 1.0]])
    for predicted, labels in ((p, q), (q, p)):
        penalty = number_penalty(predicted.log(), labels, item, Recipe(penalty="rps"))
        assert float(penalty) == pytest.approx(0.625)
