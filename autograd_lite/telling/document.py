"""A small document of paragraphs, equations and tables, that writes itself as text, as Markdown and as LaTeX.

Words and mathematics are put together once. Text keeps to 80 columns; Markdown holds its mathematics between dollars;
LaTeX is a fragment that needs the package amsmath, and that MathJax shows, too.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd_lite.telling.notation import Math

WIDTH = 80

Prose = str | Math | Sequence[str | Math]


@dataclass(frozen=True)
class Heading:
    """A line above what follows."""

    prose: Prose


@dataclass(frozen=True)
class Paragraph:
    """Words with mathematics among them."""

    prose: Prose


@dataclass(frozen=True)
class Equation:
    """A left-hand side, and what it equals: one or several right-hand sides, each a sum of terms."""

    left: Math
    rights: Sequence[Sequence[Math]]


@dataclass(frozen=True)
class Table:
    """Rows of cells below headings; `align` has a letter a column, "l" or "r"."""

    headings: Sequence[Prose]
    align: str
    rows: Sequence[Sequence[Prose]]


Block = Heading | Paragraph | Equation | Table


class Document:
    """What explains a graph: `blocks` in order, as `.text` (80 columns), `.markdown` and `.latex` (needs amsmath)."""

    blocks: Sequence[Block]

    @property
    def text(self) -> str:
        """The document as plain text in 80 columns."""
        return "\n".join("\n".join(_text(block)) for block in self.blocks).strip("\n")

    @property
    def markdown(self) -> str:
        """The document as Markdown, mathematics between dollars."""
        return "\n\n".join(map(_markdown, self.blocks)) + "\n"

    @property
    def latex(self) -> str:
        """The document as a fragment of LaTeX that needs amsmath."""
        return "\n\n".join(map(_latex, self.blocks)) + "\n"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_latex_(self) -> str:
        return self.latex


def columns(text: str) -> int:
    """The columns that a text takes on a terminal: none for a combining mark, two for a wide character."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# ---- text ----


def _text(block: Block) -> Iterable[str]:
    if isinstance(block, Heading):
        return ["", plain(block.prose)]
    if isinstance(block, Paragraph):
        return _wrapped(plain(block.prose), "", "")
    if isinstance(block, Equation):
        return _equation_text(block)
    return _table_text(block)


def plain(prose: Prose) -> str:
    """Prose as plain text."""
    return "".join(part.text if isinstance(part, Math) else part for part in _parts(prose))


def _parts(prose: Prose) -> Sequence[str | Math]:
    return [prose] if isinstance(prose, (str, Math)) else prose


def _equation_text(equation: Equation) -> list[str]:
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
    """A line broken at blanks where it is too long."""
    if columns(line) <= WIDTH:
        return [first + line]
    spare = columns(line) - len(line)  # wide characters: break so much earlier
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line.strip(), max(WIDTH - spare, 30), initial_indent=indent, subsequent_indent=rest or indent)


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


# ---- Markdown ----


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"**{_prose_markdown(block.prose)}**"
    if isinstance(block, Paragraph):
        return _prose_markdown(block.prose)
    if isinstance(block, Equation):
        return f"$$\n{_aligned(block)}\n$$"
    rule = "|".join("---:" if align == "r" else ":---" for align in block.align)
    rows = [" | ".join(map(_prose_markdown, row)) for row in (block.headings, *block.rows)]
    return "\n".join([f"| {rows[0]} |", f"|{rule}|", *(f"| {row} |" for row in rows[1:])])


def _prose_markdown(prose: Prose) -> str:
    return "".join(f"${part.latex}$" if isinstance(part, Math) else part for part in _parts(prose) if part)


# ---- LaTeX ----


def _latex(block: Block) -> str:
    if isinstance(block, Heading):
        return rf"\noindent\textbf{{{_prose_latex(block.prose)}}}"
    if isinstance(block, Paragraph):
        return rf"\noindent {_prose_latex(block.prose)}"
    if isinstance(block, Equation):
        return f"\\[\n{_aligned(block)}\n\\]"
    headings, *rows = [" & ".join(map(_cell_latex, row)) for row in (block.headings, *block.rows)]
    body = " \\\\[2pt]\n".join(rows)  # room for fractions
    return f"\\[\n\\begin{{array}}{{{block.align}}}\n{headings} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]"


def _prose_latex(prose: Prose) -> str:
    return "".join(f"${part.latex}$" if isinstance(part, Math) else _words(part) for part in _parts(prose))


def _aligned(equation: Equation) -> str:
    """The right-hand sides below each other; a long sum breaks after every third term."""
    if all(len(terms) == 1 for terms in equation.rights):
        return " = ".join([equation.left.latex, *(terms[0].latex for terms in equation.rights)])
    lines = []
    for terms in equation.rights:
        rows = [" + ".join(x.latex for x in terms[i : i + 3]) for i in range(0, len(terms), 3)]
        lines.append("&= " + " \\\\\n&\\quad + ".join(rows))
    return "\\begin{aligned}\n" + equation.left.latex + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _cell_latex(cell: Prose) -> str:
    return "".join(p.latex if isinstance(p, Math) else rf"\text{{{_words(p)}}}" if p else "" for p in _parts(cell))


def _words(text: str) -> str:
    """Our own words as LaTeX text; the few signs among them that are no ASCII are mathematics."""
    text = re.sub(r"[#$%&_{}]", lambda found: "\\" + found[0], text)
    return "".join(f"${SIGNS[c]}$" if c in SIGNS else c for c in text)


SIGNS = {
    "′": "^{\\prime}", "Σ": "\\Sigma ", "∂": "\\partial ", "·": "\\cdot ", "×": "\\times ", "÷": "\\div ",
    "σ": "\\sigma ", "…": "\\ldots ", "−": "-", "δ": "\\delta ", "^": "{\\wedge}", "²": "^{2}",
    "↓": "\\downarrow ", "↑": "\\uparrow ", "–": "{-}", "<": "<", ">": ">",
}  # fmt: skip
