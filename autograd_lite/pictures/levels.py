"""Levels of detail: which Values share a box, so that a graph of any size has a picture that can be read.

At "node" every Value has a box. At "neuron", "layer" and "model" the Values of such a part of a model share one;
copies of it, as many as there were samples, are the same box. What is outside all scopes shares a box where it
repeats: what the same op made of the same boxes (the loss of each sample), a sum of such (of which the total is
shown), a function applied again and again, and the leaves of one name. A root outside all scopes has a box of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd_lite import ops
from autograd_lite.pictures.losses import LOSS, after_model
from autograd_lite.scopes import places
from autograd_lite.value import Value

DETAILS = ("node", "neuron", "layer", "model")
READABLE_BOXES, READABLE_LINKS, READABLE_POINTS = 64, 400, 1600  # on one screen, drawn from left to right
TALLEST = {"node": 25, "neuron": 20}  # boxes above each other within 1,000 points
# From one rank to the next, as measured; among many links the ranks stand further apart.
RANK_POINTS = {"node": 165, "neuron": 205, "layer": 172, "model": 172}
CROWDED_LINKS, CROWDED_POINTS = 100, 255
FAMILY = 8  # more inputs x[0], x[1], … than this share one box


class Entry(NamedTuple):
    """A Value with its label, data and grad as they were when it was drawn."""

    node: Value
    label: str
    data: float
    grad: Any


@dataclass
class Box:
    """What is drawn as one: the Values inside, the scope that it stands for ("" for none) and the one around it.

    `is_loss` marks the box of what comes after a model.
    """

    members: list[Entry]
    scope: str = ""
    around: str = ""
    is_loss: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it stands for a part of a program rather than for Values that are alike."""
        return self.is_loss or bool(self.scope)


class Opened(NamedTuple):
    """The scopes whose inside is shown: those that were named, and with those all that are around one."""

    named: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()


NOTHING = Opened()


@dataclass
class Link:
    """An edge of the picture: the uses of Values that it stands for, each as (user, position among its parents)."""

    source: int
    target: int
    uses: list[tuple[Value, int]]


@dataclass
class Diagram:
    """What a picture shows: boxes, links between their numbers, and the level of detail."""

    boxes: list[Box]
    links: list[Link]
    detail: str
    place: dict[Value, str]

    @property
    def is_readable(self) -> bool:
        """Whether it fits a screen."""
        ranks = Counter(self.ranks)
        is_crowded = len(self.links) > CROWDED_LINKS and self.detail != "node"
        width = len(ranks) * (CROWDED_POINTS if is_crowded else RANK_POINTS[self.detail])
        # A deep formula outside all scopes has no coarser picture that says the same.
        fits = (width <= READABLE_POINTS or not any(self.place.values())) and (
            max(ranks.values()) <= TALLEST.get(self.detail, READABLE_BOXES)
        )
        return fits and len(self.boxes) <= READABLE_BOXES and len(self.links) <= READABLE_LINKS

    @property
    def length(self) -> int:
        """The ranks that all links cross together, by which the time of a layout grows."""
        rank = self.ranks
        return sum(abs(rank[link.target] - rank[link.source]) for link in self.links)

    @property
    def ranks(self) -> list[int]:
        """The rank of each box, from 0: one further than all that lead to it, a leaf's just before its first user."""
        rank = [0] * len(self.boxes)
        for link in self.links:
            rank[link.target] = max(rank[link.target], rank[link.source] + 1)
        first_use: dict[int, int] = {}
        for link in self.links:
            first_use[link.source] = min(first_use.get(link.source, rank[link.target]), rank[link.target])
        for i, box in enumerate(self.boxes):
            if i in first_use and box.members[0].node.op is None:
                rank[i] = first_use[i] - 1
        return rank


def diagram(
    entries: Sequence[Entry], detail: str, opened: Opened = NOTHING, roots: Set[Value] = frozenset()
) -> Diagram:
    """The boxes and links of a graph at a level of detail; the scopes in `opened` show what is inside them.

    "auto" is the finest level that can be read, or the coarsest if none can.
    """
    place = places([entry.node for entry in entries])
    if detail != "auto":
        return _at(entries, detail, opened, place, roots)
    for detail in DETAILS:
        if detail != "node" or len(entries) <= READABLE_BOXES:
            found = _at(entries, detail, opened, place, roots)
            if found.is_readable or (detail != "node" and not any(place.values())):
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


def _at(entries: Sequence[Entry], detail: str, opened: Opened, place: dict[Value, str], roots: Set[Value]) -> Diagram:
    if detail == "node":
        numbers = {entry.node: i for i, entry in enumerate(entries)}
        links = [Link(numbers[parent], numbers[node], [(node, i)]) for node, parent, i in _uses(entries)]
        return Diagram([Box([entry]) for entry in entries], links, detail, place)
    scopes = {node: _box_scope(path, detail, opened.all) for node, path in place.items()}
    group = _group(entries, scopes, place, roots)
    if LOSS not in opened.named:
        _take_loss(entries, group, place, roots)
    boxes: dict[Hashable, Box] = {}
    for entry in entries:
        scope = _box_scope(place[entry.node], detail, opened.all)
        around = [prefix for prefix in _prefixes(place[entry.node]) if prefix in opened.named]
        found = boxes.setdefault(group[entry.node], Box([], scope, around[-1] if around else ""))
        found.is_loss = group[entry.node] == LOSS
        found.members.append(entry)
    numbers_of = {key: i for i, key in enumerate(boxes)}
    uses: dict[tuple[int, int], list[tuple[Value, int]]] = {}
    for node, parent, i in _uses(entries):
        pair = numbers_of[group[parent]], numbers_of[group[node]]
        if pair[0] != pair[1]:
            uses.setdefault(pair, []).append((node, i))
    return Diagram(list(boxes.values()), [Link(*pair, found) for pair, found in uses.items()], detail, place)


def _uses(entries: Sequence[Entry]) -> list[tuple[Value, Value, int]]:
    """Every edge of the graph: the user, what it uses, and the position among its parents."""
    return [(entry.node, parent, i) for entry in entries for i, parent in enumerate(entry.node.parents)]


def _group(
    entries: Sequence[Entry], scopes: Mapping[Value, str], place: Mapping[Value, str], roots: Set[Value]
) -> dict[Value, Hashable]:
    """A key for every Value; those with the same key share a box. `scopes` has the scope whose box shows it, or ""."""
    keys: dict[Hashable, int] = {}
    group: dict[Value, Hashable] = {}
    alone = {node for node, label, _, _ in entries if place[node] or label or node in roots}
    for node, label, _, _ in entries:
        key: Hashable
        if scopes[node]:
            key = ("scope", scopes[node])
        elif node.op is None:
            key = ("leaf", node.kind, label)
        else:
            before = None if node in alone else _continued(node, group, alone)
            if before is not None:
                group[node] = group[before]
                continue
            own = (node,) if node in roots else ()
            key = ("op", place[node], node.op.name, label, *own, *(group[p] for p in node.parents))
        group[node] = keys.setdefault(key, len(keys))
    for root in roots:
        if root.op is not None and not place[root]:
            _take_sum(root, group, alone)
    _group_leaves(entries, group, scopes, place)
    return group


def _continued(node: Value, group: Mapping[Value, Hashable], alone: Set[Value]) -> Value | None:
    """The parent whose box a node shares: the function that is applied once more, the sum that gets one more term.

    A sum is continued by terms that are alike: results of the same op, or in the same box.
    """
    parents: tuple[Value, ...] = node.parents
    for before in parents:
        if before.op is not node.op or before in alone:
            continue
        if len(parents) == 1:
            return before
        terms = {_likeness(p, group) for p in parents if p is not before}
        if before.op is ops.add and terms & {_likeness(p, group) for p in before.parents}:
            return before
    return None


def _likeness(term: Value, group: Mapping[Value, Hashable]) -> Hashable:
    return term.op or group[term]


def _take_sum(root: Value, group: dict[Value, Hashable], alone: Set[Value]) -> None:
    """Let the sums that lead to a root share its box, where they are a part of its sum."""
    node = root
    while node.op is ops.add:
        before = _continued(node, group, alone)
        if before is None:
            break
        group[before] = group[root]
        node = before


def _take_loss(
    entries: Sequence[Entry], group: dict[Value, Hashable], place: Mapping[Value, str], roots: Set[Value]
) -> None:
    """Let what comes after a model share a box, unless it has only one anyway; a root keeps the sum that it shows."""
    of_roots = {group[root] for root in roots}
    alone = {node for node, label, _, _ in entries if label or group[node] in of_roots}
    found = after_model([entry.node for entry in entries], place, alone)
    if len({group[node] for node in found if node.op is not None}) > 1:
        group.update(dict.fromkeys(found, LOSS))


def _group_leaves(
    entries: Sequence[Entry],
    group: dict[Value, Hashable],
    scopes: Mapping[Value, str],
    place: Mapping[Value, str],
) -> None:
    """Leaves outside the scopes share a box if they have the same users and the same label, or one of many like it."""
    users: dict[Value, set[Hashable]] = {}
    for node, parent, _ in _uses(entries):
        users.setdefault(parent, set()).add(group[node])
    families: dict[Value, tuple[Hashable, ...]] = {
        node: (node.kind, re.sub(r"\d+", "", label), frozenset(users.get(node, ())))
        for node, label, _, _ in entries
        if node.op is None and not scopes[node]
    }
    labels = {entry.node: entry.label for entry in entries}
    sizes = Counter(family for family, _ in {(family, labels[node]) for node, family in families.items()})
    for node, family in families.items():
        group[node] = ("leaf", place[node], *family, "" if sizes[family] > FAMILY else labels[node])


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
