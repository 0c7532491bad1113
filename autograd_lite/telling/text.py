"""A document as plain text in 80 columns."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.telling.blocks import Block, Equation, Heading, Paragraph, Table, plain

WIDTH = 80


def text(blocks: Sequence[Block]) -> str:
    """All blocks, one after the other."""
    return "\n".join("\n".join(WRITERS[type(block)](block)) for block in blocks).strip("\n")


def columns(text: str) -> int:
    """The columns that a text takes on a terminal: none for a combining mark, two for a wide character."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def equation_text(equation: Equation) -> list[str]:
    """All in one line if it fits; else one right-hand side a line, long sums broken before a plus."""
    left = f"  {equation.left.text} "
    sums = [" + ".join(x.text for x in terms) for terms in equation.rights]
    whole = left + "= " + " = ".join(sums)
    if columns(whole) <= WIDTH:
        return [whole]
    lines, start = [], left
    for terms in equation.rights:
        line = f"{start}= {terms[0].text}"
        start = " " * columns(left)
        for term in terms[1:]:
            if columns(line) + columns(term.text) + 3 > WIDTH:
                lines.append(line)
                line = start + " "
            line += f" + {term.text}"
        lines.append(line)
    return [part for line in lines for part in _wrapped(line, "", " " * 6)]


def _wrapped(line: str, first: str, rest: str) -> list[str]:
    """A line broken at blanks where it is too long; a Chinese one between any two letters."""
    if columns(line) <= WIDTH:
        return [first + line]
    indent = line[: len(line) - len(line.lstrip())]
    if columns(line) > len(line):
        return _filled(UNIT.findall(line.strip()), indent, rest or indent)
    return textwrap.wrap(line.strip(), WIDTH, initial_indent=indent, subsequent_indent=rest or indent)


OPENING, CLOSING, LETTER = "（《“", "，。：；！？、）》”", "\u3400-\u9fff"
UNIT = re.compile(rf"[{OPENING}]*(?:[{LETTER}]|[^\s{LETTER}{OPENING}{CLOSING}]+)?[{CLOSING}]*\s*")  # none breaks within


def _filled(units: Sequence[str], first: str, rest: str) -> list[str]:
    """Units in lines, as many as fit in each."""
    lines = [first]
    for unit in units:
        if columns(lines[-1] + unit.rstrip()) > WIDTH and lines[-1].strip():
            lines.append(rest)
        lines[-1] += unit
    return [line.rstrip() for line in lines]


def _table_text(table: Table) -> list[str]:
    """The columns side by side, the widest made narrower until they fit; what does not fit a cell goes on below."""
    rows = [[plain(cell) for cell in row] for row in (table.headings, *table.rows)]
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    while sum(widths) + 2 * len(widths) > WIDTH and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for row in rows:
        cells = [_broken(cell, width) for cell, width in zip(row, widths, strict=True)]
        for i in range(max(map(len, cells))):
            parts = [cell[i] if i < len(cell) else "" for cell in cells]
            lines.append(("  " + "  ".join(map(_padded, parts, widths, table.align))).rstrip())
    return lines


def _broken(text: str, width: int) -> list[str]:
    """The lines of a cell: broken at blanks, the later ones set in, or anywhere if need be."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and columns(line) + 1 + columns(word) > width:
            lines.append(line)
            line = "  " + word
        else:
            line = f"{line} {word}" if line else word
        while columns(line) > width:
            end = next(i for i in range(len(line), 0, -1) if columns(line[:i]) <= width)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line]


def _padded(text: str, width: int, align: str) -> str:
    padding = " " * (width - columns(text))
    return padding + text if align == "r" else text + padding


WRITERS: dict[type, Callable[[Any], list[str]]] = {
    Heading: lambda heading: ["", *_wrapped(plain(heading.prose), "", "")],
    Paragraph: lambda paragraph: _wrapped(plain(paragraph.prose), "", ""),
    Equation: equation_text,
    Table: _table_text,
}
