"""What stands below a picture: its legend, and the notes that say what it left out."""

from __future__ import annotations

from autograd_lite.pictures.boxes import coloured, rounded, table, text
from autograd_lite.pictures.picture import Picture
from autograd_lite.pictures.styles import SCALE, STATES, Theme
from autograd_lite.pictures.summaries import rows
from autograd_lite.telling.provenance import SATURATED

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
