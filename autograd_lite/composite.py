"""Rows that are made of other rows: the value and the partials that follow from a generic definition.

    forward_of(lambda x: x * sigmoid(x))       a function of floats
    partials_of(lambda x: x * sigmoid(x))      a rule like any other of the table, for numbers of any kind

The rule runs the definition on numbers that remember how they were made, and `sweep` hands the 1 of the result on by
the rules of the rows that the definition is made of: the chain rule and the selection rule are those of any graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.errors import as_float
from autograd_lite.graph import Node, edges, interior, sweep
from autograd_lite.op import FUNCTION, PARTS, TABLE, Interval, Number, Op
from autograd_lite.operators import Operators
from autograd_lite.selection import factors

Definition = Callable[..., Number]


class Plain(Operators):
    """A float under the table's arithmetic, which has an answer where Python's own / and ** raise."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Plain:
        return Plain(op.forward(*[plain(x, op.name) for x in inputs]))


class Told(Plain):
    """A float with which a rule computes what is told: 1 − a² as it is read, and not as it keeps its digits."""

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Number:
        if op.told is not None:
            return op.told(*inputs)
        return Told(op.forward(*[plain(x, op.name) for x in inputs]))


def plain(x: Number, where: str) -> float:
    """The float that x is."""
    return x.number if isinstance(x, Plain) else as_float(x, where)


def forward_of(definition: Definition) -> Callable[..., float]:
    """The function of floats that a definition says."""
    return lambda *xs: plain(definition(*map(Plain, xs)), "definition")


class Traced(Operators, Node):
    """A number of whatever kind was asked for that remembers, as a node, which numbers of its kind it was made from."""

    __slots__ = ("number",)

    def __init__(self, number: Number) -> None:
        self.number = number
        self._set_edges(None, (), ())

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Traced:
        """The op on the numbers; toward what stands in the definition as a number there is no edge."""
        numbers = [x.number if isinstance(x, Traced) else x if hasattr(x, "_apply") else float(x) for x in inputs]
        made = Traced(op(*numbers))
        found = zip(inputs, factors(op, op.partials(*numbers, made.number)), strict=True)
        pairs = [(x, factor) for x, factor in found if isinstance(x, Traced) and factor is not None]
        if pairs:
            made._set_edges(op, [x for x, _ in pairs], [factor for _, factor in pairs])
        return made


def partials_of(definition: Definition) -> Callable[..., tuple[Number, ...]]:
    """The rule of partials that follows from a definition."""

    def partials(*inputs_and_out: Number) -> tuple[Number, ...]:
        inputs = [Traced(x) for x in inputs_and_out[:-1]]
        result = definition(*inputs)
        if not isinstance(result, Traced):
            return (0.0,) * len(inputs)
        arrived = sweep(reversed(interior((result,))), {result: 1.0}, edges)
        return tuple(arrived.get(x, 0.0) for x in inputs)

    return partials


class Way(Operators):
    """A number of which only is known which inputs reach it: `chosen`, where an op selects on the way, or `plain`."""

    __slots__ = ("chosen", "plain")

    def __init__(self, plain: frozenset[int] = frozenset(), chosen: frozenset[int] = frozenset()) -> None:
        self.plain, self.chosen = plain, chosen

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Way:
        live = [x for x, flat in zip(inputs, op.flat(len(inputs)), strict=True) if isinstance(x, Way) and not flat]
        plain = frozenset[int]().union(*[x.plain for x in live])
        chosen = frozenset[int]().union(*[x.chosen for x in live])
        return Way(frozenset(), plain | chosen) if op.selects else Way(plain, chosen)


def selects_by(definition: Definition, n: int) -> bool:
    """Whether what a definition gives reaches its inputs only by way of ops that select: relu(x) + relu(-x)."""
    try:
        found = definition(*[Way(frozenset([k])) for k in range(n)])
    except (TypeError, AttributeError):
        return False  # no definition in terms of rows: `define` says what is wrong with it
    return isinstance(found, Way) and bool(found.chosen) and not found.plain


def row(
    name: str,
    forward: Callable[..., float] | None,
    partials: Callable[..., tuple[Number, ...]] | None,
    domain: tuple[Interval, ...],
    symbol: str = "",
    text: str = "",
    latex: str = "",
    precedence: int = FUNCTION,
    definition: Definition | None = None,
    n_slots: int | None = None,
    selects: bool = False,
    meaning: str = "",
    told: Definition | None = None,
) -> Op:
    """A row: what is not stated follows from the definition, and an op without a text is written name(a, b).

    `n_slots` makes it variadic: how many places its templates have, the last one for all further inputs.
    """
    slots = ", ".join(["{}"] * (len(domain) if n_slots is None else n_slots))
    if definition is not None:
        selects = selects or (partials is None and selects_by(definition, len(domain)))
        forward, partials = forward or forward_of(definition), partials or partials_of(definition)
    elif forward is None or partials is None:
        raise TypeError(f"{name}: expected a definition, or both forward and partials")
    return Op(
        name=name,
        symbol=symbol or name,
        forward=forward,
        partials=partials,
        text=text or f"{name}({slots})",
        latex=latex or rf"\operatorname{{{{{name}}}}}".replace("_", r"\_") + rf"\left({slots}\right)",
        domain=domain,
        precedence=precedence,
        definition=definition,
        variadic=n_slots is not None,
        selects=selects,
        meaning=meaning,
        told=told,
    )


def enter(
    name: str,
    forward: Callable[..., float] | None,
    partials: Callable[..., tuple[Number, ...]] | None,
    *domain: Interval,
    **written: Any,
) -> Op:
    """Add a row to the table."""
    TABLE[name] = op = row(name, forward, partials, domain, **written)
    return op


def part(
    name: str,
    forward: Callable[..., float] | None,
    partials: Callable[..., tuple[Number, ...]] | None,
    *domain: Interval,
    **written: Any,
) -> Op:
    """A part of a rule: what is read is `told`; its value and partials are the same mathematics with more digits.

    It is a row that nobody calls: no function, no method, not in the table. Backends compute it by its `definition`.
    """
    PARTS[name] = op = row(name, forward, partials, domain, **written)
    return op
