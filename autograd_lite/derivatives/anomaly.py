"""`detect_anomaly`: the first op to make a nan or an inf raises, and names the line that made it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from autograd_lite.derivatives.linearize import Edges, pull
from autograd_lite.graph import toposort
from autograd_lite.modes import entered
from autograd_lite.op import Number
from autograd_lite.ops import Op
from autograd_lite.value import Constant, Value, made

LETTERS = "abcdefghijklmnopqrstuvwxyz"  # for inputs without a label
REMEDY = "keep its inputs where it is finite; a where() has to choose them, not only the result"


class Traced(Value):
    """A Value that remembers the file and the line that made it."""

    __slots__ = ("place",)

    place: str


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Within `with detect_anomaly():` the first op whose value or partial is nan or inf raises FloatingPointError.

    So does the first step of a backward pass that makes one, before any gradient is set. The error names the op, its
    inputs with labels and numbers, and the file and line that made it, if it was made in such a block. A partial
    toward a number in the formula, like the 2 of x**2, does not count: no gradient goes there.
    """
    with entered(make=_make, check_backward=_check_backward, check_gradients=_check_gradients):
        yield


def _make(op: Op, parents: list[Value]) -> Value:
    node = made(op, parents, Traced)
    node.place = _place()  # type: ignore[attr-defined]
    if not math.isfinite(node.data):
        raise _error(node, op, parents, "value", f"{node.data}")
    for i, partial in enumerate(node.partials):
        if type(parents[i]) is not Constant and not math.isfinite(partial):
            raise _error(node, op, parents, f"partial {i + 1}", f"{partial}")
    return node


def _check_backward(root: Value) -> None:
    """Rehearse a backward pass from root, which touches no gradient."""
    leaves = [node for node in toposort(root) if node.op is None and type(node) is not Constant]
    pull([root], leaves, [1.0], create_graph=False)


def _check_gradients(edges: Edges, arrived: Mapping[Value, Number]) -> None:
    """Raise for the first nan or inf in a pass: from the last node to the first, as gradients go."""
    for node in reversed(edges):
        upstream = _number(arrived.get(node, 0.0))
        for parent, partial in edges[node]:
            local = _number(partial)
            if math.isfinite(local) and math.isfinite(upstream) and math.isfinite(local * upstream):
                continue
            assert node.op is not None
            where = node.parents.index(parent) + 1
            times = f" × upstream gradient {upstream}" if node in arrived else ""
            raise _error(node, node.op, node.parents, f"partial {where}", f"{local}{times}")


def _number(x: Number) -> float:
    """The number of a gradient or a partial of whatever kind."""
    x = getattr(x, "partial", x)
    return x._data if isinstance(x, Value) else x


def _error(node: Value, op: Op, parents: Sequence[Value], what: str, got: str) -> FloatingPointError:
    names = [_name(parent) or LETTERS[i % len(LETTERS)] for i, parent in enumerate(parents)]
    inputs = ", ".join(f"{name} = {parent.data}" for name, parent in zip(names, parents, strict=True))
    place = getattr(node, "place", None)
    origin = (
        f"made at {place}" if place else f"made outside detect_anomaly or by the derivative that {_place()} asked for"
    )
    written = op.text_of(len(names)).format(*names)
    return FloatingPointError(
        f"detect_anomaly: expected the {what} of {op}, {written}, to be finite, got {got} for {inputs}, "
        f"{origin}; {REMEDY}"
    )


def _name(node: Value) -> str:
    """A node's label, on one line."""
    return " ".join(node.label.split())[:40]


def _place() -> str:
    """The file and line of the innermost frame outside this project."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in ("autograd_lite", "nn"):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
