"""Nanoseconds to make a node of tanh and of the sigmoid, beside the same with 1 − a² and a(1 − a) as they are told.

    python -m tests.benchmarks.slopes [rounds]

On the eager engine, in CPU time, in turns; a figure is a median over the rounds, at x = 0.3, where the told formula
keeps its digits and is taken, and at ±2, where it does not. Native code is measured by `beside_c`.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograd_lite import Value
from autograd_lite.op import TABLE
from autograd_lite.value import _method

NODES = 3_000
TOLD: dict[str, Callable[[Any, Any], tuple[Any]]] = {
    "tanh": lambda x, out: (1.0 - out * out,),
    "sigmoid": lambda x, out: (out * (1.0 - out),),
}


def nanoseconds(method: Callable[[Value], Value], x: float) -> float:
    """CPU nanoseconds a node."""
    leaf = Value(x)
    started = time.process_time()
    nodes = [method(leaf) for _ in range(NODES)]
    return (time.process_time() - started) / len(nodes) * 1e9


def main(rounds: int = 60) -> None:
    """Print a row for each function and point."""
    gc.disable()
    print(f"{'ns a node':<12}{'x':>6}{'as told':>10}{'now':>8}")
    for name, rule in TOLD.items():
        methods = _method(replace(TABLE[name], name=f"{name}_told", partials=rule)), getattr(Value, name)
        for x in (0.3, -2.0, 2.0):
            columns = zip(*([nanoseconds(method, x) for method in methods] for _ in range(rounds)), strict=True)
            told, now = map(statistics.median, columns)
            print(f"{name:<12}{x:>6}{told:>10.0f}{now:>8.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
