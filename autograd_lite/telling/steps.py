"""The backward pass in slow motion: `backward_steps` performs it edge by edge, `Value.backward_step` node by node.

Nothing here knows the chain rule. Each edge is handed as a graph of its own to `propagate`, the loop that
`backward()` runs, in the order in which `backward()` would come to it; so both leave the same gradients to the bit.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite.graph import Node, begin_pass, interior, propagate, toposort, uses
from autograd_lite.scalars import shown
from autograd_lite.telling.names import Names
from autograd_lite.value import Value


@dataclass(frozen=True)
class Step:
    """One edge of a backward pass: `node` hands `contribution` = `local` × `upstream` to `parent`.

    `upstream` is the gradient of `node`, `local` the partial ∂node/∂parent; `before` and `after` are the parent's
    gradient, `before` None where this is the first contribution that reached it.
    """

    node: Value
    parent: Value
    upstream: float
    local: float
    contribution: float
    before: float | None
    after: float


def backward_steps(y: Value) -> Iterator[Step]:
    """Perform the backward pass of y, one `Step` an edge, in the order of the pass.

    A step is taken when it is asked for; when all are, every gradient is what `y.backward()` would have left.
    Raises TypeError if y is no Value.
    """
    if not isinstance(y, Value):
        raise TypeError(f"backward_steps: expected a Value, got {shown(y)}")
    return _steps(y)


def _steps(y: Value) -> Iterator[Step]:
    for node in reversed(begin_pass(y)):
        yield from _pushed(node)


def _pushed(node: Value) -> Iterator[Step]:
    """One node's gradient handed to its parents; read once, as `propagate` does."""
    upstream = node._grad
    if upstream is None:
        raise RuntimeError("backward_steps: the gradients were cleared in the middle of the pass; begin a new one")
    for parent, partial in zip(node.parents, node.partials, strict=True):
        before = parent._grad
        edge = Node()
        edge._set_edges(node.op, (parent,), (partial,))
        edge._grad = upstream
        propagate([edge])
        yield Step(node, parent, upstream, partial, partial * upstream, before, parent._grad)


def rehearsal(y: Value) -> Iterator[Step]:
    """The steps of a first backward pass of y, with the nodes of y, but taken on a copy: no gradient is touched."""
    twin = copy.deepcopy(y)
    own = dict(zip(toposort(twin), toposort(y), strict=True))
    for node in own:
        node._grad = None
    for step in backward_steps(twin):
        yield replace(step, node=own[step.node], parent=own[step.parent])


def adjoints(y: Value) -> dict[Value, Any]:
    """∂y/∂node of every node at or below y, as a first `y.backward()` would leave it; no gradient is touched."""
    twin = copy.deepcopy(y)
    nodes = toposort(twin)
    for node in nodes:
        node._grad = None
    propagate(begin_pass(twin))  # also of a graph that detect_anomaly would not let pass: it is to be explained
    return {node: copied._grad for node, copied in zip(toposort(y), nodes, strict=True)}


# ---- by hand ----


class _Pass:
    """A backward pass that somebody makes by hand: its root, and who has pushed. It keeps no graph alive."""

    def __init__(self, root: Value) -> None:
        self.root = weakref.ref(root)
        self.pushed: weakref.WeakSet[Value] = weakref.WeakSet()

    def order(self) -> list[Value]:
        """The interior nodes of the pass; none once it is over, its root gone or without a gradient."""
        root = self.root()
        return [] if root is None or root._grad is None else interior((root,))


_by_hand: ContextVar[_Pass | None] = ContextVar("_by_hand", default=None)


def push(node: Value) -> list[Step]:
    """Hand one node's gradient to its parents: the body of `Value.backward_step`.

    A node with a gradient that the pass in progress does not meet, or its root once more, starts a new pass.
    """
    current = _by_hand.get()
    order = current.order() if current else []
    unmet = node.op is not None and node not in order
    if current is None or not order or unmet or (node is order[-1] and node in current.pushed):
        current, order = _started(node), interior((node,))
    users = dict.fromkeys(user for user, _ in uses(toposort(order[-1]))[node]) if order else {}
    waiting = [user for user in users if user not in current.pushed]
    if node in current.pushed or waiting:
        names = Names(toposort(order[-1]), order[-1])
        if waiting:
            raise RuntimeError(
                f"backward_step: the gradient of {names[node].text} is not complete: "
                f"{', '.join(names[user].text for user in waiting)} must push first (topological order)"
            )
        raise RuntimeError(f"backward_step: {names[node].text} has pushed its gradient in this pass already")
    if node.op is not None:
        current.pushed.add(node)
    return list(_pushed(node))


def _started(root: Value) -> _Pass:
    """A new pass from a root that was given its gradient."""
    if root._grad is None:
        name = Names([root])[root].text if root.label else "this node"
        raise RuntimeError(
            f"backward_step: {name} has no gradient yet; set root.grad = 1.0 and push from the root down, "
            "each node after all that use it (topological order)"
        )
    seed = root._grad
    interior((root,), clear=True)
    root._grad = seed
    current = _Pass(root)
    _by_hand.set(current)
    return current
