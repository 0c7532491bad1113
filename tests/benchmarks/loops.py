"""How long the pass over a tape takes, and Python from statements against straight-line Python: CPU time, medians.

python -m tests.benchmarks.loops
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from autograd_lite.backends import python
from autograd_lite.backends.loops.recovery import recover
from tests.nets import net

SIZES = ([2, 16, 16, 1], [64, 32, 10], [784, 30, 10])


def seconds(action: Callable[[], Any], repeats: int = 9) -> float:
    """The median CPU time of an action."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return statistics.median(times)


def compiled(tape: Any, worth: int) -> tuple[float, Callable[..., Any]]:
    """The seconds to make a program whose statements are worth a loop from so many instructions on, and the program."""
    python.WORTH, worth = worth, python.WORTH
    try:
        return seconds(lambda: python.Program(tape), 3), python.Program(tape).run
    finally:
        python.WORTH = worth


def row(sizes: list[int]) -> str:
    """The measurements of a net."""
    tape = net(sizes)
    (slow, straight), (quick, rolled) = compiled(tape, 10**9), compiled(tape, 1)
    many = max(1, 50_000 // len(tape.instructions))
    runs = [seconds(lambda f=f: [f(*tape.example) for _ in range(many)]) / many for f in (straight, rolled)]
    return (
        f"{'-'.join(map(str, sizes)):<12}{len(tape.instructions):>13,}{len(recover(tape).statements):>12}"
        f"{seconds(lambda: recover(tape)):>8.3f} s{slow:>8.3f} {quick:>6.3f} s"
        f"{1e6 * runs[0]:>9.0f} {1e6 * runs[1]:>8.0f} µs{runs[1] / runs[0]:>8.2f}"
    )


def main() -> None:
    """Print a row a net."""
    print(f"{'net':<12}{'instructions':>13}{'statements':>12}{'recovery':>10}{'compile':>17}{'run':>21}{'ratio':>8}")
    for sizes in SIZES:
        print(row(sizes))


if __name__ == "__main__":
    main()
