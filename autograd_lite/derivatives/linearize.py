"""The linear map that a graph is near its inputs: pushed forward along the edges, or pulled back along them.

A graph's nodes are other people's; their gradients stay as they are. So the part of the graph that lies between the
inputs and the outputs gets stand-ins, with the same edges, and the chain rule runs on these, in either direction.
The partials are the numbers that were fixed when the ops ran or, if the result is to be differentiated again,
`Value`s: the rules of the table, run once more on the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from autograd_lite.derivatives.sharing import sharing
from autograd_lite.graph import Node, interior, propagate, push_forward
from autograd_lite.modes import current
from autograd_lite.op import Op
from autograd_lite.value import Value


class StandIn(Node):
    """A node's stand-in while a derivative is taken: its edges toward the inputs, its gradient, its tangent."""

    __slots__ = ("original", "tangent")

    original: Value
    tangent: Any

    def __init__(self, original: Value) -> None:
        self.original, self.tangent = original, 0.0
        self._set_edges(None, (), ())


def pull(outputs: Sequence[Value], inputs: Sequence[Value], cotangents: Sequence[Any], create_graph: bool) -> list[Any]:
    """Reverse mode: for each input, the sum over the outputs of cotangent · ∂output/∂input."""
    with _linearized(outputs, inputs, create_graph) as (roots, order, leaves):
        for root, seed in zip(roots, cotangents, strict=True):
            root._grad = seed if root._grad is None else root._grad + seed
        propagate(order)
        _check(order)
        return [0.0 if leaf._grad is None else leaf._grad for leaf in leaves]


def push(outputs: Sequence[Value], inputs: Sequence[Value], tangents: Sequence[Any], create_graph: bool) -> list[Any]:
    """Forward mode: for each output, the sum over the inputs of ∂output/∂input · tangent."""
    with _linearized(outputs, inputs, create_graph) as (roots, order, leaves):
        for leaf, tangent in zip(leaves, tangents, strict=True):
            leaf.tangent = tangent
        push_forward(order)
        _check(order)
        return [root.tangent for root in roots]


@contextmanager
def _linearized(
    outputs: Sequence[Value], inputs: Sequence[Value], create_graph: bool
) -> Iterator[tuple[list[StandIn], list[StandIn], list[StandIn]]]:
    """The stand-ins of the outputs, of all nodes from there to the inputs, in the graph's order, and of the inputs.

    An output that no input reaches has a stand-in without edges.
    """
    nodes = interior(outputs)
    with sharing(nodes) if create_graph else nullcontext():
        stand_ins = {x: StandIn(x) for x in inputs}
        for node in nodes:
            parents = node.parents
            if not stand_ins.keys().isdisjoint(parents):
                partials = _partials_as_values(node) if create_graph else node.partials
                _connect(node, node.op, parents, partials, stand_ins)
        leaves = [stand_ins[x] for x in inputs]
        roots = [stand_ins.get(y) or StandIn(y) for y in outputs]
        reached = set(interior(roots))
        yield roots, [stand_ins[node] for node in nodes if stand_ins.get(node) in reached], leaves


def _check(order: Sequence[StandIn]) -> None:
    mode = current.get()
    if mode is not None and mode.check_gradients is not None:
        mode.check_gradients(order)


def _connect(
    node: Value, op: Op, parents: Sequence[Value], partials: Sequence[Any], stand_ins: dict[Value, StandIn]
) -> None:
    """Give a node's stand-in, new unless it is an input, the edges toward those of its parents that have one."""
    edges = [
        (stand_ins[parent], partial)
        for parent, partial, flat in zip(parents, partials, op.flat(len(parents)), strict=True)
        if not flat and parent in stand_ins
    ]
    if edges:
        stand_in = stand_ins.get(node)
        if stand_in is None:
            stand_in = stand_ins[node] = StandIn(node)
        stand_in._set_edges(op, *zip(*edges, strict=True))


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
