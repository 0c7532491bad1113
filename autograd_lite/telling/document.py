"""A document of blocks that writes itself as text, as Markdown, as LaTeX and as HTML, and so shows itself in notebooks.

Words and mathematics are put together once. Whatever is told, a derivation, a table of a run, derives from `Document`.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd_lite.telling.blocks import Block as Block
from autograd_lite.telling.blocks import Equation as Equation
from autograd_lite.telling.blocks import Heading as Heading
from autograd_lite.telling.blocks import Paragraph as Paragraph
from autograd_lite.telling.blocks import Prose as Prose
from autograd_lite.telling.blocks import Table as Table
from autograd_lite.telling.blocks import plain as plain
from autograd_lite.telling.markup import latex, markdown, to_html
from autograd_lite.telling.text import columns as columns
from autograd_lite.telling.text import text

__all__ = ["Block", "Document", "Equation", "Heading", "Paragraph", "Prose", "Table"]


class Document:
    """What explains something: `blocks` in order, as `.text` (80 columns), `.markdown`, `.latex` (needs amsmath) and
    `.html`, which is what notebooks show."""

    blocks: Sequence[Block]

    @property
    def text(self) -> str:
        """The document as plain text in 80 columns."""
        return text(self.blocks)

    @property
    def markdown(self) -> str:
        """The document as Markdown, mathematics between dollars."""
        return markdown(self.blocks)

    @property
    def latex(self) -> str:
        """The document as a fragment of LaTeX that needs amsmath."""
        return latex(self.blocks)

    @property
    def html(self) -> str:
        """The document as a fragment of HTML, mathematics as plain text: it needs no script."""
        return to_html(self.blocks)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_latex_(self) -> str:
        return self.latex
