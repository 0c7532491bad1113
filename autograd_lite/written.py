"""The methods of `Value`, written out: a row's value and rule as the statements of one Python function.

To call a row's functions for every node would cost more than the arithmetic in them. So a rule is run once, on numbers
of which nothing is known, and what it computes is written where the node is made:

    print(inspect.getsource(Value.tanh))    the engine's inner loop, as it runs

The functions say what `made` in value.py says, for one and for two inputs, and leave everything unusual to `_apply`.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_lite import floats
from autograd_lite.errors import as_float
from autograd_lite.graph import Node, interior
from autograd_lite.op import Number, Op
from autograd_lite.operators import Operators
from autograd_lite.selection import NOTHING

UNARY = """\
def method(self):
    mode = _mode()
    if mode is not None:
        if mode.is_bare:
{bare}        if not mode.is_plain:
            return Value._apply(op, self)
    x = self._data
{out}
{rule}
    node = Result()
    node._data = out
    node._first = self
    node._first_partial = {first}
    node.op = op
    node.label = ""
    node._grad = node._visit = node._second = node._second_partial = None
    node._rest = ()
    return node
"""

BINARY = """\
def method(self, other):
    mode = _mode()
    if mode is not None:
        if mode.is_bare:
            y = other._data if isinstance(other, Value) else _number(other, op)
{bare}        if not mode.is_plain:
            return Value._apply(op, self, other)
    if not isinstance(other, Value):
        node = method(self, _constant(other, op))
        node._second_partial = None
        return node
    x = self._data
    y = other._data
{out}
{rule}
    node = Result()
    node._data = out
    node._first = self
    node._second = other
    node._first_partial = {first}
    node._second_partial = {second}
    node.op = op
    node.label = ""
    node._grad = node._visit = None
    node._rest = ()
    return node
"""

# A result under `no_grad`, of which everything else is known.
BARE = """\
            node = Bare()
            node._data = {out}
            node.label = ""
            node._grad = None
            return node
"""


class Written(Operators, Node):
    """A number that is a name in the source, or will be: what made it is written down, not done."""

    __slots__ = ("name",)

    def __init__(self, name: str = "", op: Op | None = None, inputs: Sequence[Written] = ()) -> None:
        self.name = name
        self._set_edges(op, inputs, inputs)

    @staticmethod
    def of(x: Number) -> Written:
        """A number among the others: a double is written as itself, in brackets where it has a sign."""
        return x if isinstance(x, Written) else Written(f"({x!r})" if str(x)[0] == "-" else repr(as_float(x, "rule")))

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Written:
        arguments = [Written.of(x) for x in inputs]
        is_called = op.forward.__module__ == floats.__name__
        if op.told is not None and op.definition is not None and not is_called:  # a part of a rule is written out
            return Written.of(op.definition(*arguments))
        return Written("", op, arguments)


def method(op: Op, engine: dict[str, Any]) -> Callable[..., Any]:
    """The method of `Value` that applies an op of one or two inputs; `engine` is what value.py knows by name."""
    inputs = [Written("x"), Written("y")][: op.arity]
    out = Written("out", op, inputs)
    partials = [Written.of(partial) for partial in op.partials(*inputs, out)]
    calls: dict[Op, str] = {}
    rule = _statements([*inputs, out], partials, calls)
    slots = [_factor(op, x, flat) for x, flat in zip(partials, op.flat(op.arity), strict=True)]
    number = Written("", op, [Written("self._data"), Written("y")][: op.arity])
    text = (UNARY, BINARY)[op.arity - 1].format(
        out=f"    out = {_expression(out, calls)}",
        rule="\n".join(rule),
        bare=BARE.format(out=_expression(number, calls)),
        **dict(zip(("first", "second"), slots, strict=False)),
    )
    known = {"op": op, "NOTHING": NOTHING, "inf": math.inf, "nan": math.nan}
    known.update({name: row.forward for row, name in calls.items()})
    return _defined(text, f"<{op.name}, written from its row {id(op):x}>", known, engine)


def _defined(text: str, file: str, known: Mapping[str, Any], engine: dict[str, Any]) -> Callable[..., Any]:
    """The function `method` that the text defines, which finds the rest of its names in `engine` when it runs."""
    body = "".join(f"    {line}\n" for line in text.splitlines() if line)
    text = f"def make({', '.join(known)}):\n{body}    return method\n"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    made: dict[str, Any] = {}
    exec(compile(text, file, "exec"), engine, made)
    method: Callable[..., Any] = made["make"](**known)
    return method


def _factor(op: Op, partial: Written, flat: bool) -> str:
    """The partial as what a gradient is multiplied by, as `factors` in selection.py has it."""
    return "None" if flat else f"{partial.name} or NOTHING" if op.selects else partial.name


def _statements(known: Sequence[Written], wanted: Sequence[Written], calls: dict[Op, str]) -> list[str]:
    """The assignments that compute what is wanted and is not known, each number once."""
    lines: list[str] = []
    for number in interior(wanted):
        if number not in known:
            number.name = f"t{len(lines)}"
            lines.append(f"    {number.name} = {_expression(number, calls)}")
    return lines


def _expression(number: Written, calls: dict[Op, str]) -> str:
    """How a number is made; only Python's own operators that compute as IEEE 754 does are written as such."""
    assert number.op is not None
    names = [x.name for x in number.parents]
    if number.op.forward.__module__ == "_operator":
        return number.op.text.format(*names)
    return f"{_called(number.op, calls)}({', '.join(names)})"


def _called(op: Op, calls: dict[Op, str]) -> str:
    """The name of a row's function of floats in the source; another row of that name has another."""
    return calls.setdefault(op, f"{op.name}_{len(calls)}")
