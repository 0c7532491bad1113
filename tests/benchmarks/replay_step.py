"""Microseconds a training step of micrograd's demo net: `fit` on each backend beside its peers, in one run.

    python -m tests.benchmarks.replay_step [peer …]

2-16-16-1, hinge loss and L2, SGD, float64; 100 samples (1,000 for batches of 1,000), full batch and smaller ones, with
relu, tanh and sigmoid units. A figure is a median of the CPU time that further steps take, and the median of three
rounds in which all peers take turns; recording and compiling, which `fit` does once, are in "s to the end of the first
epoch". Peers that are not installed leave a dash.
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


ROUNDS = 3


def microseconds(peer: str, task: Task) -> float | None:
    """What a step takes; None where the peer is not installed or cannot do it."""
    try:
        return PEERS[peer](task) * 1e6
    except ImportError:
        return None


def middle(times: list[float | None]) -> str:
    """One cell of the table."""
    known = [x for x in times if x is not None]
    return f"{statistics.median(known):,.1f}" if known else "–"


def main() -> None:
    """Print the tables."""
    chosen = [peer for peer in PEERS if not sys.argv[1:] or any(word in peer for word in sys.argv[1:])]
    cells = {(peer, name): list[float | None]() for peer in chosen for name in TASKS}
    for _ in range(ROUNDS):
        for name, task in TASKS.items():
            for peer in chosen:
                cells[peer, name].append(microseconds(peer, task))
    print(f"{'µs a step':<24}" + "".join(f"{name:>12}" for name in TASKS))
    for peer in chosen:
        print(f"{peer:<24}" + "".join(f"{middle(cells[peer, name]):>12}" for name in TASKS))
    print("\ns to the end of the first epoch, full batch, relu")
    for backend in ("llvm", "python", "eager"):
        print(f"{'fit, ' + backend:<24}{statistics.median(run_fit(Task(), backend, 1) for _ in range(5)):>12.3f}")


if __name__ == "__main__":
    main()
