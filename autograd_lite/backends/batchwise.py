"""`Batchwise`: the loops of mini-batch gradient descent in Python, around a batch's sums and a step.

The costs are added up in the order of the samples, so that every trainer that is made of it gives the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd_lite.backends.batches import Batches, Epochs


class Batchwise:
    """A `Trainer` whose class says what `sums` a batch has, and how to `step`."""

    MAX_EPOCHS = 4096

    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self.order = list(range(batches.n))
        self.start = 0
        self.cost = self.right = 0.0
        self.settings: list[float] = []
        self._ahead: Sequence[Sequence[float]] = ()

    def plan(self, ahead: Sequence[Sequence[float]]) -> None:
        """The settings of the epochs that follow on the one that is under way, in the next `advance`."""
        self._ahead = ahead

    def sums(self, indices: Sequence[int]) -> tuple[float, float, Sequence[float]]:
        """The costs, right answers and gradients of these samples, added up."""
        raise NotImplementedError

    def step(self, gradient: Sequence[float], m: int) -> float:
        """Move the parameters by a gradient that was summed over m samples; the penalty as it was before."""
        raise NotImplementedError

    def batch(self) -> list[int]:
        """The samples of the batch that comes next."""
        return self.order[self.start : self.start + self.batches.size]

    def gradient(self, index: int) -> tuple[float, Sequence[float]]:
        """The cost of one sample and its gradient by the parameters as they stand."""
        cost, _, gradient = self.sums([index])
        return cost, gradient

    def advance(self, n_batches: int) -> tuple[Epochs, bool]:
        """Do this many batches; fewer where a cost is not finite."""
        finished: Epochs = []
        for _ in range(n_batches):
            if self.start == 0 and self.batches.shuffler is not None:
                self.batches.shuffler.shuffle(self.order)
            indices = self.batch()
            cost, right, gradient = self.sums(indices)
            if not math.isfinite(cost):
                return finished, False
            self.cost += cost + self.step(gradient, len(indices)) * len(indices)
            self.right += right
            self.start += len(indices)
            if self.start == self.batches.n:
                finished.append((self.cost, self.right))
                self.start, self.cost, self.right = 0, 0.0, 0.0
                if len(finished) <= len(self._ahead):
                    self.settings[:] = self._ahead[len(finished) - 1]
        return finished, True
