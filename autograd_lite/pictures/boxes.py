"""The text of a picture: what stands inside a box, how numbers are written, and how labels are escaped.

Labels are data. Every one of them reaches DOT source through `text` and nowhere else.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from autograd_lite.labels import visible
from autograd_lite.pictures.styles import Theme

LABEL_LIMIT = 40  # characters
DIGITS, DECIMALS = 4, 5
SPACE = "&#160;"
WIDE, NARROW = 2, 1  # blanks between texts on one line


def rounded(x: object) -> str:
    """A number in four significant digits, -0 as 0; a dash for one that is not there."""
    return "–" if x is None else f"{float(x) + 0.0:.{DIGITS}g}"  # type: ignore[arg-type]


def aligned(numbers: Sequence[object]) -> list[str]:
    """The numbers with as many decimals as the one that needs most, so that their points are below each other.

    Where one is written with an exponent, or is so small that it would lose its digits, each is by itself.
    """
    texts = [rounded(x) for x in numbers]
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
    "]", or leaves it out, but takes the character's number.
    """
    cut = label if len(label) <= limit else label[: limit - 1] + "…"
    lines = visible(cut).replace("\t", " ").splitlines()
    return "<BR/>".join(html.escape(line.replace("\\", r"\\")).replace("]", "&#93;") for line in lines)


def coloured(content: str, colour: str) -> str:
    """Escaped text in a colour."""
    return content and f'<FONT COLOR="{colour}">{content}</FONT>'


Parts = list[tuple[int, str]]  # texts on one line, each with the blanks before it


def heading(label: str, symbol: str, count: int, theme: Theme) -> Parts:
    """The line on top of a box: the label, the op, and how many Values it stands for."""
    name = f"<B>{text(label)}</B>" if label.strip() else ""
    op = coloured(f"<B>{text(symbol)}</B>", theme.accent) if symbol else ""
    copies = coloured(f"×{count:,}", theme.muted) if count > 1 else ""
    return [(WIDE, part) for part in (name, op, copies) if part]


def box(top: Parts, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label of a heading and one row a number, its name to the left."""
    lines = [f'<TR><TD COLSPAN="3">{_flow(top, theme)}</TD></TR>'] if top else []
    for name, value in rows:
        left = f'<TD ALIGN="LEFT">{coloured(text(name), theme.muted)}</TD>' if name else "<TD></TD>"
        lines.append(f'<TR>{left}<TD WIDTH="8"></TD><TD ALIGN="RIGHT">{text(value)}</TD></TR>')
    return table("".join(lines))


def row(top: Parts, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label of a heading and all numbers beside each other below it."""
    below: Parts = [part for name, value in rows for part in _named(name, value, theme)]
    return table(f"<TR><TD>{_flow(top, theme)}</TD></TR><TR><TD>{_flow(below, theme)}</TD></TR>")


def line(top: Parts, rows: Iterable[tuple[str, str]], theme: Theme) -> str:
    """A label that is one line: the heading, then each number, the second and later ones after their names."""
    parts = list(top)
    for position, (name, value) in enumerate(rows):
        parts += _named(name if position else "", value, theme)
    return table(f"<TR><TD>{_flow(parts, theme)}</TD></TR>")


def _named(name: str, value: str, theme: Theme) -> Parts:
    if not value:
        return []
    return [(WIDE, coloured(text(name), theme.muted)), (NARROW, text(value))] if name else [(WIDE, text(value))]


def _flow(parts: Parts, theme: Theme) -> str:
    """Texts beside each other.

    The blanks between two are a text of their own, so that Graphviz gives the second one a place of its own: some that
    show SVG leave out blanks at the beginning of a text.
    """
    blanks = [coloured(n * SPACE, theme.muted) if i else "" for i, (n, _) in enumerate(parts)]
    return "".join(blank + part for blank, (_, part) in zip(blanks, parts, strict=True))


def table(rows: str) -> str:
    """An HTML-like label."""
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'
