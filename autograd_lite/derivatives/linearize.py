"""The linear map that a graph is near its inputs: pulled back along the edges, or pushed forward along them.

A graph's nodes are other people's, and their gradients stay as they are: what is handed on stands in the table of
`sweep`. The partials are the numbers that were fixed when the ops ran or, if the result is to be differentiated again,
`Value`s: the rules of the table, run once more on the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext

from autograd_lite.derivatives.sharing import sharing
from autograd_lite.graph import interior, sweep, turned
from autograd_lite.modes import current
from autograd_lite.op import Number
from autograd_lite.selection import NOTHING, UNMOVED, factors
from autograd_lite.value import Value

# For each node that depends on the inputs, after its parents: its edges toward these, as pairs (parent, partial).
Edges = dict[Value, list[tuple[Value, Number]]]

Arrival = tuple[Value, int]  # a node, and the direction of the tangent that arrives there


def pull(
    outputs: Sequence[Value], inputs: Sequence[Value], cotangents: Sequence[Number], create_graph: bool
) -> list[Number]:
    """Reverse mode: for each input, the sum over the outputs of cotangent · ∂output/∂input."""
    with _linearized(outputs, inputs, create_graph) as edges:
        seeds: dict[Value, Number] = {}
        for y, cotangent in zip(outputs, cotangents, strict=True):
            seeds[y] = seeds[y] + cotangent if y in seeds else cotangent
        arrived = sweep(reversed(edges), seeds, edges.__getitem__)
        _check(edges, arrived)
        return [arrived.get(x, 0.0) for x in inputs]


def push(
    outputs: Sequence[Value], inputs: Sequence[Value], tangents: Sequence[Number], create_graph: bool
) -> list[Number]:
    """Forward mode: for each output, the sum over the inputs of ∂output/∂input · tangent."""
    seeds = {(x, 0): tangent for x, tangent in zip(inputs, tangents, strict=True)}
    arrived = _push(outputs, seeds, create_graph)
    return [arrived.get((y, 0), 0.0) for y in outputs]


def columns(outputs: Sequence[Value], inputs: Sequence[Value], create_graph: bool) -> Iterator[list[Number]]:
    """The Jacobian of the outputs, row by row, all columns pushed forward in one sweep, each only where it is not 0."""
    arrived = _push(outputs, {(x, i): 1.0 for i, x in enumerate(inputs)}, create_graph)
    for y in outputs:
        yield [arrived.get((y, i), 0.0) for i in range(len(inputs))]


def _push(outputs: Sequence[Value], seeds: Mapping[Arrival, Number], create_graph: bool) -> dict[Arrival, Number]:
    """The tangents by (node, direction), from those of the inputs."""
    with _linearized(outputs, [x for x, _ in seeds], create_graph) as edges:
        users = turned(edges)
        directions: dict[Value, dict[int, None]] = {}
        for x, i in seeds:
            directions.setdefault(x, {})[i] = None
        for node, found in edges.items():
            for parent, _ in found:
                directions.setdefault(node, {}).update(directions[parent])

        def upward(arrival: Arrival) -> Iterable[tuple[Arrival, Number]]:
            node, i = arrival
            return (((user, i), UNMOVED if partial is NOTHING else partial) for user, partial in users[node])

        leaves = [x for x in directions if x not in edges]
        order = [(node, i) for node in [*leaves, *edges] for i in directions[node]]
        arrived = sweep(order, seeds, upward)
        _check(edges, {})
        return {arrival: 0.0 if tangent is UNMOVED else tangent for arrival, tangent in arrived.items()}


@contextmanager
def _linearized(outputs: Sequence[Value], inputs: Iterable[Value], create_graph: bool) -> Iterator[Edges]:
    """The edges between the inputs and the outputs."""
    nodes = interior(outputs)
    with sharing(nodes) if create_graph else nullcontext():
        depends, edges = set(inputs), {}
        for node in nodes:
            parents = node.parents
            if not depends.isdisjoint(parents):
                found = _factors_as_values(node) if create_graph else node.factors
                pairs = zip(parents, found, strict=True)
                toward = [(p, partial) for p, partial in pairs if p in depends and partial is not None]
                if toward:
                    depends.add(node)
                    edges[node] = toward
        yield edges


def _check(edges: Edges, arrived: Mapping[Value, Number]) -> None:
    mode = current.get()
    if mode is not None and mode.check_gradients is not None:
        mode.check_gradients(edges, arrived)


def _factors_as_values(node: Value) -> Sequence[Number | None]:
    """The partials of a node as functions of its parents.

    Raises ValueError if `data` of a parent was set since: the partials would no longer be those of this node.
    """
    assert node.op is not None
    partials: Sequence[Number] = node.op.partials(*node.parents, node)
    for partial, fixed in zip(partials, node.factors, strict=True):
        number = partial._data if isinstance(partial, Value) else partial
        if fixed is not None and number != fixed and not (number != number and fixed != fixed):
            raise ValueError(
                f"gradients: expected the inputs of {node!r}, made by {node.op}, to be as they were when it was made; "
                "data was set since, so make it again"
            )
    found = factors(node.op, partials)
    return [None if fixed is None else x for x, fixed in zip(found, node.factors, strict=True)]
