"""The backward pass in slow motion: `backward_steps` performs it edge by edge, in the order of `backward()`.

It hands on each node's gradient as `Value.backward_step` does by hand, so all three leave the same gradients to the
bit; and the steps and gradients of a pass can be had without touching any gradient.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autograd_lite.by_hand import Step, handed_on
from autograd_lite.graph import begin_pass, propagate, toposort
from autograd_lite.scalars import shown
from autograd_lite.value import Value


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
        yield from handed_on(node)


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
