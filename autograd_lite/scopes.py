"""Scopes: which part of a model a node belongs to, as a path like `model.layer2.neuron3`.

Inside `with scope("name"):` every node carries the path. A neuron spares its nodes that: its parameters know where
they belong from the start, and it marks only its results, z and a, with its own path. Everything that leads from its
parameters to these must be its own, and `places` finds it when somebody draws. Nodes outside any scope cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograd_lite.modes import current, entered
from autograd_lite.scalars import shown

if TYPE_CHECKING:
    from autograd_lite.value import Value


@contextmanager
def scope(name: str) -> Iterator[None]:
    """Within `with scope("encoder"):` new Values belong to "encoder"; scopes nest, as "encoder.block1".

    Ops take about twice their time inside. Raises TypeError or ValueError unless the name is a str with a character
    in it.
    """
    if not isinstance(name, str):
        raise TypeError(f"scope: expected a name, got {shown(name)}")
    if not name.strip(". "):
        raise ValueError(f"scope: expected a name with at least one character, got {shown(name)}")
    mode = current.get()
    around = mode.scope if mode is not None else ""
    with entered(scope=f"{around}.{name}" if around else name):
        yield


def places(order: Sequence[Value]) -> dict[Value, str]:
    """The path of every node of a graph in topological order; "" for one outside all scopes."""
    place = {node: node.scope for node in order}
    inside = _reached(order)
    confirmed: set[Value] = set()
    for node in reversed(order):
        path = inside.get(node)
        if path is None or node.op is None or not (node in confirmed or _ends(node, path)):
            continue
        parents = [parent for parent in node.parents if parent.op is not None and inside.get(parent) == path]
        confirmed.update(parents)
        # A result carries the part's own path; the scope that the part was called in stands on what leads to it.
        around = next((parent.scope for parent in parents), "") if _ends(node, path) else node.scope
        place[node] = f"{around}.{path}" if around else path
    for node in order:
        if node.op is not None and node.scope and node not in inside and node.parents[0].scope == node.scope:
            place[node] = place[node.parents[0]]
    _place_leaves(order, place)
    return place


def _reached(order: Sequence[Value]) -> dict[Value, str]:
    """The path of the parameters that lead to a node, as far as the results of their part of the model."""
    inside: dict[Value, str] = {}
    for node in order:
        if node.op is None:
            if node.kind == "parameter" and node.scope:
                inside[node] = node.scope
            continue
        for parent in node.parents:
            path = inside.get(parent)
            if path is not None and not (parent.op is not None and _ends(parent, path)):
                inside[node] = path
                break
    return inside


def _ends(node: Value, path: str) -> bool:
    """Whether the node is a result of the part of a model at `path`."""
    return node.scope == path


def _place_leaves(order: Sequence[Value], place: dict[Value, str]) -> None:
    """Parameters and constants belong where they are used, if that is one place; inputs stay where they were made."""
    users: dict[Value, set[str]] = {}
    for node in order:
        for parent in node.parents:
            if parent.op is None and parent.kind != "input":
                users.setdefault(parent, set()).add(place[node])
    for leaf, paths in users.items():
        if len(paths) == 1:
            (path,) = paths
            if path.endswith(leaf.scope):
                place[leaf] = path
