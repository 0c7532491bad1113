"""Levels of detail: which Values share a box, so that a graph of any size has a picture that can be read.

At "node" every Value has a box. At "neuron", "layer" and "model" the Values of such a part of a model share one;
copies of it, as many as there were samples, are the same box. What is outside all scopes shares a box where it
repeats (`alike`); a root has a box of its own. At "part" what leads to a Value with a label is drawn as one, too, and
then whole stretches are, so that a formula of any length has a picture that fits a screen, in the order of its
computation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence, Set
from typing import NamedTuple

from autograd_lite.pictures.alike import LOSS, grouped, take_loss, uses
from autograd_lite.pictures.diagram import READABLE_BOXES, READABLE_POINTS, Box, Diagram, Link, Member
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


# ---- parts of a program without scopes ----

STRETCHES = READABLE_POINTS // 172 - 3  # beside each other; that leaves room for inputs and the roots
LEAVES = 12  # more than this share a box for each kind


def in_parts(diagram: Diagram, roots: Set[Value]) -> Diagram:
    """The same graph in fewer boxes: by its labels if that can be read, else in stretches of equal length."""
    labelled = [box for box in diagram.boxes if box.is_result and _has_label(box) and not _is_root(box, roots)]
    if labelled:
        diagram = _joined(diagram, _owners_by_label(diagram, roots), {}, roots)
    if diagram.is_readable:
        return diagram
    owner, numbers = _owners_by_rank(diagram, roots)
    return _joined(diagram, _with_leaves(diagram, owner), numbers, roots)


def _owners_by_label(diagram: Diagram, roots: Set[Value]) -> list[int]:
    """For each box the one that it joins: the only one that uses it, if that is a result, too."""
    owner = list(range(len(diagram.boxes)))
    users = _users(diagram)
    ranks = diagram.ranks
    for i in sorted(owner, key=lambda i: -ranks[i]):
        box = diagram.boxes[i]
        if box.is_part or box.kind not in ("interior", "constant") or _has_label(box) or _is_root(box, roots):
            continue
        owners = {owner[user] for user in users[i]}
        if len(owners) == 1:
            (only,) = owners
            if diagram.boxes[only].is_result and diagram.boxes[only].around == box.around:
                owner[i] = only
    return owner


def _owners_by_rank(diagram: Diagram, roots: Set[Value]) -> tuple[list[int], dict[int, int]]:
    """The results in stretches of equally many ranks, none across the rank of a box that stays; and their numbers."""
    ranks = diagram.ranks
    joins = [_is_free(box) and not _is_root(box, roots) for box in diagram.boxes]
    cuts = sorted({ranks[i] for i, box in enumerate(diagram.boxes) if not joins[i] and not box.is_leaf})
    segments: dict[int, list[int]] = {}
    for rank in sorted({ranks[i] for i, joined in enumerate(joins) if joined}):
        segments.setdefault(sum(cut <= rank for cut in cuts), []).append(rank)
    total = sum(map(len, segments.values()))
    stretch: dict[int, int] = {}
    for found in segments.values():
        n = max(1, round(STRETCHES * len(found) / total))
        first = len(set(stretch.values()))
        stretch |= {rank: first + place * n // len(found) for place, rank in enumerate(found)}
    owner, heads = list(range(len(joins))), dict[int, int]()
    for i, joined in enumerate(joins):
        if joined:
            owner[i] = heads.setdefault(stretch[ranks[i]], i)
    return owner, {i: place + 1 for place, i in heads.items()}


def _with_leaves(diagram: Diagram, owner: list[int]) -> list[int]:
    """Leaves that one stretch alone uses join it, constants always, inputs where there are many; so do the rest."""
    users = _users(diagram)
    leaves = [i for i, box in enumerate(diagram.boxes) if box.is_leaf]
    for i in leaves:
        owners = {owner[user] for user in users[i]}
        joins = diagram.boxes[i].kind == "constant" or len(leaves) > LEAVES
        if len(owners) == 1 and joins and _is_free(diagram.boxes[min(owners)]):
            owner[i] = min(owners)
    rest = [i for i in leaves if owner[i] == i]
    heads: dict[str, int] = {}
    if len(rest) > LEAVES:
        for i in rest:
            owner[i] = heads.setdefault(diagram.boxes[i].kind, i)
    return owner


def _joined(diagram: Diagram, owner: Sequence[int], numbers: dict[int, int], roots: Set[Value]) -> Diagram:
    """The diagram with all boxes of one owner as one; those with a number are stretches."""
    used: dict[tuple[int, int], list[tuple[Value, int]]] = {}
    for link in diagram.links:
        pair = owner[link.source], owner[link.target]
        if pair[0] != pair[1]:
            used.setdefault(pair, []).extend(link.uses)
    results = {user.parents[i] for uses in used.values() for user, i in uses} | set(roots)
    sizes = Counter(owner)
    inside: dict[int, list[Member]] = {}
    for i, box in enumerate(diagram.boxes):
        inside.setdefault(owner[i], []).extend(box.members)
    boxes = []
    for i, members in inside.items():
        box = diagram.boxes[i]
        if sizes[i] > 1 and not box.is_leaf:
            shown = [member for member in members if member.node in results and member.node.op is not None]
            box = Box(members, around=box.around, results=shown, part=numbers.get(i, 0))
        elif sizes[i] > 1:
            box = Box(members)
        boxes.append(box)
    place = {i: position for position, i in enumerate(inside)}
    links = [Link(place[source], place[target], uses) for (source, target), uses in used.items()]
    return Diagram(boxes, links, "part", diagram.place)


def _users(diagram: Diagram) -> list[set[int]]:
    users: list[set[int]] = [set() for _ in diagram.boxes]
    for link in diagram.links:
        users[link.source].add(link.target)
    return users


def _is_free(box: Box) -> bool:
    """Whether it may be a part of a stretch: a result, or results that were joined, outside of scopes and frames."""
    return (box.is_result or bool(box.results)) and not box.around


def _has_label(box: Box) -> bool:
    return any(member.label.strip() for member in box.members)


def _is_root(box: Box, roots: Set[Value]) -> bool:
    return any(member.node in roots for member in box.members)
