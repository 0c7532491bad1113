"""Microseconds a training step of nets as people try them, beside NumPy and PyTorch, in one run.

    python -m tests.benchmarks.native_step [rounds]

784-30-10 and 784-100-10 with sigmoid units, quadratic cost and batches of 10 (Nielsen's nets on digits of MNIST's
size), and 64-32-10 with tanh units, cross-entropy and batches of 32; float64, plain gradient descent, random data. Each
round measures each peer once, in CPU seconds of the process, one after the other; a figure is the median over the
rounds, with the quartiles, and so is its ratio to `fit`. NumPy writes into arrays that are there already; run it with
the machine's `OPENBLAS_*` settings unset and one thread:
`env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OPENBLAS_NUM_THREADS=1`.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_lite.backends import Batches, find
from nn import MLP, optim
from nn.train.epochs import _penalty_of_one
from nn.train.problem import pose

LR = 0.05


@dataclass(frozen=True)
class Task:
    """A net of one hidden layer, its data and its batches."""

    name: str
    sizes: tuple[int, int, int]
    activation: str
    loss: str
    batch_size: int
    n: int = 2_000

    def data(self) -> tuple[Any, Any]:
        """Random rows, and a class for each."""
        generator = np.random.default_rng(1)
        return generator.random((self.n, self.sizes[0])), generator.integers(0, self.sizes[2], self.n)

    def weights(self) -> list[Any]:
        """w¹, b¹, w², b² of a new net."""
        generator = np.random.default_rng(2)
        a, b, c = self.sizes
        return [
            generator.normal(size=(b, a)) / a**0.5,
            np.zeros(b),
            generator.normal(size=(c, b)) / b**0.5,
            np.zeros(c),
        ]


TASKS = [
    Task("784-30-10, batch 10", (784, 30, 10), "sigmoid", "quadratic", 10),
    Task("784-100-10, batch 10", (784, 100, 10), "sigmoid", "quadratic", 10),
    Task("64-32-10, batch 32", (64, 32, 10), "tanh", "cross_entropy", 32, n=1_440),
]


def one_hot(classes: Any, n: int) -> Any:
    """A row for each class index, 1 at the class."""
    return np.eye(n)[classes]


def by_fit(task: Task) -> Callable[[int], None]:
    """The trainer that fit runs, on native code."""
    xs, classes = task.data()
    output = "linear" if task.loss == "cross_entropy" else task.activation
    model = MLP(task.sizes[0], task.sizes[1:], task.activation, output, seed=1)
    ys = classes if task.loss == "cross_entropy" else one_hot(classes, task.sizes[2])
    problem = pose(model, xs, ys, task.loss, 0.0)
    sgd = optim.SGD(model.parameters(), lr=LR)
    from autograd_lite import record

    update = record(sgd.rule, [0.0] * len(sgd.settings), 0.0, 0.0, [0.0] * len(sgd.states))
    tapes = problem.record(sgd.params), _penalty_of_one(problem), update
    trainer = find("llvm").trainer(
        *tapes, Batches(problem.samples.inputs, task.n, task.batch_size, targets=problem.samples.targets)
    )
    trainer.load([p.data for p in sgd.params], sgd.states)
    trainer.settings[:] = sgd.settings
    return lambda steps: trainer.advance(steps) and None


def by_numpy(task: Task) -> Callable[[int], None]:
    """NumPy by hand, every array allocated before."""
    xs, classes = task.data()
    targets = one_hot(classes, task.sizes[2])
    w1, b1, w2, b2 = task.weights()
    m, (_, b, c) = task.batch_size, task.sizes
    a1, d1, s1, z2, d2, s2 = (np.empty((m, k)) for k in (b, b, b, c, c, c))
    g1, g2 = np.empty_like(w1), np.empty_like(w2)
    rate = LR / m

    def sigmoid(z: Any) -> None:
        np.negative(z, z)
        np.exp(z, z)
        z += 1.0
        np.reciprocal(z, z)

    def step(x: Any, y: Any) -> None:
        np.dot(x, w1.T, out=a1)
        np.add(a1, b1, out=a1)
        sigmoid(a1) if task.activation == "sigmoid" else np.tanh(a1, out=a1)
        np.dot(a1, w2.T, out=z2)
        np.add(z2, b2, out=z2)
        if task.loss == "cross_entropy":
            np.subtract(z2, z2.max(1, keepdims=True), out=z2)
            np.exp(z2, out=z2)
            np.divide(z2, z2.sum(1, keepdims=True), out=z2)
            np.subtract(z2, y, out=d2)
        else:
            sigmoid(z2)
            np.subtract(z2, y, out=d2)
            np.subtract(1.0, z2, out=s2)
            np.multiply(s2, z2, out=s2)
            np.multiply(d2, s2, out=d2)
        np.dot(d2, w2, out=d1)
        if task.activation == "sigmoid":
            np.subtract(1.0, a1, out=s1)
            np.multiply(s1, a1, out=s1)
        else:
            np.multiply(a1, a1, out=s1)
            np.subtract(1.0, s1, out=s1)
        np.multiply(d1, s1, out=d1)
        for p, g, delta, a in ((w1, g1, d1, x), (w2, g2, d2, a1)):
            np.dot(delta.T, a, out=g)
            np.multiply(g, rate, out=g)
            np.subtract(p, g, out=p)
        np.subtract(b1, rate * d1.sum(0), out=b1)
        np.subtract(b2, rate * d2.sum(0), out=b2)

    def run(steps: int) -> None:
        for i in range(steps):
            start = i * m % task.n
            step(xs[start : start + m], targets[start : start + m])

    return run


def by_torch(task: Task) -> Callable[[int], None]:
    """PyTorch, eager, one thread."""
    import torch

    torch.set_num_threads(1)
    xs, classes = task.data()
    x_all, y_all = torch.from_numpy(xs), torch.from_numpy(classes)
    targets = torch.from_numpy(one_hot(classes, task.sizes[2]))
    w1, b1, w2, b2 = parameters = [torch.from_numpy(array).requires_grad_() for array in task.weights()]
    activate = getattr(torch, task.activation)
    optimizer = torch.optim.SGD(parameters, lr=LR)

    def run(steps: int) -> None:
        for i in range(steps):
            part = slice(i * task.batch_size % task.n, i * task.batch_size % task.n + task.batch_size)
            z = activate(x_all[part] @ w1.T + b1) @ w2.T + b2
            if task.loss == "cross_entropy":
                cost = torch.nn.functional.cross_entropy(z, y_all[part])
            else:
                cost = ((activate(z) - targets[part]) ** 2).sum() / (2 * task.batch_size)
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()

    return run


PEERS = {"fit, llvm": by_fit, "NumPy by hand": by_numpy, "PyTorch, eager": by_torch}


def seconds(run: Callable[[int], None], steps: int) -> float:
    """CPU seconds a step."""
    started = time.process_time()
    run(steps)
    return (time.process_time() - started) / steps


def quartiles(numbers: list[float]) -> str:
    """Median (lower … upper quartile)."""
    low, middle, high = statistics.quantiles(numbers, n=4)
    return f"{middle:8.2f}  ({low:.2f} … {high:.2f})"


def main(rounds: int = 15) -> None:
    """Print a table for each task."""
    for task in TASKS:
        runs = {}
        for name, make in PEERS.items():
            try:
                runs[name] = make(task)
            except ImportError:
                print(f"{name} is not installed")
        found: dict[str, list[float]] = {name: [] for name in runs}
        for run in runs.values():
            run(200)
        for _ in range(rounds):
            for name, run in runs.items():
                found[name].append(seconds(run, 1_000 if name == "fit, llvm" else 200) * 1e6)
        print(f"\n{task.name}: CPU µs a step, median and quartiles of {rounds} rounds; times fit")
        for name, times in found.items():
            ratios = [t / own for t, own in zip(times, found["fit, llvm"], strict=True)]
            print(f"  {name:<16}{quartiles(times)}   {quartiles(ratios)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
