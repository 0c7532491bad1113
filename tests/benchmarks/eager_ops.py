"""Nanoseconds an operation, bytes a node and growth with size: this engine beside PyTorch's 0-dim float64 tensors.

    python -m tests.benchmarks.eager_ops

A chain y ← y·w + b of 10,000 steps, forward and backward, in turn in one process; then graphs of 10⁴, 10⁵ and 10⁶
nodes of this engine alone, as nanoseconds a node.
"""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from autograd_lite import Value

STEPS, ROUNDS = 10_000, 5


def chain(start: Any, w: Any, b: Any, steps: int) -> Any:
    """y ← y·w + b, over and over."""
    y = start
    for _ in range(steps):
        y = y * w + b
    return y


def timed(make: Callable[[float], Any], steps: int) -> tuple[float, float]:
    """Nanoseconds an operation, forward and backward."""
    started = time.perf_counter()
    y = chain(make(1.0), make(0.999), make(0.001), steps)
    middle = time.perf_counter()
    y.backward()
    return (middle - started) / (2 * steps) * 1e9, (time.perf_counter() - middle) / (2 * steps) * 1e9


def main() -> None:
    """Print the three tables."""
    engines: dict[str, Callable[[float], Any]] = {"autograd_lite": Value}
    try:
        import torch

        engines["torch"] = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)
    except ImportError:
        print("PyTorch is not installed (the peers extra): no comparison")
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, make in engines.items():
            runs[name].append(timed(make, STEPS))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in runs.items()}
    print("ns an operation   forward   backward   both")
    for name, (forward, backward) in medians.items():
        print(f"{name:<16}  {forward:>7.0f}   {backward:>8.0f}   {forward + backward:>4.0f}")
    if "torch" in medians:
        print(f"ratio             {sum(medians['torch']) / sum(medians['autograd_lite']):.1f}×")

    tracemalloc.start()
    y = chain(Value(1.0), Value(0.999), Value(0.001), STEPS)
    y.backward()
    print(f"\nbytes a node, after a backward pass: {tracemalloc.get_traced_memory()[0] / (2 * STEPS):.0f}")
    tracemalloc.stop()
    del y

    print("\nnodes       ns a node, forward and backward (collector off)")
    gc.disable()
    for nodes in (10_000, 100_000, 1_000_000):
        both = statistics.median(sum(timed(Value, nodes // 2)) for _ in range(3))
        print(f"{nodes:>9,}   {both:.0f}", flush=True)
    gc.enable()


if __name__ == "__main__":
    main()
