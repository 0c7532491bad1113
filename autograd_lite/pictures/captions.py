"""What stands below a picture: its legend, and the notes that say what it left out."""

from __future__ import annotations

from autograd_lite.pictures.boxes import coloured, number, table, text
from autograd_lite.pictures.picture import Picture, kind_of
from autograd_lite.pictures.styles import SCALE

NOTE_LIMIT = 160  # characters
KIND_NAMES = {
    "input": "input (rounded)",
    "parameter": "parameter (octagon)",
    "constant": "constant (ellipse)",
    "interior": "result of an op (square)",
    "scope": "part of a model",
}


def caption(picture: Picture) -> str:
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
    kinds = {kind_of(found) for found in picture.diagram.boxes}
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
        is_norm = any(found.scope for found in picture.diagram.boxes)
        what = "|grad|, ‖δ‖ or ‖∂C/∂p‖" if is_norm else "|grad|"
        cells.append(f"<TD>× {number(picture.largest)}, the largest {what}</TD>")
    edges = "edge: ∂to/∂from" if picture.diagram.detail == "node" else "×n: an edge stands for n"
    if picture.style.edge_width == "gradient":
        edges = "edges as thick as ∂/∂w is large"
    cells.append(f"<TD>{edges}</TD>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3"><TR>{"".join(cells)}</TR></TABLE>'
