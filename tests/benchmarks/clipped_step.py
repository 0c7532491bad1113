"""What schedules and clipping cost: an epoch with them against the plain one, on each backend.

python -m tests.benchmarks.clipped_step
"""

import statistics
import time

from nn import MLP, data, fit, optim

WAYS = {
    "plain": {}, "schedule": {"schedule": optim.cosine(10_000)}, "clip_value": {"clip_value": 0.5},
    "clip_norm": {"clip_norm": 0.5},
}  # fmt: skip


def seconds(sizes, batch_size, epochs, backend, options):
    """The processor's time for so many epochs; that of compiling, known from a run of one, is taken off."""
    xs, ys = data.moons(n=400, noise=0.1, seed=1)
    taken = []
    for n in (1, epochs + 1):
        model = MLP(2, sizes, "tanh", init="xavier", seed=1)
        started = time.process_time()
        fit(model, xs, ys, "mse", epochs=n, batch_size=batch_size, lr=0.01, backend=backend, **options)
        taken.append(time.process_time() - started)
    return taken[1] - taken[0]


def main():
    """Print the medians of the ratios, measured in turn."""
    for backend, sizes, batch_size, epochs in (
        ("llvm", [16, 16, 1], None, 20_000), ("llvm", [16, 16, 1], 32, 5000), ("llvm", [64, 64, 1], 32, 600),
        ("python", [16, 16, 1], 32, 4), ("eager", [8, 1], 32, 4),
    ):  # fmt: skip
        ratios = {name: [] for name in WAYS}
        for _ in range(3):
            taken = {name: seconds(sizes, batch_size, epochs, backend, options) for name, options in WAYS.items()}
            for name in WAYS:
                ratios[name].append(taken[name] / taken["plain"])
        print(f"{backend:<7} 2-{'-'.join(map(str, sizes)):<9} batch {batch_size or 400:>3}: ", end="")
        print(", ".join(f"{name} {statistics.median(r):.2f}" for name, r in ratios.items() if name != "plain"))


if __name__ == "__main__":
    main()
