"""What a page shows at each level of detail, and where: boxes and lines with the positions that Graphviz gives them.

A view is a level of detail, perhaps with one scope opened in place. The boxes are those of `draw`; how they look is
the page's matter, so Graphviz is given their sizes and nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.page.program import Program
from autograd_lite.pictures import layout
from autograd_lite.pictures.alike import LOSS
from autograd_lite.pictures.diagram import READABLE_BOXES, Box, Diagram, Member
from autograd_lite.pictures.levels import DETAILS, NOTHING, Opened, diagram, opened_by
from autograd_lite.pictures.styles import scope_title
from autograd_lite.value import Value

BOX_LIMIT, LENGTH_LIMIT = 1_500, 6_000  # boxes in a view, ranks that its lines cross: beyond it a layout takes long
OPENED_LIMIT = 5_000  # boxes and lines in all views with an opened scope together, each of which is laid out
CURVED_LINKS = {"node": 400}  # and ROUTED elsewhere: beyond it the page draws the lines by itself
ROUTED = 48
HEIGHT, PART_HEIGHT, CONSTANT_HEIGHT = 62, 74, 26  # points; the page draws boxes of these sizes
NARROWEST, WIDEST, LETTER = 112, 210, 8.8

Json = dict[str, Any]


@dataclass(frozen=True)
class View:
    """A level of detail, the scope that is opened in it ("" for none), and what it shows."""

    level: str
    opened: str
    shown: Diagram


def views(program: Program, names: Sequence[str], root: Value) -> list[Json]:
    """Every view of a graph, coarsest last, as the page reads it; node numbers and names are the program's.

    Raises ModuleNotFoundError without a Graphviz, ValueError if no level has few enough boxes.
    """
    found = list(_views(program, root))
    if not found:
        raise ValueError(
            f"explore: a page shows at most {BOX_LIMIT:,} boxes and this graph of {len(program.nodes):,} Values has "
            "more at every level of detail; explore a smaller part, or put parts of it into scopes"
        )
    numbers = {node: i for i, node in enumerate(program.nodes)}
    titles = [[_title(box, numbers, names) for box in view.shown.boxes] for view in found]
    sources = [_source(view.shown, title) for view, title in zip(found, titles, strict=True)]
    laid_out = layout.positions(sources)
    return [_json(view, title, _read(text), numbers) for view, title, text in zip(found, titles, laid_out, strict=True)]


def _views(program: Program, root: Value) -> Iterator[View]:
    """The levels that differ, and of each the views in which one of its parts is opened."""
    entries = [Member(node, node.label, node.data, node.grad) for node in program.nodes]
    roots, last = frozenset([root]), 0
    size = 0
    for level in DETAILS:
        if level == "node" and len(entries) > BOX_LIMIT:
            continue
        if level == "part" and 0 < last <= READABLE_BOXES:  # found without scopes, where nothing else fits a screen
            continue
        shown = diagram(entries, level, NOTHING, roots)
        if len(shown.boxes) == last or len(shown.boxes) > BOX_LIMIT or shown.length > LENGTH_LIMIT:
            continue
        last = len(shown.boxes)
        yield View(level, "", shown)
        for opened, scope in _openings(shown):
            part = diagram(entries, level, opened, roots)
            size += len(part.boxes) + len(part.links)
            if size > OPENED_LIMIT:
                break
            yield View(level, scope, part)


def _openings(shown: Diagram) -> Iterator[tuple[Opened, str]]:
    """What can be opened in a view: each of its parts, with its scope."""
    paths = [*shown.place.values(), LOSS]
    for box in shown.boxes:
        scope = LOSS if box.is_loss else box.scope
        if scope:
            yield opened_by([scope], paths)[0], scope


def _title(box: Box, numbers: Mapping[Value, int], names: Sequence[str]) -> str:
    if box.is_loss:
        return LOSS
    if box.scope:
        return scope_title(box.scope)
    first, last = names[numbers[box.members[0].node]], names[numbers[box.members[-1].node]]
    return first if len(box.members) == 1 else f"{first} … {last}"


# ---- through Graphviz ----


def _source(shown: Diagram, titles: Sequence[str]) -> str:
    """The DOT source of boxes without content."""
    splines = "true" if _is_routed(shown) else "line"
    lines = [
        "digraph {",
        f"rankdir=LR nodesep=0.2 ranksep=0.62 splines={splines} nslimit=2 nslimit1=2 mclimit=0.4",
        'node [shape=box fixedsize=true label=""] edge [arrowhead=none]',
    ]
    clusters: dict[str, list[int]] = {}
    for i, (box, title) in enumerate(zip(shown.boxes, titles, strict=True)):
        width, height = _size(box, title)
        lines.append(f"n{i} [width={width / 72:.3f} height={height / 72:.3f}]")
        clusters.setdefault(box.around, []).append(i)
    for k, (around, members) in enumerate(clusters.items()):
        if around:
            lines.append(f"subgraph cluster_{k} {{ margin=14 {' '.join(f'n{i}' for i in members)} }}")
    lines += [f"n{link.source} -> n{link.target}" for link in shown.links]
    return "\n".join([*lines, "}"])


def _is_routed(shown: Diagram) -> bool:
    return len(shown.links) <= CURVED_LINKS.get(shown.detail, ROUTED)


def _size(box: Box, title: str) -> tuple[float, float]:
    kind = box.kind
    node = box.members[0].node
    symbol = f"  {node.op.symbol}" if node.op and not box.is_part else ""
    letters = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in title + symbol)
    if kind == "constant" and len(box.members) == 1:
        return min(max(40.0, 20 + LETTER * letters), WIDEST), CONSTANT_HEIGHT
    width = min(max(NARROWEST, 26 + LETTER * letters), WIDEST)
    return (max(width, 150), PART_HEIGHT) if box.is_part or len(box.members) > 1 else (width, HEIGHT)


def _read(text: str) -> tuple[list[float], list[list[float]], dict[tuple[int, int], list[float]]]:
    """Graphviz's plain format: the size of all, [x, y, width, height] of each box, the points of each line."""
    size: list[float] = []
    boxes: dict[int, list[float]] = {}
    lines: dict[tuple[int, int], list[float]] = {}
    for words in map(str.split, text.replace("\\\n", "").splitlines()):
        if words[0] == "graph":
            size = [round(72 * float(word)) for word in words[2:4]]
        elif words[0] == "node":
            x, y, width, height = (72 * float(word) for word in words[2:6])
            boxes[int(words[1][1:])] = [round(number) for number in (x, size[1] - y, width, height)]
        elif words[0] == "edge":
            points = [72 * float(word) for word in words[4 : 4 + 2 * int(words[3])]]
            points[1::2] = [size[1] - y for y in points[1::2]]
            lines[int(words[1][1:]), int(words[2][1:])] = [round(number) for number in points]
    return size, [boxes[i] for i in range(len(boxes))], lines


def _json(
    view: View,
    titles: Sequence[str],
    positions: tuple[list[float], list[list[float]], dict[tuple[int, int], list[float]]],
    numbers: Mapping[Value, int],
) -> Json:
    size, boxes, lines = positions
    box_of = {numbers[entry.node]: i for i, box in enumerate(view.shown.boxes) for entry in box.members}
    return {
        "level": view.level,
        "opened": view.opened,
        "size": size,
        "boxOf": [box_of[i] for i in range(len(box_of))],
        "boxes": [
            {
                "at": at,
                "title": title,
                "kind": box.kind,
                "scope": LOSS if box.is_loss else box.scope,
                "around": box.around,
            }
            for at, title, box in zip(boxes, titles, view.shown.boxes, strict=True)
        ],
        "links": [
            [link.source, link.target, *(lines[link.source, link.target] if _is_routed(view.shown) else ())]
            for link in view.shown.links
        ],
        "frames": _frames(view.shown, boxes),
    }


def _frames(shown: Diagram, boxes: Sequence[list[float]]) -> list[Json]:
    """The frame around the boxes of each opened scope."""
    inside: dict[str, list[list[float]]] = {}
    for box, at in zip(shown.boxes, boxes, strict=True):
        for scope in _around(box.around, (other.around for other in shown.boxes)):
            inside.setdefault(scope, []).append(at)
    return [
        {
            "scope": scope,
            "title": LOSS if scope == LOSS else scope_title(scope),
            "left": min(x - w / 2 for x, _, w, _ in found) - 12,
            "right": max(x + w / 2 for x, _, w, _ in found) + 12,
            "top": min(y - h / 2 for _, y, _, h in found) - 26,
            "bottom": max(y + h / 2 for _, y, _, h in found) + 12,
        }
        for scope, found in inside.items()
    ]


def _around(scope: str, scopes: Iterable[str]) -> set[str]:
    """A scope and those around it, as far as they have frames."""
    return {other for other in scopes if other and (scope == other or scope.startswith(f"{other}."))}
