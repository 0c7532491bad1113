"""A picture as DOT source: a node a box, an edge a link, a cluster an opened scope, and the caption below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphviz

from autograd_lite.pictures.boxes import aligned, box, coloured, heading, line, rounded, row, table, text
from autograd_lite.pictures.diagram import CROWDED_LINKS, Box, Link
from autograd_lite.pictures.picture import Picture, box_title
from autograd_lite.pictures.styles import SCALE, STATES, WIDTHS, Theme, scale_step, scope_title
from autograd_lite.pictures.summaries import Rows, rows
from autograd_lite.telling.provenance import SATURATED

PORTS = {"LR": ("e", "w"), "TB": ("s", "n")}  # of links between dense layers, so that none crosses a box
UNIT_ROWS = ("δ", "‖δ‖")  # what a unit has in the one line below its name
NAN = {"peripheries": "3", "penwidth": "1.4"}  # a box with a nan in it has three borders
SCREEN = "22.2,13.8"  # inches: 1,600 × 1,000 points; Graphviz scales down what is larger


def statements(picture: Picture) -> list[str]:
    """The DOT statements of a picture."""
    graph = graphviz.Digraph()
    graph.attr(**_graph(picture))
    clusters: dict[str, list[int]] = {}
    for i, found in enumerate(picture.diagram.boxes):
        clusters.setdefault(found.around, []).append(i)
    _add_nodes(graph, picture, clusters.get("", []))
    _add_clusters(graph, picture, clusters, "")
    for position, link in enumerate(picture.diagram.links):
        has_op = picture.style.nodes == "two-box" and picture.diagram.boxes[link.target].is_result
        target = f"n{link.target}op" if has_op else f"n{link.target}"
        graph.edge(f"n{link.source}", target, id=f"edge{position}", **_link(picture, link))
    body: list[str] = graph.body
    return body


def _graph(picture: Picture) -> dict[str, str]:
    """What the layout as a whole depends on."""
    attributes = {"size": SCREEN} if picture.fits_screen else {}
    if picture.is_dense:
        is_crowded = len(picture.diagram.links) > CROWDED_LINKS
        attributes |= {"ranksep": "1.4" if is_crowded else "0.8", "nodesep": "0.1", "ordering": "out"}
        # Straight lines are the clearest between neighbours; one that passes a rank would lead through its boxes.
        attributes["splines"] = "true" if picture.diagram.passes_boxes else "line"
    below = caption(picture)
    return attributes | ({"label": below, "labelloc": "b"} if below else {})


# ---- boxes ----


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


def _add_nodes(graph: Any, picture: Picture, numbers: list[int]) -> None:
    for i in numbers:
        found = picture.diagram.boxes[i]
        entry = found.members[0]
        if picture.style.nodes == "two-box" and found.is_result:
            state = picture.node_states.get(entry.node, "")
            graph.node(f"n{i}op", _symbol(found), **picture.style.look("op", state=state))
            graph.edge(f"n{i}op", f"n{i}", arrowsize="0.4")
        graph.node(f"n{i}", _label(picture, found), id=f"box{i}", **_look(picture, i))


def _look(picture: Picture, i: int) -> dict[str, str]:
    """The border and the fill of a box."""
    found, size = picture.diagram.boxes[i], picture.strengths[i]
    by_gradient = picture.style.color == "gradient" and size is not None
    step = scale_step(size or 0.0, picture.largest) if by_gradient else None
    is_root = any(member.node in picture.roots for member in found.members)
    state = picture.node_states.get(found.members[0].node, "")
    return picture.style.look(found.kind, is_root, step, state) | (NAN if found.is_damaged else {})


def _symbol(found: Box) -> str:
    """The op that made what a box shows, if it is one."""
    shown = found.results or ([] if found.is_part else found.members)
    op = shown[0].node.op if shown and not found.part else None
    return op.symbol if op is not None else ""


def _label(picture: Picture, found: Box) -> str:
    """The HTML-like label of a box."""
    is_single = len(found.members) == 1 and not found.is_part
    return _single(picture, found) if is_single else _several(picture, found)


def _several(picture: Picture, found: Box) -> str:
    """The label of a box that stands for many Values: its name, how many copies, and what sums them up."""
    copies, content = rows(found, picture.diagram.place, picture.roots)
    top = heading(box_title(found, picture.labels), _symbol(found), copies, picture.style.text)
    if picture.style.nodes == "compact":
        content = [(name, value) for name, value in content if name != "parameters"]
        return line(top, [("", ""), *content], picture.style.text)
    return (row if _is_unit(found, content) else box)(top, content, picture.style.text)


def _is_unit(found: Box, content: Rows) -> bool:
    """Whether a box is that of a neuron, whose few numbers stand in one line."""
    return bool(found.scope) and len(content) < 4 and any(name in UNIT_ROWS for name, _ in content)


def _single(picture: Picture, found: Box) -> str:
    """The label of one Value: label, op, data and grad."""
    entry, theme, is_compact = found.members[0], picture.style.text, picture.style.nodes == "compact"
    symbol = "" if picture.style.nodes == "two-box" else _symbol(found)
    top = heading(picture.labels[entry.node], symbol, 1, theme)
    data, grad = aligned([entry.data, entry.grad])
    grad = picture.placeholders.get(entry.node, grad)
    if is_compact:
        return line(top, [("", data)] if found.kind == "constant" else [("", data), ("∂", grad)], theme)
    return box(top, [("data", data), ("grad", grad)], theme)


# ---- links ----


def _link(picture: Picture, link: Link) -> dict[str, str]:
    """The attributes of an edge statement: its number, its width and its state."""
    content = _number(picture, link)
    attributes = {"label": f" {content} "} if content else {}
    if picture.is_dense:
        tail, head = PORTS[picture.style.direction]
        attributes = {"tooltip": content, "penwidth": "0.6", "arrowsize": "0.4", "tailport": tail, "headport": head}
    weight = picture.weight(link) if picture.style.edge_width == "gradient" else None
    if weight is not None:
        width = WIDTHS[scale_step(weight, picture.largest_weight)]
        attributes["penwidth"] = f"{width / 2 if picture.is_dense else width:g}"
    state = picture.edge_states.get(link.uses[0])
    if state:
        attributes |= {**STATES[state], "color": picture.style.theme.states[state], "class": state}
    return attributes


def _number(picture: Picture, link: Link) -> str:
    """How many edges a link stands for, or the local derivative of the one between two Values."""
    if len(link.uses) > 1:
        return f"×{len(link.uses):,}"
    node, i = link.uses[0]
    ends = (picture.diagram.boxes[link.source], picture.diagram.boxes[link.target])
    is_single = all(len(found.members) == 1 and not found.is_part for found in ends)
    partial = node.partials[i]
    return rounded(partial) if is_single and partial is not None else ""


# ---- what stands below ----

NOTE_LIMIT = 160  # characters
KIND_NAMES = {
    "input": "input (rounded)",
    "parameter": "parameter (octagon)",
    "constant": "constant (ellipse)",
    "interior": "result of an op (square)",
    "scope": "part of the program",
}

STATE_NAMES = {"done": ("done", "1", ""), "current": ("current (heavy)", "3", ""),
               "waiting": ("waiting (dashed)", "1", ' STYLE="dashed"')}  # fmt: skip
WORDS = {
    "dead": "σ′ = 0 for every sample",
    "saturated": f"σ′ below {SATURATED:g} for every sample",
}


def caption(picture: Picture) -> str:
    """What stands below a picture: the legend, and the notes."""
    lines = [f"<TR><TD>{_legend(picture)}</TD></TR>"] if picture.style.legend else []
    notes = [*picture.notes, _counts(picture)] if picture.is_dense else picture.notes
    if picture.style.legend:
        notes = [*notes, *_words(picture)]
    lines += [f"<TR><TD>{text(note, NOTE_LIMIT)}</TD></TR>" for note in notes]
    return table("".join(lines)) if lines else ""


def _counts(picture: Picture) -> str:
    """How many edges the links stand for, where there is no room for the number of each."""
    sizes = [len(link.uses) for link in picture.diagram.links]
    low, high = min(sizes), max(sizes)
    if low == high:
        return f"each line stands for {low:,} edge{'s' if low > 1 else ''}"
    return f"each line stands for {low:,} to {high:,} edges"


def _words(picture: Picture) -> list[str]:
    """What the words in the boxes mean, and the borders that tell of a nan."""
    parts = [found for found in picture.diagram.boxes if found.scope]
    said = {word for found in parts for row in rows(found, picture.diagram.place)[1] for word in row}
    explained = [f"{word}: {meaning}" for word, meaning in WORDS.items() if word in said]
    if any(found.is_damaged for found in picture.diagram.boxes):
        explained.append("three borders: a nan among the numbers")
    return explained


def _legend(picture: Picture) -> str:
    """A table that says what boxes, colours and edges mean."""
    is_scaled = picture.style.color == "gradient" and picture.largest > 0.0
    cells = _scale_cells(picture) if is_scaled else _kind_cells(picture)
    if picture.node_states:
        cells += [_state_cell(state, picture.style.theme) for state in STATES]
    cells.append(f"<TD>{_edge_words(picture)}</TD>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3"><TR>{"".join(cells)}</TR></TABLE>'


def _kind_cells(picture: Picture) -> list[str]:
    """A cell for each kind of box in the picture."""
    kinds, theme = {found.kind for found in picture.diagram.boxes}, picture.style.theme
    return [_cell(name, *theme.kinds[kind], theme) for kind, name in KIND_NAMES.items() if kind in kinds]


def _scale_cells(picture: Picture) -> list[str]:
    """The scale of gradients, and what the largest is of."""
    theme = picture.style.theme
    is_norm = any(found.scope for found in picture.diagram.boxes)
    what = "|grad|, ‖δ‖ or ‖∂C/∂p‖" if is_norm else "|grad|"
    steps = [_cell(name, theme.edge, colour, theme) for colour, name in zip(theme.scale, SCALE, strict=True)]
    return [*steps, f"<TD>× {rounded(picture.largest)}, the largest {what}</TD>"]


def _cell(name: str, border: str, fill: str, theme: Theme) -> str:
    return f'<TD BORDER="1" COLOR="{border}" BGCOLOR="{fill}">{coloured(name, theme.ink)}</TD>'


def _edge_words(picture: Picture) -> str:
    if picture.style.edge_width == "gradient":
        return "edges as thick as ∂/∂w is large"
    return "edge: ∂to/∂from" if picture.diagram.detail == "node" else "×n: an edge stands for n"


def _state_cell(state: str, theme: Theme) -> str:
    """A state of the backward pass, with the border that its nodes have."""
    name, width, style = STATE_NAMES[state]
    return f'<TD BORDER="{width}" COLOR="{theme.states[state]}"{style}>{coloured(name, theme.ink)}</TD>'
