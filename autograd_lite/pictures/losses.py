"""What comes after a model: the ops that make the cost of its results, which share a box called "loss"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from autograd_lite.scopes import Part
from autograd_lite.value import Value

LOSS = "loss"


def after_model(order: Sequence[Value], place: Mapping[Value, str], alone: Set[Value]) -> set[Value]:
    """The ops outside all scopes that read a model's results and feed no model, and their constants.

    `order` has all nodes, parents first; those in `alone`, with a label or asked for, and what follows them stay out:
    so nothing outside leads back into the box.
    """
    reading: set[Value] = set()
    stopped: set[Value] = set()
    for node in order:
        if place[node]:
            continue
        if node.op is not None and (node in alone or any(parent in stopped for parent in node.parents)):
            stopped.add(node)
        elif node.op is not None and any(parent in reading or _is_result(parent) for parent in node.parents):
            reading.add(node)
    feeding: set[Value] = set()
    for node in reversed(order):
        if place[node] or node in feeding:
            feeding.update(node.parents)
    found = reading - feeding
    users: dict[Value, bool] = {}
    for node in order:
        for parent in node.parents:
            users[parent] = users.get(parent, True) and node in found
    return found | {leaf for leaf, inside in users.items() if inside and _is_constant(leaf) and not place[leaf]}


def _is_result(node: Value) -> bool:
    return node.op is not None and isinstance(node.scope, Part)


def _is_constant(node: Value) -> bool:
    return node.op is None and node.kind == "constant"
