"""A document as Markdown, as LaTeX and as HTML: for each a table that says how a kind of block is written.

Markdown holds its mathematics between dollars; LaTeX is a fragment that needs the package amsmath, and that MathJax
shows, too. HTML needs neither: its mathematics is the plain text, so it shows wherever a browser does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.telling.blocks import Block, Equation, Heading, Paragraph, Prose, Table, parts, plain
from autograd_lite.telling.notation import Math
from autograd_lite.telling.text import equation_text

Writers = dict[type, Callable[[Any], str]]


def markdown(blocks: Sequence[Block]) -> str:
    """All blocks as Markdown."""
    return _joined(blocks, MARKDOWN)


def latex(blocks: Sequence[Block]) -> str:
    """All blocks as a fragment of LaTeX."""
    return _joined(blocks, LATEX)


def to_html(blocks: Sequence[Block]) -> str:
    """All blocks as a fragment of HTML, in which no dollar of a label begins mathematics."""
    return f'<div class="tex2jax_ignore mathjax_ignore">\n{_joined(blocks, HTML)}</div>'


def _joined(blocks: Sequence[Block], writers: Writers) -> str:
    return "\n\n".join(writers[type(block)](block) for block in blocks) + "\n"


# ---- Markdown ----


def _prose_markdown(prose: Prose) -> str:
    return "".join(f"${part.latex}$" if isinstance(part, Math) else part for part in parts(prose) if part)


def _table_markdown(table: Table) -> str:
    rule = "|".join("---:" if align == "r" else ":---" for align in table.align)
    rows = [" | ".join(map(_cell_markdown, row)) for row in (table.headings, *table.rows)]
    return "\n".join([f"| {rows[0]} |", f"|{rule}|", *(f"| {row} |" for row in rows[1:])])


def _cell_markdown(cell: Prose) -> str:
    """A cell, in which a bar would begin the next one: in words it is escaped, in mathematics it has another name."""
    return "".join(_barred(part) for part in parts(cell) if part)


def _barred(part: str | Math) -> str:
    if isinstance(part, Math):
        return "$" + part.latex.replace(r"\|", r"\Vert ").replace("|", r"\vert ") + "$"
    return part.replace("|", r"\|")


MARKDOWN: Writers = {
    Heading: lambda heading: f"**{_prose_markdown(heading.prose)}**",
    Paragraph: lambda paragraph: _prose_markdown(paragraph.prose),
    Equation: lambda equation: f"$$\n{_aligned(equation)}\n$$",
    Table: _table_markdown,
}

# ---- LaTeX ----


def _prose_latex(prose: Prose) -> str:
    return "".join(f"${part.latex}$" if isinstance(part, Math) else _words(part) for part in parts(prose))


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
    return "".join(p.latex if isinstance(p, Math) else rf"\text{{{_words(p)}}}" if p else "" for p in parts(cell))


def _words(text: str) -> str:
    """Our own words as LaTeX text; the few signs among them that are no ASCII are mathematics."""
    text = re.sub(r"[#$%&_{}]", lambda found: "\\" + found[0], text)
    return "".join(f"${SIGNS[c]}$" if c in SIGNS else c for c in text)


SIGNS = {
    "′": "^{\\prime}", "Σ": "\\Sigma ", "∂": "\\partial ", "·": "\\cdot ", "×": "\\times ", "÷": "\\div ",
    "σ": "\\sigma ", "…": "\\ldots ", "−": "-", "δ": "\\delta ", "^": "{\\wedge}", "²": "^{2}",
    "↓": "\\downarrow ", "↑": "\\uparrow ", "–": "{-}", "<": "<", ">": ">",
}  # fmt: skip


def _table_latex(table: Table) -> str:
    headings, *rows = [" & ".join(map(_cell_latex, row)) for row in (table.headings, *table.rows)]
    body = " \\\\[2pt]\n".join(rows)  # room for fractions
    return f"\\[\n\\begin{{array}}{{{table.align}}}\n{headings} \\\\ \\hline\n{body}\n\\end{{array}}\n\\]"


LATEX: Writers = {
    Heading: lambda heading: rf"\noindent\textbf{{{_prose_latex(heading.prose)}}}",
    Paragraph: lambda paragraph: rf"\noindent {_prose_latex(paragraph.prose)}",
    Equation: lambda equation: f"\\[\n{_aligned(equation)}\n\\]",
    Table: _table_latex,
}

# ---- HTML ----


def _escaped(prose: Prose) -> str:
    return html.escape(plain(prose))


def _row_html(table: Table, row: Sequence[Prose], tag: str) -> str:
    sides = {"l": "left", "r": "right"}
    cells = [
        f'<{tag} style="text-align: {sides[align]}">{_escaped(cell)}</{tag}>'
        for cell, align in zip(row, table.align, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _table_html(table: Table) -> str:
    rows = [_row_html(table, table.headings, "th"), *(_row_html(table, row, "td") for row in table.rows)]
    return "\n".join(["<table>", *rows, "</table>"])


HTML: Writers = {
    Heading: lambda heading: f"<p><b>{_escaped(heading.prose)}</b></p>",
    Paragraph: lambda paragraph: f"<p>{_escaped(paragraph.prose)}</p>",
    Equation: lambda equation: f"<pre>{html.escape(chr(10).join(equation_text(equation)))}</pre>",
    Table: _table_html,
}
