"""The backward pass by hand: `Value.backward_step` pushes one node's gradient to its parents and says what moved.

Nothing here knows the chain rule. Each edge is handed as a pass of its own to `sweep`, to which the loop of
`backward()` is held; so a pass by hand leaves the same gradients to the bit. What it needs beyond that is order: a node
pushes once, and after all that use it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from autograd_lite.graph import Node, downhill, edges, interior, sweep
from autograd_lite.labels import sentence


@dataclass(frozen=True)
class Step:
    """One edge of a backward pass: `node` hands `contribution` = `local` × `upstream` to `parent`.

    `upstream` is the gradient of `node`, `local` the partial ∂node/∂parent; `before` and `after` are the parent's
    gradient, `before` None where this is the first contribution that reached it.
    """

    node: Any
    parent: Any
    upstream: float
    local: float
    contribution: float
    before: float | None
    after: float


def handed_on(node: Node) -> Iterator[Step]:
    """One node's gradient handed to its parents; read once, as `sweep` does."""
    upstream = node._grad
    if upstream is None:
        raise RuntimeError("backward_steps: the gradients were cleared in the middle of the pass; begin a new one")
    for parent, partial in edges(node):
        step = stepped(node, parent, partial, upstream, parent._grad)
        parent._grad = step.after
        yield step


def stepped(node: Node, parent: Node, partial: float, upstream: float, before: float | None) -> Step:
    """One edge as a pass of its own: what it hands on, and what the parent has then."""

    def handed_on(seeds: dict[Node, float]) -> float:
        return sweep([node], seeds, lambda _: [(parent, partial)])[parent]  # type: ignore[no-any-return]

    contribution = handed_on({node: upstream})
    after = contribution if before is None else handed_on({node: upstream, parent: before})
    return Step(node, parent, upstream, partial, contribution, before, after)


class _Pass:
    """A backward pass that somebody makes by hand: its root, and who has pushed. It keeps no graph alive."""

    def __init__(self, root: Node) -> None:
        self.root = weakref.ref(root)
        self.pushed: weakref.WeakSet[Node] = weakref.WeakSet()

    def order(self) -> list[Node]:
        """The interior nodes of the pass; none once it is over, its root gone or without a gradient."""
        root = self.root()
        return [] if root is None or root._grad is None else downhill(root)


_by_hand: ContextVar[_Pass | None] = ContextVar("_by_hand", default=None)


def push_by_hand(node: Node) -> list[Step]:
    """Hand one node's gradient to its parents: the body of `Value.backward_step`.

    A node with a gradient that the pass in progress does not meet, or its root once more, starts a new pass.
    """
    current = _by_hand.get()
    order = current.order() if current else []
    unmet = node.op is not None and node not in order
    if current is None or not order or unmet or (node is order[-1] and node in current.pushed):
        current, order = _started(node), downhill(node)
    waiting = [
        user for user in reversed(order) if user not in current.pushed and any(x is node for x, _ in edges(user))
    ]
    if node in current.pushed or waiting:
        if waiting:
            raise RuntimeError(
                f"backward_step: the gradient of {_name(node)} is not complete: "
                f"{', '.join(map(_name, waiting))} must push first (topological order)"
            )
        raise RuntimeError(f"backward_step: {_name(node)} has pushed its gradient in this pass already")
    if node.op is not None:
        current.pushed.add(node)
    return list(handed_on(node))


def _started(root: Node) -> _Pass:
    """A new pass from a root that was given its gradient."""
    if root._grad is None:
        raise RuntimeError(
            f"backward_step: {_name(root)} has no gradient yet; set root.grad = 1.0 and push from the root down, "
            "each node after all that use it (topological order)"
        )
    seed = root._grad
    interior((root,), clear=True)
    root._grad = seed
    current = _Pass(root)
    _by_hand.set(current)
    return current


def _name(node: Any) -> str:
    """A node in a sentence: its label, or what made it."""
    return sentence(node.label, 40) or (f"the result of {node.op.symbol}" if node.op else "a leaf")
