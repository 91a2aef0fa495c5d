"""State of an optimiser as tensors and numbers: a restored one goes on to the same weights."""

import torch

from core.models.optimiser_state import optimiser_state, restore_optimiser


def stepped(weights, optimiser, count):
    for _ in range(count):
        optimiser.zero_grad()
        (weights**2).sum().backward()
        optimiser.step()


def test_a_restored_optimiser_takes_the_same_steps_at_its_own_rate():
    whole = torch.nn.Parameter(torch.arange(4.0))
    optimiser = torch.optim.AdamW([whole], lr=0.1)
    stepped(whole, optimiser, 3)
    tensors, numbers = optimiser_state(optimiser)
    assert set(tensors) == {"0.step", "0.exp_avg", "0.exp_avg_sq"} and numbers == {}
    resumed = torch.nn.Parameter(whole.detach().clone())
    again = torch.optim.AdamW([resumed], lr=0.1)
    restore_optimiser(again, {name: tensor.clone() for name, tensor in tensors.items()}, numbers)
    stepped(whole, optimiser, 2)
    stepped(resumed, again, 2)
    assert torch.equal(whole, resumed)


def test_settings_are_not_restored_and_plain_numbers_are_kept_apart():
    weights = torch.nn.Parameter(torch.ones(2))
    optimiser = torch.optim.SGD([weights], lr=0.5, momentum=0.9)
    stepped(weights, optimiser, 1)
    optimiser.state[weights]["count"] = 7
    tensors, numbers = optimiser_state(optimiser)
    assert numbers == {"0.count": 7} and set(tensors) == {"0.momentum_buffer"}
    other = torch.optim.SGD([weights], lr=0.25, momentum=0.9)
    restore_optimiser(other, tensors, numbers)
    assert other.param_groups[0]["lr"] == 0.25 and other.state[weights]["count"] == 7
