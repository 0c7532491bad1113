"""What a document is made of: headings, paragraphs, equations and tables, of words and of mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.telling.notation import Math

# Words with mathematics among them.
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


# What a document is a sequence of.
Block = Heading | Paragraph | Equation | Table


def parts(prose: Prose) -> Sequence[str | Math]:
    """The words and the pieces of mathematics of which prose consists."""
    return [prose] if isinstance(prose, (str, Math)) else prose


def plain(prose: Prose) -> str:
    """Prose as plain text."""
    return "".join(part.text if isinstance(part, Math) else part for part in parts(prose))
