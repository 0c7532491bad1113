"""Microseconds a training step of micrograd's demo net: `fit` on each backend beside micrograd, in one run.

    python -m tests.benchmarks.replay_step

2-16-16-1 ReLU, 100 samples, hinge loss and L2, full batch, SGD. `fit`'s figure is the median over epochs after the
first; the time to the end of the first epoch, recording and compiling included, stands beside it.
"""

import statistics
import time
from itertools import pairwise

from nn import MLP, data, fit, optim
from tests.benchmarks.eager_step import measure

EPOCHS = {"eager": 6, "python": 40}


def replay(backend: str) -> tuple[float, float]:
    """Seconds a step, and seconds to the end of the first epoch."""
    xs, labels = data.moons(n=100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=1)
    ends = [time.perf_counter()]
    fit(
        model, xs, [2 * label - 1 for label in labels], "hinge", optim.SGD(model.parameters(), lr=0.05), l2=1e-4,
        epochs=EPOCHS[backend], backend=backend, callback=lambda history: ends.append(time.perf_counter()),
    )  # fmt: skip
    steps = [after - before for before, after in pairwise(ends[1:])]
    return statistics.median(steps), ends[1] - ends[0]


def main() -> None:
    """Print the table."""
    print("                     µs a step   times micrograd   s to the first epoch", flush=True)
    slowest = None
    try:
        slowest = measure("micrograd", collector=True)
        print(f"{'micrograd':<18} {slowest * 1e6:>11,.0f}", flush=True)
    except ImportError:
        print("micrograd is not installed (the peers extra): no comparison")
    for backend in EPOCHS:
        seconds, first = replay(backend)
        ratio = f"{slowest / seconds:.0f}×" if slowest else "–"
        print(f"{'fit, ' + backend:<18} {seconds * 1e6:>11,.0f}   {ratio:>15}   {first:>20.3f}", flush=True)


if __name__ == "__main__":
    main()
