"""Record once, replay: one neuron's graph as a tape, the tape as Python source, and what replaying it is worth.

You will see the program that a graph is, forward and backward, and how much faster it runs than building the graph.
"""

import time
from collections.abc import Callable

from autograd_lite import Value, record, tanh
from autograd_lite.backends.python import source
from demos.output import title

REPEATS = 2_000


def neuron(w: Value, x: Value, b: Value) -> Value:
    """One neuron, a = tanh(w·x + b)."""
    a: Value = tanh(w * x + b)
    return a


def by_engine(*numbers: float) -> tuple[float, tuple[float, ...]]:
    """Value and gradient by building the graph and walking back."""
    w, x, b = map(Value, numbers)
    a = neuron(w, x, b)
    a.backward()
    return a.data, (w.grad, x.grad, b.grad)


def microseconds(f: Callable[..., object], *args: float) -> float:
    """The time of one call."""
    started = time.perf_counter()
    for _ in range(REPEATS):
        f(*args)
    return (time.perf_counter() - started) / REPEATS * 1e6


def main() -> None:
    """Print the tape, its source, and the two times."""
    title("The graph, written down: a tape")
    numbers = (0.5, 2.0, -0.4)
    tape = record(neuron, *numbers)
    print(tape)
    print("\nthe same as Python, which is what runs:\n")
    print(source(tape.adjoint()))
    replayed = tape.compile("python")
    print(f"the same numbers to the bit: {replayed.value_and_grad(*numbers) == by_engine(*numbers)}")
    graph, program = microseconds(by_engine, *numbers), microseconds(replayed.value_and_grad, *numbers)
    print(f"value and gradient: {graph:.1f} µs by the graph, {program:.1f} µs by the tape on this machine")


if __name__ == "__main__":
    main()
