"""`Guard`: now and then holds the tape that is trained against the eager engine, and keeps that cheap."""

from __future__ import annotations

import time
from collections.abc import Sequence

from autograd_lite import Value
from autograd_lite.recording import undrawn
from nn.train.problem import Problem

# All looks together take less than this, or than this share of the run so far; but the first is taken anyhow.
SECONDS, SHARE = 0.05, 0.01


class Guard:
    """Looks whether the program of a problem is still what model and loss do, while there is time for it."""

    def __init__(self, problem: Problem, parameters: Sequence[Value]) -> None:
        self.problem, self.parameters = problem, parameters
        self.started, self.spent = time.perf_counter(), 0.0

    def look(self) -> None:
        """Raise FixedError if the program gives a sample another cost than the eager engine."""
        started = time.perf_counter()
        left = max(SECONDS, SHARE * (started - self.started)) - self.spent
        if left > 0.0:
            with undrawn():
                self.problem.hold(self.parameters, left / 2)
            self.spent += time.perf_counter() - started
