"""The text of a picture: what stands inside a box, how numbers are written, and how labels are escaped.

Labels are data. Every one of them reaches DOT source through `text` and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from autograd_lite.pictures.styles import Theme

LABEL_LIMIT = 40  # characters
DIGITS, DECIMALS = 4, 5
SPACE = "&#160;"  # one that a browser keeps at the beginning of a text


def number(x: object) -> str:
    """A number in four significant digits, -0 as 0; a dash for one that is not there."""
    return "–" if x is None else f"{float(x) + 0.0:.{DIGITS}g}"  # type: ignore[arg-type]


def aligned(numbers: Sequence[object]) -> list[str]:
    """The numbers with as many decimals as the one that needs most, so that their points are below each other.

    Where one is written with an exponent, or is so small that it would lose its digits, each is by itself.
    """
    texts = [number(x) for x in numbers]
    plain = [text for text in texts if re.fullmatch(r"-?\d+(\.\d+)?", text)]
    decimals = max((len(text.partition(".")[2]) for text in plain), default=0)
    if any("e" in text for text in texts) or decimals > DECIMALS + 1:
        return texts
    return [
        f"{float(x) + 0.0:.{min(decimals, DECIMALS)}f}" if text in plain else text  # type: ignore[arg-type]
        for x, text in zip(numbers, texts, strict=True)
    ]


def text(label: str, limit: int = LABEL_LIMIT) -> str:
    """A label as text of an HTML-like DOT label: cut, escaped, its lines kept.

    Graphviz replaces sequences such as \\N even there, so a backslash is doubled; version 2.43 fails on a line that is
    "]", or leaves it out, but takes the character's number. What XML cannot hold becomes �.
    """
    lines = (_without_control(line) for line in _cut(label, limit).replace("\t", " ").splitlines())
    return "<BR/>".join(html.escape(line.replace("\\", r"\\")).replace("]", "&#93;") for line in lines)


def one_line(label: str) -> str:
    """A label within a sentence: cut, on one line, without what XML cannot hold."""
    return _without_control(_cut(" ".join(label.split()), LABEL_LIMIT))


def _cut(label: str, limit: int) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"


def _without_control(line: str) -> str:
    return re.sub("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", line)


def coloured(content: str, colour: str) -> str:
    """Escaped text in a colour."""
    return content and f'<FONT COLOR="{colour}">{content}</FONT>'


def heading(label: str, symbol: str, count: int, theme: Theme) -> str:
    """The line on top of a box: the label, the op, and how many Values it stands for."""
    parts = [f"<B>{text(label)}</B>"] if label.strip() else []
    if symbol:
        parts.append(coloured(f"<B>{text(symbol)}</B>", theme.accent))
    if count > 1:
        parts.append(coloured(f"×{count:,}", theme.muted))
    return (2 * SPACE).join(parts)


def box(top: str, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label of a heading and one row a number, its name to the left."""
    cells = [f'<TR><TD COLSPAN="2">{top}</TD></TR>'] if top else []
    for name, value in rows:
        left = f'<TD ALIGN="LEFT">{coloured(text(name), theme.muted)}</TD>' if name else "<TD></TD>"
        cells.append(f'<TR>{left}<TD ALIGN="RIGHT">{2 * SPACE}{text(value)}</TD></TR>')
    return table("".join(cells))


def row(top: str, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label of a heading and all numbers beside each other below it."""
    cells = [f"<TD>{SPACE}{_named(name, value, theme)}{SPACE}</TD>" for name, value in rows]
    return table(f'<TR><TD COLSPAN="{len(cells) or 1}">{top}</TD></TR><TR>{"".join(cells)}</TR>')


def line(top: str, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label that is one line: the heading, then each number, the second and later ones after their names."""
    parts = [top] if top else []
    for position, (name, value) in enumerate(rows):
        parts.append(_named(name, value, theme) if position else text(value))
    return table(f"<TR><TD>{(2 * SPACE).join(part for part in parts if part)}</TD></TR>")


def _named(name: str, value: str, theme: Theme) -> str:
    return f"{coloured(text(name), theme.muted)}{SPACE}{text(value)}" if name else text(value)


def table(rows: str) -> str:
    """An HTML-like label."""
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'
