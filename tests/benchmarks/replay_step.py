"""Microseconds a training step of micrograd's demo net: `fit` on each backend beside its peers, in one run.

    python -m tests.benchmarks.replay_step [peer …]

2-16-16-1, hinge loss and L2, SGD, float64; 100 samples (1,000 for batches of 1,000), full batch and smaller ones, with
relu, tanh and sigmoid units. A figure is a median of the CPU time that further steps take; recording and compiling,
which `fit` does once, are in "s to the end of the first epoch". Peers that are not installed leave a dash.
"""

import statistics
import sys

from tests.benchmarks.peers import PEERS, Task, run_fit

TASKS = {
    "relu": Task(),
    "tanh": Task("tanh"),
    "sigmoid": Task("sigmoid"),
    "batch 1": Task(batch_size=1),
    "10": Task(batch_size=10),
    "1000": Task(n=1000, batch_size=1000),
}


def microseconds(peer: str, task: Task) -> str:
    """One cell of the table."""
    try:
        return f"{PEERS[peer](task) * 1e6:,.1f}"
    except ImportError:
        return "–"


def main() -> None:
    """Print the tables."""
    chosen = [peer for peer in PEERS if not sys.argv[1:] or any(word in peer for word in sys.argv[1:])]
    print(f"{'µs a step':<24}" + "".join(f"{name:>12}" for name in TASKS))
    for peer in chosen:
        print(f"{peer:<24}", end="", flush=True)
        for task in TASKS.values():
            print(f"{microseconds(peer, task):>12}", end="", flush=True)
        print()
    print("\ns to the end of the first epoch, full batch, relu")
    for backend in ("llvm", "python", "eager"):
        print(f"{'fit, ' + backend:<24}{statistics.median(run_fit(Task(), backend, 1) for _ in range(5)):>12.3f}")


if __name__ == "__main__":
    main()
