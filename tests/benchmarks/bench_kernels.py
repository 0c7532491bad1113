"""Nanoseconds an element: each vector kernel at 2, 4 and 8 lanes beside the C library called in the same compiled loop.

    python -m tests.benchmarks.bench_kernels [name …]

The numbers are drawn from where the table samples the op, and with the results they fit the second cache.
The best of several rounds is printed, with every form measured in turn in each round.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_lite.backends.llvm import kernels
from autograd_lite.op import named
from tests.kernel_loop import compile_loop

LANES, COUNT, REPEATS, ROUNDS = (2, 4, 8), 2**15, 3, 9


def arguments(name: str) -> list[Any]:
    """One array an input."""
    generator = np.random.default_rng(1)
    return [generator.uniform(low, high, COUNT) for low, high in named(name).domain]


def seconds(loop: Callable[..., Any], arrays: list[Any]) -> float:
    """How long REPEATS calls of the loop take."""
    out = np.zeros(COUNT)
    start = time.perf_counter()
    for _ in range(REPEATS):
        loop(*arrays, out=out)
    return time.perf_counter() - start


def measured(name: str) -> list[float]:
    """Nanoseconds an element: the C library lane by lane, then the vector form at each number of lanes."""
    arrays = arguments(name)
    loops = [compile_loop(name, 8, fma=False)] + [compile_loop(name, lanes) for lanes in LANES]
    rounds = [[seconds(loop, arrays) for loop in loops] for _ in range(ROUNDS)]
    return [min(column) / (REPEATS * COUNT) * 1e9 for column in zip(*rounds, strict=True)]


def main() -> None:
    """Print one line an op."""
    print(f"{'ns an element':12}{'C library':>11}" + "".join(f"{f'{n} lanes':>10}" for n in LANES) + "   gain at 8")
    for name in sys.argv[1:] or kernels.VECTOR:
        scalar, *vector = measured(name)
        print(f"{name:13}{scalar:11.2f}" + "".join(f"{x:10.2f}" for x in vector) + f"{scalar / vector[-1]:11.1f}×")


if __name__ == "__main__":
    main()
