"""Graphs and the chain rule: nodes, the order to visit them in, and the four lines that are the chain rule.

A node knows its parents and the local derivative toward each; it holds no reference to what uses it, so a graph has
no cycles and is freed the moment its root is. Nothing here recurses, and nothing here knows what a number is: `sweep`
serves floats, `Value`s and tape entries alike, downward for gradients and upward for tangents.
"""

from __future__ import annotations

import operator
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from autograd_lite.errors import shown
from autograd_lite.op import Number, Op
from autograd_lite.selection import NOTHING

__all__ = ["edges", "reached", "sweep", "toposort", "uses"]

# `toposort` marks the nodes that it has met; two threads may walk graphs that share nodes.
_walking = threading.RLock()

AS_IT_IS = object()  # a partial of 1 that is not to be multiplied by

# One kind of nodes, and whatever a sweep goes through: nodes, their numbers on a tape, pairs.
AnyNode = TypeVar("AnyNode", bound="Node")
Place = TypeVar("Place")


class Node:
    """A node of a computation graph: the op that made it, its parents, the partial toward each, and its gradient.

    Parents and partials are kept in flat slots rather than in two tuples: a node is then a single object to Python's
    garbage collector, which halves the cost of a training step. Few ops have a third parent; it goes to `_rest`.
    """

    __slots__ = (
        "__weakref__",
        "_first",
        "_first_partial",
        "_grad",
        "_rest",
        "_second",
        "_second_partial",
        "_visit",
        "op",
    )

    kind = ""  # of a leaf: input, constant or parameter
    op: Op | None
    _grad: Number  # None where no pass has reached
    _first: Any
    _first_partial: Number
    _second: Any
    _second_partial: Number
    _rest: tuple[tuple[Any, Number], ...]
    _visit: object

    def _set_edges(self, op: Op | None, parents: Sequence[Any], factors: Sequence[Number]) -> None:
        """Make this node the result of `op` on `parents`; without parents it is a leaf."""
        self.op = op
        self._grad = self._visit = self._first = self._second = None
        self._first_partial = self._second_partial = None
        self._rest = ()
        if parents:
            self._first, self._first_partial = parents[0], factors[0]
        if len(parents) > 1:
            self._second, self._second_partial = parents[1], factors[1]
            self._rest = tuple(zip(parents[2:], factors[2:], strict=True))

    @property
    def parents(self) -> tuple[Any, ...]:
        """The inputs of the op, in order, duplicates kept; empty for a leaf."""
        if self._first is None:
            return ()
        if self._second is None:
            return (self._first,)
        if not self._rest:
            return (self._first, self._second)
        return (self._first, self._second, *[parent for parent, _ in self._rest])

    @property
    def factors(self) -> tuple[Number, ...]:
        """The partials as what a gradient is multiplied by; None along an edge that no gradient goes."""
        if self._first is None:
            return ()
        if self._second is None:
            return (self._first_partial,)
        return (self._first_partial, self._second_partial, *(partial for _, partial in self._rest))

    @property
    def partials(self) -> tuple[Number, ...]:
        """The `factors` as they are told: 0 toward an input in which an op is flat, None toward a number alone."""
        pairs = zip(self.parents, self.factors, strict=True)
        return tuple(NOTHING if x is None and parent.kind != "constant" else x for parent, x in pairs)


def edges(node: Node) -> list[tuple[Any, Number]]:
    """The edges along which a gradient goes, as pairs (parent, partial)."""
    pairs = zip(node.parents, node.factors, strict=True)
    return [(parent, partial) for parent, partial in pairs if partial is not None]


def interior(roots: Iterable[AnyNode], clear: bool = False) -> list[AnyNode]:
    """The nodes at or below the roots that an op made, each after its parents (depth first, deterministic).

    With `clear`, no pass has reached them any more.
    """
    order: list[AnyNode] = []
    entered, done = object(), object()
    with _walking:
        stack = [root for root in roots if root.op is not None][::-1]
        push, pop, put = stack.append, stack.pop, order.append
        while stack:
            node = pop()
            if node._visit is not entered:
                if node._visit is done:
                    continue
                node._visit = entered
                if clear:
                    node._grad = None
                first, second = node._first, node._second
                below = first.op is not None and first._visit is not done
                beside = second is not None and second.op is not None and second._visit is not done
                if below or beside or node._rest:
                    push(node)
                    if node._rest:
                        stack += [parent for parent, _ in reversed(node._rest) if parent.op is not None]
                    if beside:
                        push(second)
                    if below:
                        push(first)
                    continue
            node._visit = done
            put(node)
    return order


def reached(node: Node) -> bool:
    """Whether the node has a gradient, of a pass or set by hand; where it has none, `grad` reads 0.0."""
    return node._grad is not None


def leaves(order: Iterable[AnyNode], roots: Iterable[AnyNode]) -> list[AnyNode]:
    """The leaves that interior nodes read, by first use, and then the roots that are leaves themselves."""
    found: dict[AnyNode, None] = {}
    for node in order:
        first, second = node._first, node._second
        if first.op is None:
            found[first] = None
        if second is not None and second.op is None:
            found[second] = None
        for other, _ in node._rest:
            if other.op is None:
                found[other] = None
    found.update(dict.fromkeys([root for root in roots if root.op is None]))
    return list(found)


def toposort(*roots: AnyNode) -> list[AnyNode]:
    """All nodes at or below the roots, each after its parents: the leaves by first use, then what ops made of them."""
    for root in roots:
        if not isinstance(root, Node):
            raise TypeError(f"toposort: expected Values, got {shown(root)}")
    order = interior(roots)
    return [*leaves(order, roots), *order]


def downhill(root: AnyNode) -> list[AnyNode]:
    """The interior nodes that a gradient of the root reaches, each after its parents."""
    order, met = interior((root,)), {root}
    for node in reversed(order):
        if node in met:
            met.update(parent for parent, _ in edges(node))
    return [node for node in order if node in met]


def turned(edges: Mapping[Place, Iterable[tuple[Place, Number]]]) -> Mapping[Place, list[tuple[Place, Number]]]:
    """Edges from nodes down to their parents, as edges from the parents up to their users."""
    users: Mapping[Place, list[tuple[Place, Number]]] = defaultdict(list)
    for node, found in edges.items():
        for parent, partial in found:
            users[parent].append((node, partial))
    return users


def uses(nodes: Sequence[AnyNode]) -> dict[AnyNode, list[tuple[AnyNode, int]]]:
    """For each of the nodes, given parents first, its uses among them: (user, place among the user's parents).

    They come in the order in which a backward pass adds up what they contribute.
    """
    found: dict[AnyNode, list[tuple[AnyNode, int]]] = {node: [] for node in nodes}
    for user in reversed(nodes):
        for place, parent in enumerate(user.parents):
            if parent in found:
                found[parent].append((user, place))
    return found


def sweep(
    order: Iterable[Place], seeds: Mapping[Place, Number], edges: Callable[[Place], Iterable[tuple[Place, Number]]],
    times: Callable[[Number, Number], Number] = operator.mul,
    plus: Callable[[Number, Number], Number] = operator.add,
) -> dict[Place, Number]:  # fmt: skip
    """The chain rule: what arrives at each node when the seeds are handed on along the edges, node by node.

    `edges(node)` gives pairs (neighbour, partial), and `order` the nodes so that each comes after all that hand on to
    it: from the root down to the parents for gradients, from the leaves up to the users for tangents. Numbers are of
    any kind that has * and +, or for which `times` and `plus` stand; `AS_IT_IS` is a partial that nothing is multiplied
    by. A node at which nothing arrived hands on nothing.
    """
    arrived = dict(seeds)
    for node in order:
        if node in arrived:
            handed_on = arrived[node]
            for neighbour, partial in edges(node):
                contribution = handed_on if partial is AS_IT_IS else times(partial, handed_on)
                arrived[neighbour] = plus(arrived[neighbour], contribution) if neighbour in arrived else contribution
    return arrived


def begin_pass(root: AnyNode) -> list[AnyNode]:
    """Clear the gradients of the interior nodes below the root and give the root its 1; the order to propagate in."""
    order = interior((root,), clear=True)
    root._grad = 1.0 if root._grad is None else root._grad + 1.0  # a root that is a leaf adds up, too
    return order


def propagate(order: Sequence[Node]) -> None:
    """`sweep(reversed(order), {root: root.grad}, edges)`, with the table in the nodes' own slots, for `backward()`.

    The loop over the edges is written out, because building a tuple to loop over would cost more than the arithmetic.
    `order` has interior nodes only, each after its parents.
    """
    for node in reversed(order):
        upstream = node._grad
        if upstream is None:  # only a comparison uses it
            continue
        partial = node._first_partial
        if partial is not None:
            contribution = partial * upstream
            parent = node._first
            grad = parent._grad
            parent._grad = contribution if grad is None else grad + contribution
        partial = node._second_partial
        if partial is not None:
            contribution = partial * upstream
            parent = node._second
            grad = parent._grad
            parent._grad = contribution if grad is None else grad + contribution
        if node._rest:
            for parent, partial in node._rest:
                if partial is not None:
                    contribution = partial * upstream
                    grad = parent._grad
                    parent._grad = contribution if grad is None else grad + contribution
