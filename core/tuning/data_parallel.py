"""The gradient of a step on several processor cores: forked processes share the adapter's weights.

Small models gain nothing from more threads per multiplication, but the bundles of a step are
independent. Every helper sees the weights being learned in shared memory, works out the gradient of
its share of the bundles and leaves it in shared memory too; the sum is the gradient of the step.
DataParallelWorkers keep nothing between steps, so checkpoints do not know about them. Not for GPUs, and not
where processes cannot be forked; there everything happens in one process.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import ModelError
from core.models.language_model import LanguageModel

Backward = Callable[[LanguageModel, Sequence[Any]], float]
"""Adds the gradient of these examples to the parameters' and returns their summed loss."""


class DataParallelWorkers:
    """Processes that each take a share of every step; started before the first gradient of this process.

    A fork taken after torch has worked out a gradient cannot work out one itself.
    """

    def __init__(self, model: LanguageModel, backward: Backward, count: int | None = None) -> None:
        """`count` processes besides this one; by default as many as there are further cores."""
        self.model, self.backward, self._threads = model, backward, torch.get_num_threads()
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self._lines: list[Connection] = []
        self._processes: list[Any] = []
        self._gradients: list[Tensor] = []
        if not can_fork() or next(model.parameters()).is_cuda:
            return
        for parameter in self.parameters:
            parameter.data = parameter.data.share_memory_()
        for _ in range((os.cpu_count() or 1) - 1 if count is None else count):
            self._start()
        if self._lines:  # a core each: threads of this process would wait for each other at every product
            torch.set_num_threads(1)

    def __len__(self) -> int:
        """Processes besides this one."""
        return len(self._lines)

    def _start(self) -> None:
        fork = multiprocessing.get_context("fork")
        gradient = torch.zeros(sum(p.numel() for p in self.parameters)).share_memory_()
        ours, theirs = fork.Pipe()
        self._lines.append(ours)
        process = fork.Process(target=self._serve, args=(theirs, gradient), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        self._gradients.append(gradient)

    def _serve(self, line: Connection, gradient: Tensor) -> None:
        """The life of a helper: take examples, leave their gradient, say the loss; ends with this process.

        The other ends of all lines came along with the fork; as long as they are open here, the end of
        the process that learns, even by a kill, would go unnoticed.
        """
        for inherited in self._lines:
            inherited.close()
        torch.set_num_threads(1)
        self.model.train()
        while True:
            try:
                examples = line.recv()
            except EOFError:
                return
            line.send(self._leave_gradient(examples, gradient))

    def _leave_gradient(self, examples: Sequence[Any], gradient: Tensor) -> float:
        self.model.zero_grad(set_to_none=True)
        loss = self.backward(self.model, examples)
        gradient.copy_(flat_gradient(self.parameters))
        return loss

    def step(self, batch: Sequence[Any]) -> float:
        """Gradients of the whole batch, summed into the parameters; returns the summed loss.

        Raises
        ------
        ModelError
            If a helper died, for example for lack of memory.
        """
        sharers = min(len(self._lines) + 1, len(batch))
        shares = [batch[k::sharers] for k in range(sharers)]
        for line, share in zip(self._lines, shares[1:], strict=False):
            self._send(line, share)
        loss = self.backward(self.model, shares[0])
        for line, gradient, _ in zip(self._lines, self._gradients, shares[1:], strict=False):
            loss += self._receive(line)
            add_flat(self.parameters, gradient)
        return loss

    def _receive(self, line: Connection) -> float:
        try:
            return line.recv()
        except (EOFError, OSError) as error:
            raise _lost() from error

    def _send(self, line: Connection, share: Sequence[Any]) -> None:
        try:
            line.send(share)
        except OSError as error:
            raise _lost() from error

    def close(self) -> None:
        """End the helpers."""
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.terminate()
            process.join()
        self._lines, self._processes, self._gradients = [], [], []
        torch.set_num_threads(self._threads)


def flat_gradient(parameters: Sequence[nn.Parameter]) -> Tensor:
    """The gradients of all parameters in one vector; zero where there is none."""
    found = [p.new_zeros(1).expand(p.shape) if p.grad is None else p.grad for p in parameters]
    return torch.cat([g.reshape(-1) for g in found])


def add_flat(parameters: Sequence[nn.Parameter], gradient: Tensor) -> None:
    """Add such a vector to the gradients of the parameters."""
    parts = gradient.split([p.numel() for p in parameters])
    for parameter, part in zip(parameters, parts, strict=True):
        part = part.view(parameter.shape)
        parameter.grad = part.clone() if parameter.grad is None else parameter.grad.add_(part)


def _lost() -> ModelError:
    return ModelError(
        "A process that helped with learning stopped, most likely for lack of memory.",
        fix="Close other programs and go on with the run.",
    )


def can_fork() -> bool:
    """Whether this system forks processes."""
    return "fork" in multiprocessing.get_all_start_methods()
