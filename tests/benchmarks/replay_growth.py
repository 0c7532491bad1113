"""What native code costs and gives as the graph grows: `fit` on nets of 337 to 20,710 weights.

    python -m tests.benchmarks.replay_growth

128 random samples, full batch, quadratic cost, tanh units. The time from calling `fit` to the end of the first epoch
is that of recording and compiling, which grows in proportion to the graph, because the code is cut into functions of
a few hundred instructions. After "pays off" epochs native code has made up for its compilation against Python.
"""

import itertools
import random
import statistics
import time

from nn import MLP, optim
from nn.train.epochs import Schedule, epochs, prepare
from nn.train.problem import pose

N = 128
SIZES = [(2, 16, 16, 1), (64, 30, 10), (64, 100, 10), (196, 100, 10)]


def measured(sizes: tuple[int, ...], backend: str, n_epochs: int) -> tuple[float, float]:
    """Seconds to the end of the first epoch, and the median of the further ones."""
    generator = random.Random(1)
    xs, ys = ([[generator.gauss(0, 1) for _ in range(width)] for _ in range(N)] for width in (sizes[0], sizes[-1]))
    model = MLP(sizes[0], sizes[1:], "tanh", seed=1)
    started, times = time.perf_counter(), []
    problem = pose(model, xs, ys, "quadratic", 0.0)
    sgd, schedule = optim.SGD(model.parameters(), lr=1e-3), Schedule(N, N, n_epochs, False, 0, watched=False)
    _, trainer = prepare(backend, backend, problem, sgd, schedule)
    for finished in epochs(trainer, problem, sgd, schedule):
        ended = time.perf_counter()
        times.append((ended - started) / len(finished))
        started = ended
    return times[0], statistics.median(times[1:])


def main() -> None:
    """Print the table."""
    print(f"{'':>10}{'':>10}{'s to the first epoch':>24}{'µs a sample':>24}{'':>12}")
    print(f"{'net':<16}{'weights':>8}" + f"{'llvm':>12}{'python':>10}" * 2 + f"{'pays off':>12}")
    for sizes in SIZES:
        weights = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
        llvm, python = measured(sizes, "llvm", 200), measured(sizes, "python", 4)
        pays_off = (llvm[0] - python[0]) / (python[1] - llvm[1])
        cells = f"{llvm[0]:>12.2f}{python[0]:>10.2f}{llvm[1] / N * 1e6:>12.2f}{python[1] / N * 1e6:>10,.0f}"
        print(f"{'-'.join(map(str, sizes)):<16}{weights:>8,}{cells}{max(1, round(pays_off)):>12}", flush=True)


if __name__ == "__main__":
    main()
