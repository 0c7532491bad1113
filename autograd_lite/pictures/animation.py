"""The backward pass as a picture that moves: an SVG with SMIL animations, or a series of pictures.

Graphviz lays the graph out once, with room for the longest number that each box will show. Then every part of the SVG
that changes gets its values over time: the gradients, the sentence below, the lines of boxes and edges. There is no
script in it, so it also moves inside an `<img>`; what does not animate shows the last step.
"""

from __future__ import annotations

import base64
import html
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from autograd_lite.errors import is_real, shown
from autograd_lite.files import as_path, write_file
from autograd_lite.pictures.backward_pass import Moment, moments, n_steps
from autograd_lite.pictures.boxes import rounded
from autograd_lite.pictures.digraph import PICTURES, SOURCES
from autograd_lite.pictures.styles import STATES, Theme
from autograd_lite.value import Value

SVG = "http://www.w3.org/2000/svg"
PAUSE = 3  # the last step stays as long as this many
STEP_LIMIT = 400  # a picture of more steps is for nobody
# The widths of Helvetica's glyphs in thousandths of the font's size; others are as wide as a digit.
GLYPHS = {".": 278, "-": 333, " ": 278, "\xa0": 278, "i": 222, "+": 584}
Lines = tuple[tuple[str, str], ...]


def animate(
    draw: Callable[..., Any], root: Any, path: str | os.PathLike[str], seconds: float, **options: Any
) -> Animation:
    """Write the pass from root to one animated SVG, or to a picture a step if `{}` stands in the path's name."""
    if not isinstance(root, Value):
        raise TypeError(f"draw.animate: expected a Value, got {shown(root)}")
    path = as_path(path, "draw.animate")
    if not is_real(seconds):
        raise TypeError(f"draw.animate: expected seconds to be a number, got {shown(seconds)}")
    if not 0.0 < float(seconds) < 3600.0:
        raise ValueError(f"draw.animate: expected seconds to be a number above 0 and below 3600, got {shown(seconds)}")
    steps = n_steps(root)
    if steps > STEP_LIMIT:
        raise ValueError(
            f"draw.animate: at most {STEP_LIMIT} steps are shown, one an edge, and this graph has {steps:,} edges; "
            "animate a smaller part, or draw single steps with draw(root, step=k)"
        )
    target = Path(path)
    in_series = target.name.count("{}")
    if in_series > 1 or target.suffix.lower() not in (PICTURES + SOURCES if in_series else (".svg",)):
        raise ValueError(
            f"draw.animate: expected a path ending in .svg, or one {{}} in the name of a series of "
            f"{', '.join(PICTURES + SOURCES)}, got {shown(path)}"
        )
    if in_series:
        digits = len(str(steps))
        files = [target.with_name(target.name.replace("{}", f"{k:0{digits}d}")) for k in range(steps + 1)]
        for k, file in enumerate(files):
            draw(root, step=k, **options).save(file)
        return Animation(files)
    drawing = draw(root, step=steps, **options)
    write_file(target, _animated(drawing, list(moments(root, drawing.picture.labels)), float(seconds)))
    return Animation([target])


def _animated(drawing: Any, passing: Sequence[Moment], seconds: float) -> bytes:
    """The SVG of a drawing with all moments of a backward pass in it."""
    picture = drawing.picture
    widest = {
        box.members[0].node: max((rounded(m.grads.get(box.members[0].node)) for m in passing), key=_width)
        for box in picture.diagram.boxes
    }
    picture.placeholders = widest
    picture.notes = (max((moment.note for moment in passing), key=len),)
    svg = ElementTree.fromstring(drawing.pipe("svg"))
    groups = {group.get("id"): group for group in svg.iter(f"{{{SVG}}}g")}
    clock = _Clock(len(passing), seconds)
    theme = picture.style.theme
    for i, box in enumerate(picture.diagram.boxes):
        node = box.members[0].node
        group = groups[f"box{i}"]
        if node not in passing[0].nodes:  # no gradient goes there
            continue
        _animate_lines(clock, group, [moment.nodes[node] for moment in passing], theme)
        _animate_text(clock, group, [rounded(moment.grads.get(node)) for moment in passing], is_number=True)
    for i, link in enumerate(picture.diagram.links):
        if link.uses[0] in passing[0].edges:
            _animate_lines(clock, groups[f"edge{i}"], [moment.edges[link.uses[0]] for moment in passing], theme)
    _animate_text(clock, groups["graph0"], [moment.note for moment in passing])
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    image: bytes = ElementTree.tostring(svg, encoding="utf-8", xml_declaration=True)
    return image


class Animation(list[Path]):
    """The files of an animation; a notebook shows the picture that moves, or the first and the last of a series."""

    def _repr_html_(self) -> str:
        kinds = {".svg": "svg+xml", ".png": "png"}
        shown = [path for path in dict.fromkeys((self[0], self[-1])) if path.suffix.lower() in kinds]
        images = [
            f'<img alt="{html.escape(path.name)}" src="data:image/{kinds[path.suffix.lower()]};base64,'
            f'{base64.b64encode(path.read_bytes()).decode()}"/>'
            for path in shown
            if path.exists()
        ]
        return "".join(images) or f"<pre>{html.escape(repr(self))}</pre>"


class _Clock:
    """When each moment begins, as a share of the whole, which repeats for ever."""

    def __init__(self, n_moments: int, seconds: float) -> None:
        self.n, self.total = n_moments, n_moments + PAUSE
        self.duration = f"{self.total * seconds:g}s"

    def animate(self, element: ElementTree.Element, attribute: str, values: Sequence[str]) -> None:
        """Let an attribute jump through one value a moment; the element itself has the last."""
        element.set(attribute, values[-1])
        starts = [next(run)[0] for _, run in groupby(enumerate(values), key=lambda pair: pair[1])]
        if len(starts) > 1:
            times = ";".join(f"{start / self.total:.5g}" for start in starts)
            ElementTree.SubElement(
                element, f"{{{SVG}}}animate", attributeName=attribute, calcMode="discrete", dur=self.duration,
                repeatCount="indefinite", keyTimes=times, values=";".join(values[start] for start in starts),
            )  # fmt: skip


def _animate_lines(clock: _Clock, group: ElementTree.Element, states: Sequence[str], theme: Theme) -> None:
    """The border of a box, or the line and the head of an edge, by the states that it goes through."""
    dashes = {"waiting": "5,2"}  # no dash is a long one: "none" is not animated
    for shape in group:
        kind = shape.tag.rpartition("}")[2]
        if kind not in ("path", "polygon", "ellipse"):
            continue
        clock.animate(shape, "stroke", [theme.states[state] for state in states])
        clock.animate(shape, "stroke-width", [STATES[state]["penwidth"] for state in states])
        clock.animate(shape, "stroke-dasharray", [dashes.get(state, "9999,1") for state in states])
        if kind == "polygon" and "edge" in group.get("class", ""):
            clock.animate(shape, "fill", [theme.states[state] for state in states])


def _animate_text(clock: _Clock, group: ElementTree.Element, texts: Sequence[str], is_number: bool = False) -> None:
    """The last text of a group by what it says over time: one element a text, shown in its turn.

    Numbers end where the one that is there now ends, the widest; Graphviz has placed that by its beginning.
    """
    last = [element for element in group if element.tag == f"{{{SVG}}}text"][-1]
    group.remove(last)
    if is_number:
        last.set(
            "x",
            f"{float(last.get('x', 0)) + _width(last.text or '') * float(last.get('font-size', 12)):.2f}",
        )
        last.set("text-anchor", "end")
    for text in dict.fromkeys(texts):
        element = ElementTree.SubElement(group, last.tag, last.attrib)
        element.text = text
        clock.animate(element, "visibility", ["visible" if now == text else "hidden" for now in texts])


def _width(text: str) -> float:
    """The width of a number in Helvetica, as a multiple of the font's size."""
    return sum(GLYPHS.get(character, 556) for character in text) / 1000.0
