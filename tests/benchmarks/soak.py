"""Load: streams of graphs, one huge graph, wide sums, exponentially many paths, many threads.

    python -m tests.benchmarks.soak [scale]

Prints what was done, how long it took a node, and the process's memory, with Python's cyclic collector off all the
time. A scale of 0.01 does a hundredth of each.
"""

import gc
import resource
import sys
import threading
import time
from collections.abc import Callable

from autograd_lite import Value, grad, sin, tanh

STREAM, SINGLE, WIDE, PATHS, THREADS = 10_000_000, 5_000_000, 1_000_000, 5000, 8


def megabytes() -> float:
    """The largest memory that the process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def chain(x: Value, nodes: int) -> Value:
    """A graph of so many nodes, one below the other."""
    y = x
    for _ in range(nodes // 2):
        y = y * 0.999 + x
    return y


def stream(nodes: int) -> str:
    """Graphs of 1,000 nodes, one after the other, each differentiated and dropped."""
    x = Value(1.0)
    total = 0.0
    before = None
    for done in range(0, nodes, 1_000):
        chain(x, 1_000).backward()
        total += x.grad
        x.grad = None
        if done == nodes // 10:
            before = megabytes()
    growth = megabytes() - (before if before is not None else megabytes())
    return f"memory grew by {growth:.1f} MB after the first tenth"


def single(nodes: int) -> str:
    """One graph of so many nodes, differentiated and freed."""
    x = Value(1.0)
    y = chain(x, nodes)
    y.backward()
    slope = x.grad
    assert abs(slope - y.data) < 1e-6 * slope, "y is linear in x, and x is 1"
    return f"∂y/∂x = {slope:.6g} = y/x"


def wide(terms: int) -> str:
    """A sum of so many terms."""
    xs = [Value(1.0) for _ in range(terms)]
    sum(xs).backward()  # type: ignore[union-attr]
    assert all(x.grad == 1.0 for x in xs)
    return "every ∂y/∂x is 1"


def paths(levels: int) -> str:
    """A graph in which 2 to the power of `levels` paths lead from the root to the leaf."""
    x = y = Value(1.0)
    for _ in range(levels):
        y = (y + y) * 0.5
    y.backward()
    assert x.grad == 1.0
    return f"2^{levels} paths, ∂y/∂x = {x.grad}"


def threads(rounds: int) -> str:
    """Threads that differentiate graphs with a leaf in common, to the second order."""
    shared, wrong = Value(0.5), []

    def work(seed: int) -> None:
        for k in range(rounds):
            x = seed + k / rounds
            second = grad(grad(lambda t: sin(shared * t) * tanh(t)))(x)
            if second != grad(grad(lambda t: sin(0.5 * t) * tanh(t)))(x):
                wrong.append(x)

    pool = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    assert not wrong
    return f"{THREADS} threads, {THREADS * rounds:,} second derivatives, all right"


def main(scale: float = 1.0) -> None:
    """Print the table."""
    tasks: list[tuple[str, Callable[[int], str], int, int]] = [
        ("stream of graphs", stream, STREAM, 1), ("wide sum", wide, WIDE, 1), ("many paths", paths, PATHS, 2),
        ("threads", threads, 500, 0), ("one graph", single, SINGLE, 1),
    ]  # fmt: skip
    print(f"{'':<17} {'nodes':>10}   {'s':>5}   {'ns a node':>9}   {'peak MB':>7}")
    gc.collect()
    gc.disable()
    try:
        for name, task, size, nodes_each in tasks:
            size = max(2, int(size * scale))
            started = time.perf_counter()
            said = task(size)
            seconds = time.perf_counter() - started
            nodes = size * nodes_each
            count, each = (f"{nodes:,}", f"{seconds / nodes * 1e9:,.0f}") if nodes else ("", "")
            print(f"{name:<17} {count:>10}   {seconds:>5.1f}   {each:>9}   {megabytes():>7,.0f}", flush=True)
            print(f"    {said}", flush=True)
    finally:
        gc.enable()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
