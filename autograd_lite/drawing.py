"""Pictures of a graph: one box per `Value`, one edge per use of it, each edge with its local derivative.

`draw` takes the numbers down at once and writes the DOT source when somebody first looks at it, so the drawing of a
million nodes costs little until it's asked for (and is then refused as a picture). What the boxes look like stands
in one table, `LOOKS`; labels are data and are escaped in one function, `_text`.
"""

import html
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import graphviz

from autograd_lite import layout
from autograd_lite.graph import toposort
from autograd_lite.scalars import shown
from autograd_lite.value import Value

NODE_LIMIT = 1_500  # in a picture; beyond it nobody can read one, and its layout takes minutes
LABEL_LIMIT = 40  # characters
PICTURES = (".svg", ".png", ".pdf")
SOURCES = (".dot", ".gv")

FONT = "Helvetica,Arial,sans-serif"
GRAPH = {"bgcolor": "white", "pad": "0.2", "nodesep": "0.22", "ranksep": "0.45", "fontname": FONT}
NODE = {"fontname": FONT, "fontsize": "12", "fontcolor": "#1a1a1a", "margin": "0.09,0.05", "height": "0", "width": "0"}
EDGE = {"fontname": FONT, "fontsize": "10", "fontcolor": "#5f5f5f", "color": "#8a8a8a", "arrowsize": "0.65"}

# Told apart by shape as well as by colour; the hues are Okabe and Ito's, which colour-blind readers can separate.
LOOKS = {
    "input": {"shape": "box", "style": "rounded,filled", "color": "#0072b2", "fillcolor": "#dcecf7"},
    "parameter": {"shape": "octagon", "style": "filled", "color": "#d55e00", "fillcolor": "#fde8d7", "margin": "0"},
    "constant": {
        "shape": "ellipse",
        "style": "filled",
        "color": "#8a8a8a",
        "fillcolor": "#f0f0f0",
        "margin": "0",
        "fontsize": "10",
    },
    "interior": {"shape": "box", "style": "filled", "color": "#444444", "fillcolor": "white"},
}
ROOT = {"penwidth": "2.6"}

Entry = tuple[Value, str, float, Any]  # a node with its label, data and grad as they were when it was drawn


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz ships no types
    """A `graphviz.Digraph` of a computation graph: `.source`, `.pipe`, `.render` and `.save(path)`.

    It shows itself in notebooks. Pictures are laid out by `dot` alone, so `engine` says which Graphviz makes them:
    "dot" (the program on PATH), "pygraphviz" (the one its wheels bundle) or None; `pipe` and `render` take no engine.
    Making a picture raises ValueError beyond `NODE_LIMIT` nodes or for an unknown format, ModuleNotFoundError without
    a Graphviz, TimeoutError after `layout.TIME_LIMIT` seconds, RuntimeError when Graphviz fails.
    """

    _entries: tuple[Entry, ...] = ()
    _roots: tuple[Value, ...] = ()

    @cached_property
    def body(self) -> list[str]:
        """The DOT statements of the graph, written when first asked for."""
        return _statements(self._entries, self._roots)

    @property
    def engine(self) -> str | None:
        """Which Graphviz makes the picture: "dot", "pygraphviz", or None where there is none."""
        return layout.engine()

    def pipe(
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        encoding: str | None = None,
    ) -> Any:
        """The picture as bytes, or as a str if `encoding` is given; `format` is "pdf" by default.

        The arguments are those of `graphviz.Digraph.pipe`; the last two that go by position have no effect here.
        """
        name = self.format if format is None else format
        if name not in graphviz.FORMATS:
            raise ValueError(f"draw: expected a format of Graphviz, such as 'svg', 'png' or 'pdf', got {shown(name)}")
        if len(self._entries) > NODE_LIMIT:
            raise ValueError(
                f"draw: a picture shows at most {NODE_LIMIT:,} nodes and this graph has {len(self._entries):,}; "
                "draw a smaller part, or keep the DOT source (.source, .save('graph.dot'))"
            )
        image = layout.picture(self.source, ":".join(part for part in (name, renderer, formatter) if part))
        return image if encoding is None else image.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: str | os.PathLike[str] | None = None,
        quiet_view: bool = False,
        **options: Any,
    ) -> str:
        """Write the DOT source to a file and the picture beside it; the picture's path (`graphviz.Digraph.render`)."""
        target = None if outfile is None else Path(directory or self.directory, outfile)
        if target is not None:
            format = format or target.suffix[1:].lower()
            filename = filename or target.with_suffix(".gv").name
            directory = directory or target.parent
        format = format or self.format
        image = self.pipe(format, **options)
        source = super().save(filename, directory=directory)
        rendered = source + f".{format}" if target is None else os.fspath(target)
        _write(rendered, image)
        if cleanup:
            os.remove(source)
        if view or quiet_view:
            graphviz.view(rendered, quiet=quiet_view)
        return rendered

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what the ending says: a picture (.svg, .png, .pdf) or the DOT source (.dot, .gv).

        The file appears complete or not at all. Raises ValueError for another ending; OSError as it comes.
        """
        ending = _ending(path)
        _write(path, self.source.encode() if ending in SOURCES else self.pipe(ending[1:]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """The picture for a notebook, or the sentence that says why there is none."""
        try:
            bundle: dict[str, Any] = super()._repr_mimebundle_(include, exclude)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            return {"text/plain": str(error)}
        return bundle


def draw(*roots: Value, direction: str = "LR") -> Drawing:
    """The picture of the graph below the roots, with the numbers of this moment.

    Each box shows a Value's label, op, data and grad ("–" before a backward pass), each edge its partial
    ∂child/∂parent. Inputs are rounded and blue, parameters octagons and orange, constants small grey ellipses,
    results of ops square and white; the roots have a heavy border. `direction` is "LR" (left to right) or "TB" (top to
    bottom). Raises TypeError for a root that is no Value, ValueError for no root or another direction.
    """
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(f"draw: expected Values, got {shown(root)}")
    if not roots:
        raise ValueError("draw: expected at least one Value, got none")
    if direction not in ("LR", "TB"):
        raise ValueError(f"draw: expected direction to be 'LR' or 'TB', got {shown(direction)}")
    drawing = Drawing("autograd_lite", graph_attr={"rankdir": direction, **GRAPH}, node_attr=NODE, edge_attr=EDGE)
    drawing._entries = tuple((node, node.label, node.data, node.grad) for node in toposort(*roots))
    drawing._roots = roots
    del drawing.body  # Digraph's empty list; from here on the property answers
    return drawing


# ---- DOT statements ----


def _statements(entries: Iterable[Entry], roots: Iterable[Value]) -> list[str]:
    """One node statement an entry and one edge statement a parent, duplicates kept."""
    graph = graphviz.Digraph()
    names: dict[Value, str] = {}
    emphasised = set(roots)
    for node, label, data, grad in entries:
        names[node] = name = f"n{len(names)}"
        kind = node.kind if node.op is None else "interior"
        look = {**LOOKS.get(kind, LOOKS["input"]), **(ROOT if node in emphasised else {}), "class": kind}
        graph.node(name, _box(label, node.op.symbol if node.op else "", data, grad), **look)
        for parent, partial in zip(node.parents, node.partials, strict=True):
            graph.edge(names[parent], name, f" {_number(partial)} ")
    body: list[str] = graph.body
    return body


def _box(label: str, symbol: str, data: float, grad: Any) -> str:
    """The table inside a box: the label and the op on top, data and grad below."""
    rows = [_row(*heading) for heading in _heading(label, symbol)]
    for name, number in (("data", _number(data)), ("grad", "–" if grad is None else _number(grad))):
        rows.append(_row(f'<FONT COLOR="#5f5f5f">{name}</FONT>', number))
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>>'


def _heading(label: str, symbol: str) -> Iterator[tuple[str, ...]]:
    """The cells of the line on top, if there is one: the label, the op, or both."""
    cells = [f"<B>{_text(label)}</B>"] if label.strip() else []
    if symbol:
        cells.append(f'<FONT COLOR="#7a3e9d"><B>{html.escape(symbol)}</B></FONT>')
    if cells:
        yield tuple(cells)


def _row(*cells: str) -> str:
    """A row of the table: one cell across, or one to the left and one to the right."""
    if len(cells) == 1:
        return f'<TR><TD COLSPAN="2">{cells[0]}</TD></TR>'
    return f'<TR><TD ALIGN="LEFT">{cells[0]}</TD><TD ALIGN="RIGHT">  {cells[1]}</TD></TR>'


def _text(label: str) -> str:
    """A label as text of an HTML-like DOT label: cut, escaped, its lines kept.

    Graphviz replaces sequences such as \\N even there, so a backslash is doubled; version 2.43 fails on a line that is
    "]", or leaves it out, but takes the character's number. What XML cannot hold becomes �.
    """
    if len(label) > LABEL_LIMIT:
        label = label[: LABEL_LIMIT - 1] + "…"
    lines = (
        re.sub("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", x)
        for x in label.replace("\t", " ").splitlines()
    )
    return "<BR/>".join(html.escape(line.replace("\\", r"\\")).replace("]", "&#93;") for line in lines)


def _number(x: Any) -> str:
    """A number in four significant digits, -0 as 0."""
    return f"{float(x) + 0.0:.4g}"


# ---- files ----


def _ending(path: object) -> str:
    """The ending of a path, in lower case, if it is one that `save` can write."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"Drawing.save: expected a path, got {shown(path)}")
    ending = Path(path).suffix.lower()
    if ending not in PICTURES + SOURCES:
        raise ValueError(f"Drawing.save: expected a path ending in {', '.join(PICTURES + SOURCES)}, got {shown(path)}")
    return ending


def _write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file under a temporary name beside it and move it into place."""
    temporary = Path(path).parent / f".{secrets.token_hex(8)}.tmp"
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
