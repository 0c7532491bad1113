"""A diagram as DOT source: a node statement a box, an edge statement a link, clusters for opened scopes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphviz

from autograd_lite.pictures.boxes import aligned, box, heading, line, number, row, text
from autograd_lite.pictures.captions import caption
from autograd_lite.pictures.levels import CROWDED_LINKS, Box, Link
from autograd_lite.pictures.losses import LOSS
from autograd_lite.pictures.picture import Picture, is_damaged, kind_of
from autograd_lite.pictures.styles import STATES, WIDTHS, scale_step
from autograd_lite.pictures.summaries import rows, totals

PORTS = {"LR": ("e", "w"), "TB": ("s", "n")}  # of links between dense layers, so that none crosses a box
UNIT_ROWS = ("δ", "‖δ‖")  # what a unit has in the one line below its name
NAN = {"peripheries": "3", "penwidth": "1.4"}  # a box with a nan in it has three borders


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
    below = caption(picture)
    if below:
        graph.attr(label=below, labelloc="b")
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
        size = picture.strengths[i]
        by_gradient = picture.style.color == "gradient" and size is not None
        step = scale_step(size or 0.0, picture.largest) if by_gradient else None
        is_root = any(member.node in picture.roots for member in found.members)
        if picture.style.nodes == "two-box" and _is_op(found):
            assert entry.node.op is not None
            graph.node(f"n{i}op", entry.node.op.symbol, **picture.style.look("op", state=state))
            graph.edge(f"n{i}op", f"n{i}", arrowsize="0.4")
        graph.node(
            f"n{i}",
            _label(picture, found),
            id=f"box{i}",
            **picture.style.look(kind_of(found), is_root, step, state) | (NAN if is_damaged(found) else {}),
        )


def _is_op(found: Box) -> bool:
    """Whether a box is the result of one op."""
    return not found.is_part and found.members[0].node.op is not None


def _label(picture: Picture, found: Box) -> str:
    """The HTML-like label of a box."""
    entry, theme = found.members[0], picture.style.text
    write = line if picture.style.nodes == "compact" else box
    if found.is_part or len(found.members) > 1:
        copies, content = rows(found, picture.diagram.place, picture.roots)
        title = LOSS if found.is_loss else scope_title(found.scope) if found.scope else _common_label(picture, found)
        symbol = "" if found.is_part or entry.node.op is None else entry.node.op.symbol
        top = heading(title, symbol, copies, theme)
        if write is line:
            content = [(name, value) for name, value in content if name != "parameters"]
            return line(top, [("", ""), *content], theme)
        return (row if found.scope and len(content) < 4 and any(name in UNIT_ROWS for name, _ in content) else box)(
            top, content, theme
        )
    symbol = entry.node.op.symbol if entry.node.op and picture.style.nodes != "two-box" else ""
    top = heading(picture.labels[entry.node], symbol, 1, theme)
    data, grad = aligned([entry.data, entry.grad])
    grad = picture.placeholders.get(entry.node, grad)
    names = ("", "∂") if write is line else ("data", "grad")
    if write is line and kind_of(found) == "constant":
        return line(top, [("", data)], theme)
    return write(top, list(zip(names, (data, grad), strict=True)), theme)


def _common_label(picture: Picture, found: Box) -> str:
    """The label that all members have, or the first and the last of the family."""
    labels = list(dict.fromkeys(picture.labels[member.node] for member in totals(found)))
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
        partial = node.partials[i]
        content = "" if partial is None else number(partial)
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
    return all(len(found.members) == 1 and not found.is_part for found in boxes)
