"""The linear map that a graph is near its inputs: pushed forward along the edges, or pulled back along them.

A graph's nodes are other people's; their gradients stay as they are. So the part of the graph that lies between the
inputs and the outputs gets stand-ins, with the same edges, and the chain rule runs on these, in either direction.
The partials are the numbers that were fixed when the ops ran or, if the result is to be differentiated again,
`Value`s: the rules of the table, run once more on the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

from autograd_lite.graph import Node, interior, propagate, push_forward
from autograd_lite.modes import current, entered
from autograd_lite.ops import Op
from autograd_lite.sharing import sharing
from autograd_lite.value import Value


class StandIn(Node):
    """A node's stand-in while a derivative is taken: its edges toward the inputs, its gradient, its tangent."""

    __slots__ = ("original", "tangent")

    original: Value
    tangent: Any


def pull(outputs: Sequence[Value], inputs: Sequence[Value], cotangents: Sequence[Any], create_graph: bool) -> list[Any]:
    """Reverse mode: for each input, the sum over the outputs of cotangent · ∂output/∂input."""

    def backward(roots: Sequence[StandIn | None], leaves: Sequence[StandIn]) -> list[Any]:
        reached = [(root, seed) for root, seed in zip(roots, cotangents, strict=True) if root is not None]
        for root, seed in reached:
            root.grad = seed if root.grad is None else root.grad + seed
        order = interior([root for root, _ in reached])
        propagate(order)
        _check(order)
        return [0.0 if leaf.grad is None else leaf.grad for leaf in leaves]

    return _linearized(outputs, inputs, create_graph, backward)


def push(outputs: Sequence[Value], inputs: Sequence[Value], tangents: Sequence[Any], create_graph: bool) -> list[Any]:
    """Forward mode: for each output, the sum over the inputs of ∂output/∂input · tangent."""

    def forward(roots: Sequence[StandIn | None], leaves: Sequence[StandIn]) -> list[Any]:
        for leaf, tangent in zip(leaves, tangents, strict=True):
            leaf.tangent = tangent
        order = interior([root for root in roots if root is not None])
        push_forward(order)
        _check(order)
        return [0.0 if root is None else root.tangent for root in roots]

    return _linearized(outputs, inputs, create_graph, forward)


def _linearized(
    outputs: Sequence[Value],
    inputs: Sequence[Value],
    create_graph: bool,
    walk: Callable[[Sequence[StandIn | None], Sequence[StandIn]], list[Any]],
) -> list[Any]:
    """What `walk` makes of the stand-ins of the outputs (None for one that no input reaches) and of the inputs."""
    order = interior(outputs)
    with sharing(order) if create_graph else nullcontext():
        stand_ins = {x: _stand_in(x) for x in inputs}
        for node in order:
            if any(parent in stand_ins for parent in node.parents):
                partials = _partials_as_values(node) if create_graph else node.partials
                _connect(node, partials, stand_ins)
        return walk([stand_ins.get(y) for y in outputs], [stand_ins[x] for x in inputs])


def _check(order: Sequence[StandIn]) -> None:
    mode = current.get()
    if mode is not None and mode.check_gradients is not None:
        mode.check_gradients(order)


def _stand_in(node: Value) -> StandIn:
    stand_in = StandIn()
    stand_in._set_edges(None, (), ())
    stand_in.original = node
    return stand_in


def _connect(node: Value, partials: Sequence[Any], stand_ins: dict[Value, StandIn]) -> None:
    """Give a node's stand-in, new unless it is an input, the edges toward those of its parents that have one."""
    edges = [
        (stand_ins[parent], partial)
        for parent, partial, flat in zip(node.parents, partials, _flat(node.op), strict=True)
        if parent in stand_ins and not flat
    ]
    if edges:
        stand_in = stand_ins.setdefault(node, _stand_in(node))
        stand_in._set_edges(node.op, *zip(*edges, strict=True))


@cache
def _flat(op: Op) -> tuple[bool, ...]:
    """For each input of an op whether its rule states the partial as the number 0, as a comparison's does.

    Such an edge is none: 0 times an infinite gradient would be nan.
    """
    with entered(make=None):
        partials = op.partials(*[Value(0.5)] * op.arity, Value(0.5))
    return tuple(type(partial) is float and partial == 0.0 for partial in partials)


def _partials_as_values(node: Value) -> Sequence[Any]:
    """The partials of a node as functions of its parents.

    Raises ValueError if `data` of a parent was set since: the partials would no longer be those of this node.
    """
    partials: Sequence[Any] = node.op.partials(*node.parents, node)  # type: ignore[union-attr]
    for partial, fixed in zip(partials, node.partials, strict=True):
        number = partial.data if isinstance(partial, Value) else partial
        if number != fixed and not (number != number and fixed != fixed):
            raise ValueError(
                f"gradients: expected the inputs of {node!r}, made by {node.op}, to be as they were when it was made; "
                "data was set since, so make it again"
            )
    return partials
