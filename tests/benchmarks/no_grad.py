"""The forward pass of a net within `no_grad` beside the pass that records: CPU milliseconds, the two in turn.

    python -m tests.benchmarks.no_grad

One sample of 784-30-10 (sigmoid) and 100 samples of micrograd's demo net (2-16-16-1, relu), Python's collector as it
comes and off. A recorded graph is dropped before the next one is made, as in a loop over samples; that is timed, too.
"""

import gc
import random
import statistics
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from autograd_lite import no_grad
from nn import MLP

ROUNDS = 45


def milliseconds(model: Any, rows: list[list[float]], block: AbstractContextManager[Any]) -> float:
    """CPU time of the model on all rows."""
    started = time.process_time()
    with block:
        for row in rows:
            model(row)
    return (time.process_time() - started) * 1e3


def main() -> None:
    """Print a line for each net and state of the collector."""
    generator = random.Random(1)
    nets = {
        "784-30-10, 1 sample": (MLP(784, [30, 10], "sigmoid", seed=1), [[generator.random() for _ in range(784)]]),
        "2-16-16-1, 100 samples": (MLP(2, [16, 16, 1], seed=1), [[generator.random()] * 2 for _ in range(100)]),
    }
    print(f"{'CPU ms, medians':<40}  recording  no_grad  ratio")
    for name, (model, rows) in nets.items():
        for collector in (True, False):
            if not collector:
                gc.disable()
            runs = [
                (milliseconds(model, rows, nullcontext()), milliseconds(model, rows, no_grad())) for _ in range(ROUNDS)
            ]
            gc.enable()
            recording, bare = map(statistics.median, zip(*runs, strict=True))
            state = "collector as it comes" if collector else "collector off"
            print(f"{name:<22}, {state:<16}  {recording:>7.1f}  {bare:>7.1f}  {recording / bare:>5.2f}×", flush=True)


if __name__ == "__main__":
    main()
