"""What a row has to be for everything else to follow from it: held to once, when the table is complete.

Rules and definitions may use rows that stand further down, so a row is not run where it is written.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from autograd_lite.errors import is_real, shown
from autograd_lite.op import PARTS, TABLE, UNKNOWN, Op


def check_table() -> None:
    """Hold every row to it, and every part of a rule."""
    for op in (*TABLE.values(), *PARTS.values()):
        check_row(op)


def check_row(op: Op) -> None:
    """Raise TypeError, naming the op, unless its functions take and give what its domain says."""
    if not all(isinstance(interval, tuple) and len(interval) == 2 and interval[0] < interval[1]
               for interval in op.domain):  # fmt: skip
        raise TypeError(
            f"{op.name}: expected an interval (low, high) with low < high for each input, got {shown(op.domain)}"
        )
    unknown = [UNKNOWN] * op.arity
    if op.definition is not None:
        _run(op, "definition", op.definition, unknown)
    out = _run(op, "forward", op.forward, [(low + high) / 2 for low, high in op.domain])
    if not is_real(out):
        raise TypeError(f"{op.name}: expected forward to give a float, got {shown(out)}")
    _check_partials(op, _run(op, "partials", op.partials, [*unknown, UNKNOWN]))


def _check_partials(op: Op, partials: Any) -> None:
    """Raise TypeError unless the partials are a tuple of one number an input."""
    if not isinstance(partials, tuple) or len(partials) != op.arity:
        got = f"a tuple of {len(partials)}" if isinstance(partials, tuple) else shown(partials)
        raise TypeError(
            f"{op.name}: expected partials to give a tuple of {_count(op.arity, 'number')}, one an input, got "
            f"{'a number in no tuple; write (…,)' if _is_number(partials) else got}"
        )
    for partial in partials:
        if not _is_number(partial):
            raise TypeError(f"{op.name}: expected partials to give numbers, got {shown(partial)}")


def _is_number(x: Any) -> bool:
    return x is UNKNOWN or is_real(x)


def _run(op: Op, what: str, function: Any, inputs: list[Any]) -> Any:
    """What a row's function gives; raises TypeError that says what it should have taken."""
    if not callable(function):
        raise TypeError(f"{op.name}: expected {what} to be a function, got {shown(function)}")
    try:
        return function(*inputs)
    except (TypeError, AttributeError) as error:
        if not takes(function, inputs):
            count = f"{_count(len(inputs), 'argument')}, an input for each interval (low, high)"
            taken = (
                f"{count}{' and out' if what == 'partials' else ''}, got a function of {inspect.signature(function)}"
            )
            raise TypeError(f"{op.name}: expected {what} to take {taken}") from error
        raise TypeError(
            f"{op.name}: expected {what} of operators and ops of the table, like sqrt in the place of math.sqrt and "
            f"where() in that of if, got {error}"
        ) from error


def takes(function: Callable[..., Any], inputs: list[Any]) -> bool:
    """Whether a function takes so many inputs, as far as it can be known."""
    try:
        inspect.signature(function).bind(*inputs)
    except TypeError:
        return False
    except ValueError:  # a function of C without a signature
        pass
    return True


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
