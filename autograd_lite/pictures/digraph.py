"""`Drawing`: a `graphviz.Digraph` that is written and laid out when somebody looks at it."""

import base64
import os
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import graphviz

from autograd_lite.errors import shown
from autograd_lite.files import as_path, write_file
from autograd_lite.pictures import layout
from autograd_lite.pictures.dot import statements
from autograd_lite.pictures.levels import DETAILS
from autograd_lite.pictures.picture import Picture

BOX_LIMIT, LENGTH_LIMIT = 1_500, 6_000  # in a picture; the layout of a larger or denser one takes minutes
VALUE_LIMIT = 400_000  # beyond it, finding out what to draw takes longer than anybody waits
PICTURES = (".svg", ".png", ".pdf")
SOURCES = (".dot", ".gv")


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz ships no types
    """A `graphviz.Digraph` of a computation graph: `.source`, `.pipe`, `.render` and `.save(path)`.

    It shows itself in notebooks. Pictures are laid out by `dot` alone, so `engine` says which Graphviz makes them:
    "dot" (the program on PATH), "pygraphviz" (the one its wheels bundle) or None; `pipe` and `render` take no engine.
    Making a picture raises ValueError beyond `VALUE_LIMIT` Values or `BOX_LIMIT` boxes, for edges that cross more than
    `LENGTH_LIMIT` ranks together and for an unknown format, ModuleNotFoundError without a Graphviz, TimeoutError
    after `layout.TIME_LIMIT` seconds, RuntimeError when Graphviz fails.
    """

    _make: Callable[[], Picture]
    _n_values: int = 0

    def of(self, make: Callable[[], Picture], n_values: int) -> "Drawing":
        """This drawing as that of a picture of so many Values, made when somebody looks."""
        self._make, self._n_values = make, n_values
        del self.body  # Digraph's empty list; from here on the property answers
        return self

    @cached_property
    def body(self) -> list[str]:
        """The DOT statements of the graph, written when first asked for."""
        return statements(self.picture)

    @cached_property
    def picture(self) -> Picture:
        """What is drawn, found when first asked for: boxes, links, and how they look."""
        return self._make()

    @property
    def detail(self) -> str:
        """The level of detail: "node", "neuron", "layer", "model" or "part"; what "auto" chose."""
        return self.picture.diagram.detail

    @property
    def engine(self) -> str | None:
        """Which Graphviz makes the picture: "dot", "pygraphviz", or None where there is none."""
        return layout.engine()

    def copy(self) -> "Drawing":
        """A drawing of the same graph, which may be changed by itself."""
        twin: Drawing = super().copy()
        twin._make, twin._n_values = self._make, self._n_values  # the body is the copy's own
        return twin

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
        self._check_size()
        image = layout.picture(self.source, ":".join(part for part in (name, renderer, formatter) if part))
        return image if encoding is None else image.decode(encoding)

    def _check_size(self) -> None:
        """Refuse what Graphviz would not finish, or nobody could read."""
        if self._n_values > VALUE_LIMIT:
            raise ValueError(
                f"draw: a picture is made of at most {VALUE_LIMIT:,} Values and this graph has {self._n_values:,}; "
                "draw a smaller part, or keep the DOT source (.source, .save('graph.dot'))"
            )
        found = self.picture.diagram
        if len(found.boxes) > BOX_LIMIT or found.length > LENGTH_LIMIT:
            raise ValueError(self._refusal(len(found.boxes), found.length))

    def _refusal(self, boxes: int, length: int) -> str:
        """Why there is no picture, and what to do instead."""
        if self.picture.node_states:
            return (
                f"draw: a step is shown in a picture of at most {BOX_LIMIT:,} Values and edges across "
                f"{LENGTH_LIMIT:,} ranks, this one has {boxes:,} and {length:,}; draw the step of a smaller "
                "part, or leave out step"
            )
        coarser = "put parts of it into scopes" if self.detail == DETAILS[-1] else "take detail='auto'"
        return (
            f"draw: a picture shows at most {BOX_LIMIT:,} boxes and edges across {LENGTH_LIMIT:,} ranks, at detail "
            f"{self.detail!r} this one has {boxes:,} and {length:,}; {coarser}, draw a smaller part, or keep the "
            "DOT source (.source, .save('graph.dot'))"
        )

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
        for path in (filename, directory, outfile):
            if path is not None:
                as_path(path, "Drawing.render")
        target = None if outfile is None else Path(directory or self.directory, outfile)
        if target is not None:
            format = format or target.suffix[1:].lower()
            filename = filename or target.with_suffix(".gv").name
            directory = directory or target.parent
        format = format or self.format
        image = self.pipe(format, **options)
        source = super().save(filename, directory=directory)
        rendered = source + f".{format}" if target is None else os.fspath(target)
        write_file(rendered, image)
        if cleanup:
            os.remove(source)
        if view or quiet_view:
            graphviz.view(rendered, quiet=quiet_view)
        return rendered

    def view(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        cleanup: bool = False,
        quiet: bool = False,
        quiet_view: bool = False,
    ) -> str:
        """Open the picture in the system's viewer; without a path it is made in a new temporary folder."""
        if filename is None and directory is None:
            directory = tempfile.mkdtemp(prefix="autograd_lite-")
        return self.render(filename, directory, view=True, cleanup=cleanup, quiet_view=quiet_view, quiet=quiet)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what the ending says: a picture (.svg, .png, .pdf) or the DOT source (.dot, .gv).

        The file appears complete or not at all. Raises ValueError for another ending; OSError as it comes.
        """
        ending = _ending(path)
        write_file(path, self.source.encode() if ending in SOURCES else self.pipe(ending[1:]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        """The picture for a notebook, as SVG and as an image that an untrusted one shows; or why there is none."""
        try:
            svg: str = self.pipe("svg", encoding="utf-8")
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            return {"text/plain": str(error)}
        data = base64.b64encode(svg.encode()).decode()
        image = f'<img alt="computation graph" src="data:image/svg+xml;base64,{data}"/>'
        bundle = {"image/svg+xml": svg, "text/html": image}
        return {
            kind: x for kind, x in bundle.items() if (not include or kind in include) and kind not in (exclude or ())
        }


def _ending(path: object) -> str:
    """The ending of a path, in lower case, if it is one that `save` can write."""
    ending = Path(as_path(path, "Drawing.save")).suffix.lower()
    if ending not in PICTURES + SOURCES:
        raise ValueError(f"Drawing.save: expected a path ending in {', '.join(PICTURES + SOURCES)}, got {shown(path)}")
    return ending
