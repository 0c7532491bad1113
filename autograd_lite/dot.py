"""A diagram as DOT source: a node statement a box, an edge statement a link, clusters for opened scopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import graphviz

from autograd_lite.boxes import aligned, box, coloured, heading, line, number, row, table, text
from autograd_lite.levels import Box, Diagram, Link
from autograd_lite.styles import SCALE, STATES, WIDTHS, Style, scale_step
from autograd_lite.summaries import rows
from autograd_lite.value import Value

COUNTED_LINKS, COUNTED_LINKS_OPENED = 16, 40  # more numbers than this beside the links would push the boxes apart
CROWDED_LINKS = 100  # where there are more of them, the layers stand further apart
PORTS = {"LR": ("e", "w"), "TB": ("s", "n")}  # of links between dense layers, so that none crosses a box
NOTE_LIMIT = 160  # characters
UNIT_ROWS = ("δ", "‖δ‖")  # what a unit has in the one line below its name
KIND_NAMES = {
    "input": "input (rounded)",
    "parameter": "parameter (octagon)",
    "constant": "constant (ellipse)",
    "interior": "result of an op (square)",
    "scope": "part of a model",
}


@dataclass
class Picture:
    """A diagram and all that its drawing depends on: labels, roots, style, notes, and the states of a backward pass."""

    diagram: Diagram
    roots: frozenset[Value]
    style: Style
    labels: Mapping[Value, str]
    notes: tuple[str, ...] = ()
    node_states: Mapping[Value, str] = field(default_factory=dict)
    edge_states: Mapping[tuple[Value, int], str] = field(default_factory=dict)
    placeholders: Mapping[Value, str] = field(default_factory=dict)  # texts that keep the room for a grad

    def __post_init__(self) -> None:
        members = [entry for found in self.diagram.boxes for entry in found.members]
        self.sizes = {entry.node: abs(float(entry.grad)) for entry in members if entry.grad is not None}
        self.largest = max(self.sizes.values(), default=0.0)
        weights = [size for link in self.diagram.links if (size := self.weight(link)) is not None]
        self.largest_weight = max(weights, default=0.0)

    @cached_property
    def is_dense(self) -> bool:
        """Whether numbers beside the links would push the boxes apart; they are then tooltips of the SVG."""
        is_opened = any(found.around for found in self.diagram.boxes)
        limit = COUNTED_LINKS_OPENED if is_opened else COUNTED_LINKS
        return self.diagram.detail != "node" and len(self.diagram.links) > limit

    def weight(self, link: Link) -> float | None:
        """The largest gradient of a parameter that takes part in the uses of a link."""
        parents = [
            parent
            for node, i in link.uses
            for parent in ((node.parents[i],) if _is_parameter(node.parents[i]) else node.parents)
        ]
        return max((self.sizes[p] for p in parents if _is_parameter(p) and p in self.sizes), default=None)

    def strength(self, found: Box) -> float | None:
        """The largest gradient inside a box."""
        return max((self.sizes[e.node] for e in found.members if e.node in self.sizes), default=None)


def _is_parameter(node: Value) -> bool:
    return node.op is None and node.kind == "parameter"


def statements(picture: Picture) -> list[str]:
    """The DOT statements of a picture."""
    graph = graphviz.Digraph()
    clusters: dict[str, list[int]] = {}
    for i, found in enumerate(picture.diagram.boxes):
        clusters.setdefault(found.around, []).append(i)
    _add_nodes(graph, picture, clusters.get("", []))
    _add_clusters(graph, picture, clusters, "")
    if picture.is_dense:
        ranksep = "1.4" if len(picture.diagram.links) > CROWDED_LINKS else "0.8"
        graph.attr(splines="line", ranksep=ranksep, nodesep="0.1", ordering="out")
    for position, link in enumerate(picture.diagram.links):
        source, target = (f"n{i}" for i in (link.source, link.target))
        if picture.style.nodes == "two-box" and _is_op(picture.diagram.boxes[link.target]):
            target += "op"
        graph.edge(source, target, id=f"edge{position}", **_link(picture, link))
    caption = _caption(picture)
    if caption:
        graph.attr(label=caption, labelloc="b")
    body: list[str] = graph.body
    return body


def _add_clusters(graph: Any, picture: Picture, clusters: dict[str, list[int]], around: str) -> None:
    """A frame for each opened scope, inside that of the next one around it."""
    nested = [scope for scope in clusters if scope and _innermost(scope, clusters) == around]
    for scope in sorted(nested):
        with graph.subgraph(name=f"cluster_{sorted(clusters).index(scope)}") as cluster:
            cluster.attr(label=f"<{text(scope_title(scope))}>", style="rounded", color=picture.style.theme.edge)
            _add_nodes(cluster, picture, clusters[scope])
            _add_clusters(cluster, picture, clusters, scope)


def _innermost(scope: str, scopes: Iterable[str]) -> str:
    """The innermost of the scopes around another, or ""."""
    return max((other for other in scopes if scope.startswith(f"{other}.")), key=len, default="")


def scope_title(scope: str) -> str:
    """A scope's path without the word "model", unless that is all."""
    return scope.removeprefix("model.").replace(".model.", ".")


def _add_nodes(graph: Any, picture: Picture, numbers: list[int]) -> None:
    for i in numbers:
        found = picture.diagram.boxes[i]
        entry = found.members[0]
        state = picture.node_states.get(entry.node, "")
        size = picture.strength(found)
        by_gradient = picture.style.color == "gradient" and size is not None
        step = scale_step(size or 0.0, picture.largest) if by_gradient else None
        is_root = any(member.node in picture.roots for member in found.members)
        if picture.style.nodes == "two-box" and _is_op(found):
            assert entry.node.op is not None
            graph.node(f"n{i}op", entry.node.op.symbol, **picture.style.look("op", state=state))
            graph.edge(f"n{i}op", f"n{i}", arrowsize="0.4")
        graph.node(
            f"n{i}", _label(picture, found), id=f"box{i}", **picture.style.look(_kind(found), is_root, step, state)
        )


def _is_op(found: Box) -> bool:
    """Whether a box is the result of one op."""
    return not found.scope and found.members[0].node.op is not None


def _kind(found: Box) -> str:
    node = found.members[0].node
    if found.scope:
        return "scope"
    return "interior" if node.op is not None else node.kind if node.kind in KIND_NAMES else "input"


def _label(picture: Picture, found: Box) -> str:
    """The HTML-like label of a box."""
    entry, theme = found.members[0], picture.style.text
    write = line if picture.style.nodes == "compact" else box
    if found.scope or len(found.members) > 1:
        copies, content = rows(found, picture.diagram.place)
        title = scope_title(found.scope) if found.scope else _common_label(picture, found)
        symbol = "" if found.scope or entry.node.op is None else entry.node.op.symbol
        top = heading(title, symbol, copies, theme)
        if write is line:
            content = [(name, value) for name, value in content if name not in ("data", "parameters")]
            return line(top, [("", ""), *content], theme)
        return (row if found.scope and len(content) < 4 and content[0][0] in UNIT_ROWS else box)(top, content, theme)
    symbol = entry.node.op.symbol if entry.node.op and picture.style.nodes != "two-box" else ""
    top = heading(picture.labels[entry.node], symbol, 1, theme)
    data, grad = aligned([entry.data, entry.grad])
    grad = picture.placeholders.get(entry.node, grad)
    names = ("", "∂") if write is line else ("data", "grad")
    if write is line and _kind(found) == "constant":
        return line(top, [("", data)], theme)
    return write(top, list(zip(names, (data, grad), strict=True)), theme)


def _common_label(picture: Picture, found: Box) -> str:
    """The label that all members have, or the first and the last of the family."""
    labels = list(dict.fromkeys(picture.labels[member.node] for member in found.members))
    if len(labels) == 1 or found.members[0].node.op is not None:
        return labels[0] if len(labels) == 1 else ""
    return f"{labels[0]} … {labels[-1]}"


def _link(picture: Picture, link: Link) -> dict[str, str]:
    """The attributes of an edge statement: its number, its width and its state."""
    node, i = link.uses[0]
    content = ""
    if len(link.uses) > 1:
        content = f"×{len(link.uses):,}"
    elif _is_single(picture, link):
        content = number(node.partials[i])
    attributes = {"label": f" {content} "} if content else {}
    if picture.is_dense:
        tail, head = PORTS[picture.style.direction]
        attributes = {"tooltip": content, "penwidth": "0.6", "arrowsize": "0.4", "tailport": tail, "headport": head}
    weight = picture.weight(link) if picture.style.edge_width == "gradient" else None
    if weight is not None:
        width = WIDTHS[scale_step(weight, picture.largest_weight)]
        attributes["penwidth"] = f"{width / 2 if picture.is_dense else width:g}"
    state = picture.edge_states.get((node, i))
    if state:
        colour = picture.style.theme.states[state]
        attributes |= {**STATES[state], "color": colour, "class": state}
    return attributes


def _is_single(picture: Picture, link: Link) -> bool:
    """Whether a link runs between two boxes of one Value each."""
    boxes = (picture.diagram.boxes[i] for i in (link.source, link.target))
    return all(len(found.members) == 1 and not found.scope for found in boxes)


def _caption(picture: Picture) -> str:
    """What stands below a picture: the legend, and the notes."""
    rows = [f"<TR><TD>{_legend(picture)}</TD></TR>"] if picture.style.legend else []
    notes = [*picture.notes, _counts(picture)] if picture.is_dense else picture.notes
    rows += [f"<TR><TD>{text(note, NOTE_LIMIT)}</TD></TR>" for note in notes]
    return table("".join(rows)) if rows else ""


def _counts(picture: Picture) -> str:
    """How many edges the links stand for, where there is no room for the number of each."""
    sizes = [len(link.uses) for link in picture.diagram.links]
    low, high = min(sizes), max(sizes)
    if low == high:
        return f"each line stands for {low:,} edge{'s' if low > 1 else ''}"
    return f"each line stands for {low:,} to {high:,} edges"


def _legend(picture: Picture) -> str:
    """A table with a cell for each kind of box in the picture, what the edges say, and the scale of gradients."""
    theme = picture.style.theme
    kinds = {_kind(found) for found in picture.diagram.boxes}
    cells = [
        f'<TD BORDER="1" COLOR="{theme.kinds[kind][0]}" BGCOLOR="{theme.kinds[kind][1]}">'
        f"{coloured(name, theme.ink)}</TD>"
        for kind, name in KIND_NAMES.items()
        if kind in kinds
    ]
    if picture.style.color == "gradient" and picture.largest:
        cells = [
            f'<TD BORDER="1" COLOR="{theme.edge}" BGCOLOR="{colour}">{coloured(name, theme.ink)}</TD>'
            for colour, name in zip(theme.scale, SCALE, strict=True)
        ]
        cells.append(f"<TD>× {number(picture.largest)}, the largest |grad|</TD>")
    edges = "edge: ∂to/∂from" if picture.diagram.detail == "node" else "×n: an edge stands for n"
    if picture.style.edge_width == "gradient":
        edges = "edges as thick as ∂/∂w is large"
    cells.append(f"<TD>{edges}</TD>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3"><TR>{"".join(cells)}</TR></TABLE>'
