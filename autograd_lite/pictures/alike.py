"""What is outside all scopes shares a box where it repeats, and where it makes the cost of a model's results.

One box has: what the same op made of the same boxes (the loss of each sample), a sum of such (of which the total is
shown), a function applied again and again, the leaves of one name, and as "loss" the ops between a model and the root.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence, Set

from autograd_lite import ops
from autograd_lite.pictures.diagram import Member
from autograd_lite.scopes import Part
from autograd_lite.value import Value

FAMILY = 8  # more inputs x[0], x[1], … than this share one box
LOSS = "loss"


def uses(entries: Sequence[Member]) -> list[tuple[Value, Value, int]]:
    """Every edge of the graph: the user, what it uses, and the position among its parents."""
    return [(entry.node, parent, i) for entry in entries for i, parent in enumerate(entry.node.parents)]


def grouped(
    entries: Sequence[Member], scopes: Mapping[Value, str], place: Mapping[Value, str], roots: Set[Value]
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


def take_loss(
    entries: Sequence[Member], group: dict[Value, Hashable], place: Mapping[Value, str], roots: Set[Value]
) -> None:
    """Let what comes after a model share a box, unless it has only one anyway; a root keeps the sum that it shows."""
    of_roots = {group[root] for root in roots}
    alone = {node for node, label, _, _ in entries if label or group[node] in of_roots}
    found = after_model([entry.node for entry in entries], place, alone)
    if len({group[node] for node in found if node.op is not None}) > 1:
        group.update(dict.fromkeys(found, LOSS))


def _group_leaves(
    entries: Sequence[Member],
    group: dict[Value, Hashable],
    scopes: Mapping[Value, str],
    place: Mapping[Value, str],
) -> None:
    """Leaves outside the scopes share a box if they have the same users and the same label, or one of many like it."""
    users: dict[Value, set[Hashable]] = {}
    for node, parent, _ in uses(entries):
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


# ---- what comes after a model ----


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
