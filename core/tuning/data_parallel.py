"""Data-parallel gradients on several processor cores: forked processes share the adapter's weights.

Small models gain nothing from more threads per multiplication, but the bundles of a step are
independent. Every worker reads the trained weights from shared memory, computes the gradient of its
share of the bundles and writes it to shared memory too; the sum is the gradient of the step.
Workers have no state between steps, so checkpoints hold nothing of them. Not for GPUs, and not where
processes cannot be forked; there everything is computed in one process.
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
"""Function that adds the gradient of examples to that of the parameters and returns their summed loss."""


class DataParallelWorkers:
    """Forked processes that each compute the gradient of a share of every step.

    They have to be started before this process computes its first gradient: torch's autograd threads do not
    survive a fork.
    """

    def __init__(self, model: LanguageModel, backward: Backward, count: int | None = None) -> None:
        """Start `count` processes besides this one; by default as many as there are further cores."""
        self.model, self.backward, self._threads = model, backward, torch.get_num_threads()
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self._connections: list[Connection] = []
        self._processes: list[Any] = []
        self._gradients: list[Tensor] = []
        if not can_fork() or next(model.parameters()).is_cuda:
            return
        # optimiser steps of this process change the shared weights in place, so that workers see them
        for parameter in self.parameters:
            parameter.data = parameter.data.share_memory_()
        for _ in range((os.cpu_count() or 1) - 1 if count is None else count):
            self._start()
        if self._connections:  # one core per process: more threads would compete with the workers
            torch.set_num_threads(1)

    def __len__(self) -> int:
        """Number of processes besides this one."""
        return len(self._connections)

    def _start(self) -> None:
        """Fork one worker, with a pipe and a gradient vector in shared memory."""
        fork = multiprocessing.get_context("fork")
        gradient = torch.zeros(sum(p.numel() for p in self.parameters)).share_memory_()
        ours, theirs = fork.Pipe()
        self._connections.append(ours)
        process = fork.Process(target=self._serve, args=(theirs, gradient), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        self._gradients.append(gradient)

    def _serve(self, connection: Connection, gradient: Tensor) -> None:
        """Main loop of a worker: receive examples, write their gradient, send their loss.

        It ends when the other end of its pipe is closed, which the death of the main process does too. The
        other ends of all pipes, inherited with the fork, are closed here first: while a copy is open, no end
        of file arrives.
        """
        for inherited in self._connections:
            inherited.close()
        torch.set_num_threads(1)
        self.model.train()
        while True:
            try:
                examples = connection.recv()
            except EOFError:
                return
            connection.send(self._leave_gradient(examples, gradient))

    def _leave_gradient(self, examples: Sequence[Any], gradient: Tensor) -> float:
        """Summed loss of the examples, whose gradient is written into `gradient`, shape (n_parameters,)."""
        self.model.zero_grad(set_to_none=True)
        loss = self.backward(self.model, examples)
        gradient.copy_(flat_gradient(self.parameters))
        return loss

    def step(self, batch: Sequence[Any]) -> float:
        """Summed loss of the whole batch, whose gradient is added to the parameters.

        Raises
        ------
        ModelError
            If a worker died, for example for lack of memory.
        """
        # share 0 is computed here while the workers compute the others; surplus workers stay idle
        n_shares = min(len(self._connections) + 1, len(batch))
        shares = [batch[k::n_shares] for k in range(n_shares)]
        for connection, share in zip(self._connections, shares[1:], strict=False):
            self._send(connection, share)
        loss = self.backward(self.model, shares[0])
        # in the order of the workers, not of their answers: sums of floats depend on their order
        for connection, gradient, _ in zip(self._connections, self._gradients, shares[1:], strict=False):
            loss += self._receive(connection)
            add_flat(self.parameters, gradient)
        return loss

    def _receive(self, connection: Connection) -> float:
        try:
            return connection.recv()
        except (EOFError, OSError) as error:
            raise _lost() from error

    def _send(self, connection: Connection, share: Sequence[Any]) -> None:
        try:
            connection.send(share)
        except OSError as error:
            raise _lost() from error

    def close(self) -> None:
        """End the workers."""
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            process.terminate()
            process.join()
        self._connections, self._processes, self._gradients = [], [], []
        torch.set_num_threads(self._threads)


def flat_gradient(parameters: Sequence[nn.Parameter]) -> Tensor:
    """Gradients of all parameters as one vector, shape (n_parameters,); zero where there is none."""
    found = [p.new_zeros(1).expand(p.shape) if p.grad is None else p.grad for p in parameters]
    return torch.cat([g.reshape(-1) for g in found])


def add_flat(parameters: Sequence[nn.Parameter], gradient: Tensor) -> None:
    """Add a vector of `flat_gradient` to the gradients of the parameters."""
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
