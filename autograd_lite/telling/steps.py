"""The backward pass in slow motion: `backward_steps` performs it edge by edge, in the order of `backward()`.

It hands on each node's gradient as `Value.backward_step` does by hand, so all three leave the same gradients to the
bit; and the steps and gradients of a pass can be had without touching any gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.by_hand import Step, handed_on, stepped
from autograd_lite.errors import shown
from autograd_lite.graph import begin_pass, downhill, edges, interior, sweep, toposort
from autograd_lite.reading import tell
from autograd_lite.value import Value


def backward_steps(y: Value) -> Iterator[Step]:
    """Perform the backward pass of y, one `Step` an edge, in the order of the pass.

    A step is taken when it is asked for; when all are, every gradient is what `y.backward()` would have left.
    Raises TypeError if y is no Value.
    """
    if not isinstance(y, Value):
        raise TypeError(f"backward_steps: expected a Value, got {shown(y)}")
    tell("what backward_steps tells of {}", y)
    return _steps(y)


def _steps(y: Value) -> Iterator[Step]:
    begin_pass(y)
    for node in reversed(downhill(y)):
        yield from handed_on(node)


def rehearsal(y: Value) -> Iterator[Step]:
    """The steps of a first backward pass of y, with the gradients in a table: none of the graph is touched."""
    arrived: dict[Value, float] = {y: 1.0}
    for node in reversed(downhill(y)):
        for parent, partial in edges(node):
            step = stepped(node, parent, partial, arrived[node], arrived.get(parent))
            arrived[parent] = step.after
            yield step


def adjoints(y: Value) -> dict[Value, float]:
    """∂y/∂node of every node at or below y, 0 where a first `y.backward()` does not reach; no gradient is touched."""
    tell("what is told of the gradients below {}", y)
    arrived = sweep(reversed(interior([y])), {y: 1.0}, edges)
    return {node: arrived.get(node, 0.0) for node in toposort(y)}
