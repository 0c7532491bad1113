"""The tests of the table of ops, run on a table with one thing wrong.

    python -m tests.mutation sin 0        sin itself is off by a millionth
    python -m tests.mutation sin 1        its partial toward its first input is
    python -m tests.mutation              nothing is wrong

The exit code is pytest's: 0 if no test noticed.
"""

import importlib
import sys
from typing import Any

import pytest

from autograd_lite import ops

TESTS = ["tests/test_ops.py"]


def off(x: Any) -> Any:
    """x, whatever its type, wrong by a millionth."""
    return x * (1.0 + 1e-6) + 3e-6  # of −1, too


def mutate(name: str, place: int) -> None:
    """Make a row's forward wrong (place 0) or one of its partials (from 1 on), and build the engine on that table."""
    row = ops.TABLE[name]
    forward, partials = row.forward, row.partials

    def wrong_partials(*inputs: Any) -> tuple[Any, ...]:
        found = partials(*inputs)
        return (*found[: place - 1], off(found[place - 1]), *found[place:])

    if place == 0:
        object.__setattr__(row, "forward", lambda *xs: off(forward(*xs)))
    else:
        object.__setattr__(row, "partials", wrong_partials)
    kept = ("errors", "op", "operators", "composite", "floats", "choices", "ops")
    of_the_table = {f"autograd_lite.{name}" for name in kept}
    for module in [m for m in sys.modules if m.startswith("autograd_lite") and m not in of_the_table]:
        del sys.modules[module]
    importlib.import_module("autograd_lite")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        mutate(sys.argv[1], int(sys.argv[2]))
    sys.exit(pytest.main([*TESTS, "-x", "-n0", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=no"]))
