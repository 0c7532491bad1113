"""Rows that are made of other rows: the value and the partials that follow from a generic definition.

    forward_of(lambda x: x * sigmoid(x))       a function of floats
    partials_of(lambda x: x * sigmoid(x))      a rule like any other of the table, for numbers of any kind

The rule runs the definition on dual numbers: a number of whatever kind was asked for, and its derivative by each
input, carried along by the rules of the rows that the definition is made of. Nothing is differentiated twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.errors import as_float
from autograd_lite.op import FUNCTION, TABLE, Interval, Op
from autograd_lite.operators import Operators
from autograd_lite.selection import factors

Definition = Callable[..., Any]


class Plain(Operators):
    """A float under the table's arithmetic, which has an answer where Python's own / and ** raise."""

    __slots__ = ("number",)

    def __init__(self, number: float) -> None:
        self.number = number

    @staticmethod
    def _apply(op: Op, *inputs: Any) -> Plain:
        return Plain(op.forward(*[plain(x, op.name) for x in inputs]))


def plain(x: Any, where: str) -> float:
    """The float that x is."""
    return x.number if isinstance(x, Plain) else as_float(x, where)


def forward_of(definition: Definition) -> Callable[..., float]:
    """The function of floats that a definition says."""
    return lambda *xs: plain(definition(*map(Plain, xs)), "definition")


class Dual(Operators):
    """A number and its derivatives: `tangents[k]` by the k-th input, where it depends on that."""

    __slots__ = ("primal", "tangents")

    def __init__(self, primal: Any, tangents: dict[int, Any]) -> None:
        self.primal, self.tangents = primal, tangents

    @staticmethod
    def _apply(op: Op, *inputs: Any) -> Dual:
        """The op on the numbers, and the chain rule on their derivatives."""
        primals = [x.primal if isinstance(x, Dual) else x if hasattr(x, "_apply") else float(x) for x in inputs]
        out = op(*primals)
        tangents: dict[int, Any] = {}
        partials = op.partials(*primals, out)
        for x, partial, factor in zip(inputs, partials, factors(op, partials), strict=True):
            if isinstance(x, Dual) and factor is not None:
                for k, tangent in x.tangents.items():
                    contribution = partial if tangent is ONE else factor * tangent
                    tangents[k] = tangents[k] + contribution if k in tangents else contribution
        return Dual(out, tangents)


ONE = object()  # the derivative of an input by itself, by which nothing is multiplied


def partials_of(definition: Definition) -> Callable[..., tuple[Any, ...]]:
    """The rule of partials that follows from a definition."""

    def partials(*inputs_and_out: Any) -> tuple[Any, ...]:
        inputs = inputs_and_out[:-1]
        result = definition(*[Dual(x, {k: ONE}) for k, x in enumerate(inputs)])
        tangents = result.tangents if isinstance(result, Dual) else {}
        return tuple(1.0 if (t := tangents.get(k, 0.0)) is ONE else t for k in range(len(inputs)))

    return partials


def row(
    name: str,
    forward: Callable[..., float] | None,
    partials: Callable[..., tuple[Any, ...]] | None,
    domain: tuple[Interval, ...],
    symbol: str = "",
    text: str = "",
    latex: str = "",
    precedence: int = FUNCTION,
    definition: Definition | None = None,
    n_slots: int | None = None,
    selects: bool = False,
    meaning: str = "",
) -> Op:
    """A row: what is not stated follows from the definition, and an op without a text is written name(a, b).

    `n_slots` makes it variadic: how many places its templates have, the last one for all further inputs.
    """
    slots = ", ".join(["{}"] * (len(domain) if n_slots is None else n_slots))
    if definition is not None:
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
    )


def enter(
    name: str,
    forward: Callable[..., float] | None,
    partials: Callable[..., tuple[Any, ...]] | None,
    *domain: Interval,
    **written: Any,
) -> Op:
    """Add a row to the table."""
    TABLE[name] = op = row(name, forward, partials, domain, **written)
    return op
