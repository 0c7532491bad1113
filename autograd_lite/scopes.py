"""Scopes: which part of a model a node belongs to, as a path like `model.layer2.neuron3`.

Inside `with scope("name"):` every node carries the path. A neuron spares its nodes that: its parameters know where
they belong from the start, and it marks only its results, z and a, with its own path. Everything that leads from its
parameters to these must be its own, and `places` finds it when somebody draws. Nodes outside any scope cost nothing.
Two models have the same paths, so a neuron's path is a `Part`, which also says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograd_lite.errors import shown
from autograd_lite.modes import current, entered

__all__ = ["Part", "places", "scope"]

if TYPE_CHECKING:
    from autograd_lite.value import Value


class Part(str):
    """The path of a part of a model; `model` is an object that all parts of one model have in common."""

    model: object

    def __new__(cls, path: str, model: object) -> Part:
        """The path as a str that knows its model."""
        part = super().__new__(cls, path)
        part.model = model
        return part

    def __getnewargs__(self) -> tuple[str, object]:  # type: ignore[override]
        """What a copy is made of."""
        return str(self), self.model


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
    """The path of every node of a graph in topological order; "" for one outside all scopes.

    Of models with the same name the second is "model#2", and so on, in the order in which they are first met.
    """
    own = _told_apart(order)
    place = dict(own)
    inside = _reached(order, own)
    confirmed: set[Value] = set()
    for node in reversed(order):
        path = inside.get(node)
        if path is None or node.op is None or not (node in confirmed or own[node] == path):
            continue
        parents = [parent for parent in node.parents if parent.op is not None and inside.get(parent) == path]
        confirmed.update(parents)
        # A result carries the part's own path; the scope that the part was called in stands on what leads to it.
        around = next((own[parent] for parent in parents), "") if own[node] == path else own[node]
        place[node] = f"{around}.{path}" if around else path
    for node in order:
        if node.op is not None and own[node] and node not in inside and own[node.parents[0]] == own[node]:
            place[node] = place[node.parents[0]]
    _place_leaves(order, own, place)
    return place


def _told_apart(order: Sequence[Value]) -> dict[Value, str]:
    """The path that each node carries, with a number behind the name of every further model of that name."""
    models: dict[str, list[object]] = {}
    own: dict[Value, str] = {}
    for node in order:
        path = node.scope
        if isinstance(path, Part):
            name, dot, rest = path.partition(".")
            met = models.setdefault(name, [])
            if path.model not in met:
                met.append(path.model)
            number = met.index(path.model) + 1
            path = f"{name}#{number}{dot}{rest}" if number > 1 else str(path)
        own[node] = path
    return own


def _reached(order: Sequence[Value], own: Mapping[Value, str]) -> dict[Value, str]:
    """The path of the parameters that lead to a node, as far as the results of their part of the model."""
    inside: dict[Value, str] = {}
    for node in order:
        if node.op is None:
            if node.kind == "parameter" and own[node]:
                inside[node] = own[node]
            continue
        for parent in node.parents:
            path = inside.get(parent)
            if path is not None and not (parent.op is not None and own[parent] == path):
                inside[node] = path
                break
    return inside


def _place_leaves(order: Sequence[Value], own: Mapping[Value, str], place: dict[Value, str]) -> None:
    """Parameters and constants belong where they are used, if that is one place; inputs stay where they were made."""
    users: dict[Value, set[str]] = {}
    for node in order:
        for parent in node.parents:
            if parent.op is None and parent.kind != "input":
                users.setdefault(parent, set()).add(place[node])
    for leaf, paths in users.items():
        if len(paths) == 1:
            (path,) = paths
            if not own[leaf] or f".{path}".endswith(f".{own[leaf]}"):
                place[leaf] = path
