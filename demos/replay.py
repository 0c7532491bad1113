"""Record once, replay: one neuron's graph as a tape, the tape as Python source, and what replaying it is worth.

You will see the program that a graph is, forward and backward, and how much faster each backend runs it than the
engine builds the graph and walks back.
"""

import math
import time
from array import array
from collections.abc import Callable

from autograd_lite import Value, record, tanh
from autograd_lite.backends import BACKENDS
from autograd_lite.backends.python import source
from demos.output import title

Result = tuple[float, tuple[float, ...]]  # a value and its gradient
SECONDS = 0.1  # for each measurement
ROWS = array("d", [0.5, 2.0, -0.4] * 1000)


def neuron(w: Value, x: Value, b: Value) -> Value:
    """One neuron, a = tanh(w·x + b)."""
    a: Value = tanh(w * x + b)
    return a


def by_engine(*numbers: float) -> Result:
    """Value and gradient by building the graph and walking back."""
    w, x, b = map(Value, numbers)
    a = neuron(w, x, b)
    a.backward()
    return a.data, (w.grad, x.grad, b.grad)


def microseconds(f: Callable[..., object], *args: object) -> float:
    """The time of one call, after a first one, which may have to compile."""
    f(*args)
    calls, started = 0, time.perf_counter()
    while not calls or time.perf_counter() < started + SECONDS:
        f(*args)
        calls += 1
    return (time.perf_counter() - started) / calls * 1e6


def main() -> None:
    """Print the tape, its source, and the speed of each backend."""
    title("The graph, written down: a tape", "把计算图写下来：记录带")
    numbers = (0.5, 2.0, -0.4)
    tape = record(neuron, *numbers)
    print(tape)
    print("\nthe same as Python, which is what runs:\n")
    print(source(tape.adjoint()))
    title("The same tape on each backend, on this machine", "同一条记录带，各个后端各有多快")
    print(f"{'':<22}{'value and gradient':>20}{'values by map':>18}{'off by at most':>18}")
    slow, forward = microseconds(by_engine, *numbers), microseconds(neuron, *map(Value, numbers))
    print(f"{'the graph itself':<22}{slow:>17.2f} µs{1e6 / forward:>16,.0f}/s")
    for backend in BACKENDS:
        try:
            program = tape.compile(backend)
        except ImportError as error:
            print(error)
            continue
        call, row = microseconds(program.value_and_grad, *numbers), microseconds(program.map, ROWS) / 1000
        ulps = distance(program.value_and_grad(*numbers), by_engine(*numbers))
        print(f"{'the tape, ' + backend:<22}{call:>17.2f} µs{1e6 / row:>16,.0f}/s{ulps:>13.0f} ulps")


def distance(one: Result, other: Result) -> float:
    """How far apart two values with their gradients are, in units in the last place."""
    pairs = zip((one[0], *one[1]), (other[0], *other[1]), strict=True)
    return max(abs(a - b) / math.ulp(b) for a, b in pairs)


if __name__ == "__main__":
    main()
