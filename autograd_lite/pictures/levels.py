"""Levels of detail: which Values share a box, so that a graph of any size has a picture that can be read.

At "node" every Value has a box. At "neuron", "layer" and "model" the Values of such a part of a model share one;
copies of it, as many as there were samples, are the same box. What is outside all scopes shares a box where it
repeats (`alike`); a root has a box of its own. At "part" it also shares one where that keeps the picture on a screen
(`parts`).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence, Set
from typing import NamedTuple

from autograd_lite.pictures.alike import LOSS, grouped, take_loss, uses
from autograd_lite.pictures.diagram import READABLE_BOXES, Box, Diagram, Link, Member
from autograd_lite.pictures.parts import in_parts
from autograd_lite.scopes import places
from autograd_lite.value import Value

DETAILS = ("node", "neuron", "layer", "model", "part")


class Opened(NamedTuple):
    """The scopes whose inside is shown: those that were named, and with those all that are around one."""

    named: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()


NOTHING = Opened()


def diagram(
    entries: Sequence[Member], detail: str, opened: Opened = NOTHING, roots: Set[Value] = frozenset()
) -> Diagram:
    """The boxes and links of a graph at a level of detail; the scopes in `opened` show what is inside them.

    "auto" is the finest level that can be read, or the coarsest if none can.
    """
    place = places([entry.node for entry in entries])
    if detail != "auto":
        return _at(entries, detail, opened, place, roots)
    levels = DETAILS if any(place.values()) else ("node", "neuron", "part")
    for detail in levels:
        if detail != "node" or len(entries) <= READABLE_BOXES:
            found = _at(entries, detail, opened, place, roots)
            if found.is_readable:
                break
    return found


def opened_by(names: Sequence[str], paths: Iterable[str]) -> tuple[Opened, list[str]]:
    """The scopes that `names` open, and the names that are none.

    A name is a path or the end of one: "layer2.neuron3", "neuron3".
    """
    scopes = {prefix for path in set(paths) for prefix in _prefixes(path)}
    found = {name: [s for s in scopes if s == name or s.endswith(f".{name}")] for name in names}
    named = frozenset(match for matches in found.values() for match in matches)
    return Opened(named, frozenset(prefix for match in named for prefix in _prefixes(match))), [
        name for name in names if not found[name]
    ]


def _at(entries: Sequence[Member], detail: str, opened: Opened, place: dict[Value, str], roots: Set[Value]) -> Diagram:
    if detail == "part":
        return in_parts(_at(entries, "model", opened, place, roots), roots)
    if detail == "node":
        numbers = {entry.node: i for i, entry in enumerate(entries)}
        links = [Link(numbers[parent], numbers[node], [(node, i)]) for node, parent, i in uses(entries)]
        return Diagram([Box([entry]) for entry in entries], links, detail, place)
    scopes = {node: _box_scope(path, detail, opened.all) for node, path in place.items()}
    group = grouped(entries, scopes, place, roots)
    if LOSS not in opened.named:
        take_loss(entries, group, place, roots)
    boxes: dict[Hashable, Box] = {}
    for entry in entries:
        scope = _box_scope(place[entry.node], detail, opened.all)
        around = [prefix for prefix in _prefixes(place[entry.node]) if prefix in opened.named]
        found = boxes.setdefault(group[entry.node], Box([], scope, around[-1] if around else ""))
        found.is_loss = group[entry.node] == LOSS
        found.members.append(entry)
    numbers_of = {key: i for i, key in enumerate(boxes)}
    between: dict[tuple[int, int], list[tuple[Value, int]]] = {}
    for node, parent, i in uses(entries):
        pair = numbers_of[group[parent]], numbers_of[group[node]]
        if pair[0] != pair[1]:
            between.setdefault(pair, []).append((node, i))
    return Diagram(list(boxes.values()), [Link(*pair, found) for pair, found in between.items()], detail, place)


def _box_scope(path: str, detail: str, opened: frozenset[str]) -> str:
    """The scope whose box shows a node at `path`, or "" where the node has one of its own."""
    prefixes = _prefixes(path)
    first = _level(path, detail)
    for prefix in prefixes:
        if len(prefix) >= len(first) and prefix not in opened:
            return prefix
    return ""


def _level(path: str, detail: str) -> str:
    """The part of a path that has a box at a level: up to the layer, or up to the model."""
    if detail == "neuron":
        return path
    for prefix in reversed(_prefixes(path)):
        if re.sub(r"\d*(#\d+)?$", "", prefix.rpartition(".")[2]) == detail:
            return prefix
    return path.partition(".")[0] if detail == "model" else path.rpartition(".")[0] or path


def _prefixes(path: str) -> list[str]:
    """The scopes around a path and itself, the outermost first."""
    parts = path.split(".") if path else []
    return [".".join(parts[: i + 1]) for i in range(len(parts))]
