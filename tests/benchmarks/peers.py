"""A training step of micrograd's demo net as each peer does it: a function a peer, which gives seconds a step.

Each takes `Task`: rows, labels −1 and 1, the activation, the batch size. All do the same: mean hinge loss and l2,
batches in the order of the rows, SGD, float64. A peer that is not installed raises ImportError.
"""

import ctypes
import itertools
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn import MLP, data, fit, optim

LR, L2, SIZES = 0.05, 1e-4, (2, 16, 16, 1)
ACTIVATIONS = ("relu", "tanh", "sigmoid")


@dataclass(frozen=True)
class Task:
    """What every peer trains: two moons by a net of two hidden layers."""

    activation: str = "relu"
    n: int = 100
    batch_size: int = 100

    @property
    def rows(self) -> tuple[Any, Any]:
        """The inputs (n × 2) and the labels −1 and 1."""
        xs, labels = data.moons(n=self.n, noise=0.1, seed=1)
        return np.array(xs), 2.0 * np.array(labels) - 1.0

    @property
    def weights(self) -> list[Any]:
        """w¹, b¹, w², b², … of a new net, rows of w as neurons."""
        generator = np.random.default_rng(1)
        pairs = [(generator.uniform(-1, 1, (b, a)), np.zeros(b)) for a, b in itertools.pairwise(SIZES)]
        return [array for pair in pairs for array in pair]

    @property
    def starts(self) -> list[int]:
        """Where the batches begin."""
        return list(range(0, self.n, self.batch_size))


def per_step(call: Callable[[int], Any], at_least: float = 0.3) -> float:
    """Median CPU seconds a step of `call(steps)`, with as many steps a call as take a while."""
    steps = 1
    while True:
        started = time.process_time()
        call(steps)
        if time.process_time() - started > at_least / 5:
            break
        steps *= 4
    times = []
    for _ in range(5):
        started = time.process_time()
        call(steps)
        times.append((time.process_time() - started) / steps)
    return statistics.median(times)


# What gcc 12 makes of the same loops differs by a factor of three with these; each is tried, the best one counts.
FLAGS = (
    ["-mprefer-vector-width=512"],
    ["-mprefer-vector-width=256"],
    ["-mprefer-vector-width=512", "-fdisable-tree-cunrolli"],
    ["-mprefer-vector-width=256", "-fdisable-tree-cunrolli"],
)


def c(task: Task) -> float:
    """Hand-written C (demo_net.c), gcc -Ofast -march=native, with those of `FLAGS` that are fastest here."""
    return min(per_step(steps_in_c(task, flags)) for flags in FLAGS)


def steps_in_c(task: Task, flags: list[str]) -> Callable[[int], None]:
    """What does so many steps in C, compiled with these flags."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise ImportError("no C compiler")
    lanes = min(8, task.batch_size)
    with tempfile.TemporaryDirectory() as folder:
        code, library = Path(folder, "demo_net.o"), Path(folder, "demo_net.so")
        options = [f"-DS={lanes}", f"-DACTIVATION={ACTIVATIONS.index(task.activation)}"]
        source = Path(__file__).with_name("demo_net.c")
        # Linked without -Ofast: gcc 12 would let the library flush subnormal numbers in the whole process.
        for command in (
            ["-Ofast", "-march=native", *flags, *options, "-fPIC", "-c", source, "-o", code],
            ["-shared", code, "-o", library, "-lm"],
        ):
            subprocess.run([compiler, *command], check=True, stderr=subprocess.DEVNULL)
        train_in_c = ctypes.CDLL(str(library)).train
    xs, ys = task.rows
    blocks = -(-task.batch_size // lanes)
    padded = np.zeros((len(task.starts), blocks * lanes, 4))
    for batch, start in zip(padded, task.starts, strict=True):
        batch[: task.batch_size] = np.column_stack([xs, ys, np.ones(task.n)])[start : start + task.batch_size]
    columns = padded.reshape(len(task.starts), blocks, lanes, 4).transpose(0, 1, 3, 2)
    arrays = [np.ascontiguousarray(columns[:, :, part]) for part in (slice(2), 2, 3)]
    net = np.concatenate([array.ravel() for array in task.weights])
    counts = (len(task.starts), blocks, task.batch_size)

    def train(steps: int) -> None:
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (net, *arrays)]
        train_in_c(*pointers, *counts, ctypes.c_double(LR), ctypes.c_double(L2), steps)

    return train


def run_fit(task: Task, backend: str, epochs: int) -> float:
    """CPU seconds that `fit` takes, recording and compiling included."""
    xs, ys = data.moons(n=task.n, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], task.activation, seed=1)
    started = time.process_time()
    fit(
        model, xs, [2 * y - 1 for y in ys], "hinge", optim.SGD(model.parameters(), lr=LR), epochs, task.batch_size,
        l2=L2, shuffle=False, backend=backend,
    )  # fmt: skip
    return time.process_time() - started


def by_fit(backend: str, epochs: int) -> Callable[[Task], float]:
    """`fit`, the median of what an epoch more takes, by the step."""

    def measure(task: Task) -> float:
        n_epochs = max(1, epochs // len(task.starts) * 100 // task.batch_size)
        times = []
        for _ in range(5 if backend == "llvm" else 3):
            once = run_fit(task, backend, 1)
            times.append((run_fit(task, backend, 1 + n_epochs) - once) / n_epochs / len(task.starts))
        return statistics.median(times)

    return measure


def micrograd(task: Task) -> float:
    """micrograd 0.1.0, the collector as it comes; it has relu only, and one size is enough of it."""
    if task != Task():
        raise ImportError("measured once")
    from tests.benchmarks.eager_step import measure

    return measure("micrograd", collector=True)


def numpy(task: Task) -> float:
    """NumPy, by hand."""
    xs, ys = task.rows
    w1, b1, w2, b2, w3, b3 = parameters = task.weights
    activate, slope = {
        "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
        "tanh": (np.tanh, lambda a: 1 - a * a),
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
    }[task.activation]

    def train(steps: int) -> None:
        for i in range(steps):
            start = task.starts[i % len(task.starts)]
            x, y = xs[start : start + task.batch_size], ys[start : start + task.batch_size]
            a1 = activate(x @ w1.T + b1)
            a2 = activate(a1 @ w2.T + b2)
            margin = 1 - y * (a2 @ w3[0] + b3[0])
            d3 = (np.where(margin > 0, -y, 0.0) / len(y))[:, None]
            d2 = (d3 @ w3) * slope(a2)
            d1 = (d2 @ w2) * slope(a1)
            gradients = (d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0), d3.T @ a2, d3.sum(0))
            for p, gradient in zip(parameters, gradients, strict=True):
                p -= LR * (gradient + 2 * L2 * p)

    return per_step(train)


def torch(task: Task) -> float:
    """PyTorch, eager, one thread."""
    import torch

    torch.set_num_threads(1)
    xs, ys = (torch.from_numpy(array) for array in task.rows)
    w1, b1, w2, b2, w3, b3 = parameters = [torch.from_numpy(array).requires_grad_() for array in task.weights]
    activate = getattr(torch, task.activation)
    optimizer = torch.optim.SGD(parameters, lr=LR)

    def train(steps: int) -> None:
        for i in range(steps):
            start = task.starts[i % len(task.starts)]
            x, y = xs[start : start + task.batch_size], ys[start : start + task.batch_size]
            scores = activate(activate(x @ w1.T + b1) @ w2.T + b2) @ w3[0] + b3[0]
            cost = torch.relu(1 - y * scores).mean() + L2 * sum((p * p).sum() for p in parameters)
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()

    return per_step(train)


def _jax_step(task: Task) -> tuple[Any, Any]:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    activate = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}[task.activation]
    xs, ys = map(jnp.asarray, task.rows)

    def cost(parameters: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        scores = activate(activate(x @ w1.T + b1) @ w2.T + b2) @ w3[0] + b3[0]
        return jax.nn.relu(1 - y * scores).mean() + L2 * sum((p * p).sum() for p in parameters)

    def step(i: Any, parameters: Any) -> Any:
        start = i % len(task.starts) * task.batch_size
        x, y = (jax.lax.dynamic_slice_in_dim(array, start, task.batch_size) for array in (xs, ys))
        return [p - LR * g for p, g in zip(parameters, jax.grad(cost)(parameters, x, y), strict=True)]

    return step, [jnp.asarray(array) for array in task.weights]


def jax_loop(task: Task) -> float:
    """JAX, all steps in one compiled fori_loop."""
    step, parameters = _jax_step(task)
    import jax

    train = jax.jit(lambda n, parameters: jax.lax.fori_loop(0, n, step, parameters))
    return per_step(lambda steps: jax.block_until_ready(train(steps, parameters)))


def jax_call(task: Task) -> float:
    """JAX, a call of a jitted step each."""
    step, parameters = _jax_step(task)
    import jax

    compiled = jax.jit(step)

    def train(steps: int) -> None:
        moved = parameters
        for i in range(steps):
            moved = compiled(i, moved)
        jax.block_until_ready(moved)

    return per_step(train)


def casadi(task: Task) -> float:
    """CasADi's SX: the scalar graph of the whole batch on its virtual machine, the update in NumPy."""
    import casadi

    if task.batch_size > 100:
        raise ImportError("the graph of 1,000 samples takes minutes")
    shapes = [array.shape if array.ndim == 2 else (array.shape[0], 1) for array in task.weights]
    symbols = [casadi.SX.sym(f"p{i}", *shape) for i, shape in enumerate(shapes)]
    w1, b1, w2, b2, w3, b3 = symbols
    x, y = casadi.SX.sym("x", 2, task.batch_size), casadi.SX.sym("y", 1, task.batch_size)
    activate = {
        "relu": lambda z: casadi.fmax(z, 0),
        "tanh": casadi.tanh,
        "sigmoid": lambda z: 1 / (1 + casadi.exp(-z)),
    }[task.activation]
    spread = [casadi.repmat(b, 1, task.batch_size) for b in (b1, b2, b3)]
    scores = w3 @ activate(w2 @ activate(w1 @ x + spread[0]) + spread[1]) + spread[2]
    p = casadi.vertcat(*(casadi.vec(symbol) for symbol in symbols))
    cost = casadi.sum2(casadi.fmax(1 - y * scores, 0)) / task.batch_size + L2 * casadi.sumsqr(p)
    moved = casadi.Function("step", [*symbols, x, y], [s - LR * casadi.gradient(cost, s) for s in symbols])
    xs, ys = task.rows
    batches = [(xs[s : s + task.batch_size].T, ys[s : s + task.batch_size][None]) for s in task.starts]
    parameters = [casadi.DM(array.reshape(shape)) for array, shape in zip(task.weights, shapes, strict=True)]

    def train(steps: int) -> None:
        now = parameters
        for i in range(steps):
            now = moved(*now, *batches[i % len(batches)])

    return per_step(train)


PEERS: dict[str, Callable[[Task], float]] = {
    "C, -Ofast, best flags": c,
    "fit, llvm": by_fit("llvm", 20_000),
    "JAX, fori_loop": jax_loop,
    "JAX, a call a step": jax_call,
    "NumPy by hand": numpy,
    "PyTorch, eager": torch,
    "CasADi, SX": casadi,
    "fit, python": by_fit("python", 40),
    "fit, eager": by_fit("eager", 4),
    "micrograd": micrograd,
}
