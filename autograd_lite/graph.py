"""Graphs and the chain rule: nodes, the order to visit them in, and the one loop that propagates gradients.

A node knows its parents and the local derivative toward each; it holds no reference to what uses it, so a graph has
no cycles and is freed the moment its root is. Nothing here recurses, and nothing here knows what a number is: the
loop in `propagate` serves floats, `Value`s and tape entries alike.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from autograd_lite.ops import Op

# `toposort` marks the nodes that it has met; two threads may walk graphs that share nodes.
_walking = threading.RLock()


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

    op: Op | None
    _grad: Any  # None where no pass has reached
    _first: Any
    _first_partial: Any
    _second: Any
    _second_partial: Any
    _rest: tuple[tuple[Any, Any], ...]
    _visit: object

    def _set_edges(self, op: Op | None, parents: Sequence[Any], partials: Sequence[Any]) -> None:
        """Make this node the result of `op` on `parents`; without parents it is a leaf."""
        self.op = op
        self._grad = self._visit = self._first = self._second = None
        self._first_partial = self._second_partial = None
        self._rest = ()
        if parents:
            self._first, self._first_partial = parents[0], partials[0]
        if len(parents) > 1:
            self._second, self._second_partial = parents[1], partials[1]
            self._rest = tuple(zip(parents[2:], partials[2:], strict=True))

    @property
    def parents(self) -> tuple[Any, ...]:
        """The inputs of the op, in order, duplicates kept; empty for a leaf."""
        if self._first is None:
            return ()
        if self._second is None:
            return (self._first,)
        return (self._first, self._second, *(parent for parent, _ in self._rest))

    @property
    def partials(self) -> tuple[Any, ...]:
        """The local derivatives ∂self/∂parent, one a parent, fixed when the op ran."""
        if self._first is None:
            return ()
        if self._second is None:
            return (self._first_partial,)
        return (self._first_partial, self._second_partial, *(partial for _, partial in self._rest))


def interior(roots: Iterable[Any], clear: bool = False) -> list[Any]:
    """The nodes at or below the roots that an op made, each after its parents (depth first, deterministic).

    With `clear`, no pass has reached them any more.
    """
    order: list[Any] = []
    entered, done = object(), object()
    with _walking:
        stack = [root for root in roots if root.op is not None][::-1]
        while stack:
            node = stack[-1]
            if node._visit is not entered:
                if node._visit is done:
                    stack.pop()
                    continue
                node._visit = entered
                if clear:
                    node._grad = None
                if node._rest:
                    stack += [parent for parent, _ in node._rest if parent.op is not None]
                parent = node._second
                if parent is not None and parent.op is not None and parent._visit is not done:
                    stack.append(parent)
                parent = node._first
                if parent.op is not None and parent._visit is not done:
                    stack.append(parent)
                if stack[-1] is not node:
                    continue
            node._visit = done
            order.append(stack.pop())
    return order


def reached(node: Node) -> bool:
    """Whether the node has a gradient, of a pass or set by hand; where it has none, `grad` reads 0.0."""
    return node._grad is not None


def toposort(*roots: Any) -> list[Any]:
    """All nodes at or below the roots, each after its parents: the leaves by first use, then what ops made of them."""
    order = interior(roots)
    leaves = dict.fromkeys(parent for node in order for parent in node.parents if parent.op is None)
    leaves.update(dict.fromkeys(root for root in roots if root.op is None))
    return [*leaves, *order]


def uses(nodes: Sequence[Any]) -> dict[Any, list[tuple[Any, int]]]:
    """For each of the nodes, given parents first, its uses among them: (user, place among the user's parents).

    They come in the order in which a backward pass adds up what they contribute.
    """
    found: dict[Any, list[tuple[Any, int]]] = {node: [] for node in nodes}
    for user in reversed(nodes):
        for place, parent in enumerate(user.parents):
            if parent in found:
                found[parent].append((user, place))
    return found


def begin_pass(root: Any) -> list[Any]:
    """Clear the gradients of the interior nodes below the root and give the root its 1; the order to propagate in."""
    order = interior((root,), clear=True)
    root._grad = 1.0 if root._grad is None else root._grad + 1.0  # a root that is a leaf adds up, too
    return order


def propagate(order: Sequence[Any]) -> None:
    """The chain rule: push each node's gradient to its parents, from the last node of `order` to the first.

    A node hands `partial * gradient` to each parent, which adds up what it gets: ∂root/∂parent is the sum over all
    nodes that use it. The loop over the parents is written out, because building a tuple to loop over would cost
    more than the arithmetic. `order` has interior nodes only, each after its parents and each reached by a gradient.
    """
    for node in reversed(order):
        upstream = node._grad
        parent = node._first
        contribution = node._first_partial * upstream
        grad = parent._grad
        parent._grad = contribution if grad is None else grad + contribution
        parent = node._second
        if parent is not None:
            contribution = node._second_partial * upstream
            grad = parent._grad
            parent._grad = contribution if grad is None else grad + contribution
            if node._rest:
                for parent, partial in node._rest:
                    contribution = partial * upstream
                    grad = parent._grad
                    parent._grad = contribution if grad is None else grad + contribution


def push_forward(order: Sequence[Any]) -> None:
    """The chain rule, forward: set each node's tangent from those of its parents, from the first node to the last.

    `order` has interior nodes only, each after its parents, and each of these has a tangent. A tangent stands to the
    left of its partial, so that it may be a number of another kind, such as a whole row of them.
    """
    for node in order:
        tangent = node._first.tangent * node._first_partial
        if node._second is not None:
            tangent = tangent + node._second.tangent * node._second_partial
            for parent, partial in node._rest:
                tangent = tangent + parent.tangent * partial
        node.tangent = tangent
