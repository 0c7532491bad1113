"""Pictures of a graph: `draw(root)`, and the `Drawing` that it gives.

`draw` takes the numbers down at once and does the rest when somebody first looks: which Values share a box
(`levels`), what the boxes say (`boxes`, `summaries`), how they look (`styles`), the DOT source (`dot`) and the
picture (`layout`). So a drawing of a million nodes costs little until it's asked for.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.errors import as_flag, as_int, shown
from autograd_lite.graph import reached, toposort
from autograd_lite.pictures.alike import LOSS
from autograd_lite.pictures.animation import Animation, animate
from autograd_lite.pictures.backward_pass import after, n_steps
from autograd_lite.pictures.curves import training
from autograd_lite.pictures.diagram import Diagram, Member
from autograd_lite.pictures.digraph import Drawing
from autograd_lite.pictures.levels import DETAILS, NOTHING, Opened, diagram, opened_by
from autograd_lite.pictures.picture import Picture, formulas, told_apart
from autograd_lite.pictures.styles import COLORS, DIRECTIONS, STYLES, THEMES, Style
from autograd_lite.scopes import places
from autograd_lite.value import Value


@dataclass(frozen=True)
class Request:
    """What `draw` was asked for, with the graph as it was then."""

    roots: tuple[Value, ...]
    members: tuple[Member, ...]
    style: Style
    detail: str
    opened: Opened
    algebra: bool
    step: int | None

    def picture(self) -> Picture:
        """The boxes, links and looks that the request comes to."""
        return self._still() if self.step is None else self._moment(self.step)

    def _still(self) -> Picture:
        roots = frozenset(self.roots)
        found = diagram(self.members, self.detail, self.opened, roots)
        notes = () if found.detail == "node" else (self._note(len(found.boxes), found.detail),)
        return Picture(found, roots, self.style, self._labels(found), notes, fits_screen=self.detail == "auto")

    def _moment(self, step: int) -> Picture:
        """The picture of the backward pass after a step; its sentence names Values as the boxes do."""
        labels = self._labels(diagram(self.members, "node"))
        moment = after(self.roots[0], step, labels)
        found = diagram([m._replace(grad=moment.grads.get(m.node)) for m in self.members], "node")
        return Picture(
            found, frozenset(self.roots), self.style, labels, (moment.note,), moment.nodes, moment.edges
        )  # fmt: skip

    def _labels(self, found: Diagram) -> dict[Value, str]:
        written = formulas(self.members) if self.algebra else {member.node: member.label for member in self.members}
        return told_apart(found, written)

    def _note(self, n_boxes: int, detail: str) -> str:
        """What a picture leaves out, and how to see it."""
        remedy = "with scope(…) divides it as you like" if detail == "part" else "expand=[…] opens a box"
        return (
            f"{len(self.members):,} Values in {n_boxes:,} boxes at detail={detail!r}; "
            f"{remedy}, detail='node' shows every Value"
        )


class Draw:
    """`draw(root)` is the picture of a graph, `draw.animate(root, path)` its backward pass step by step, and
    `draw.training(history)` the curves of a training run."""

    def __call__(
        self,
        *roots: Value,
        detail: str = "auto",
        expand: Sequence[str] = (),
        style: str = "box",
        theme: str = "light",
        direction: str = "LR",
        color: str = "kind",
        edge_width: str | None = None,
        algebra: bool = False,
        legend: bool = False,
        step: int | None = None,
    ) -> Drawing:
        """The picture of the graph below the roots, with the numbers of this moment.

        A box shows a Value's label, op, data and grad ("–" before a backward pass), an edge its partial
        ∂child/∂parent. Inputs are rounded and blue, parameters octagons and orange, constants small grey ellipses,
        results of ops square and white; the roots have a heavy border.

        `detail` is "node", "neuron", "layer", "model" or "part": what shares a box, with the samples of a batch in one;
        "part" also joins what leads to a label, or stretches of a program. "auto" takes the finest that fits a screen.
        `expand` names scopes to open: `["layer2.neuron3"]`.
        `style` is "box", "compact" (one line a Value) or "two-box" (the op in a circle before its result); `theme` is
        "light" or "dark"; `direction` "LR" (left to right) or "TB" (top to bottom). `color="gradient"` fills by |grad|,
        `edge_width="gradient"` draws a weight's edges by its |grad|; `algebra` writes formulas where there is no label;
        `legend` explains the picture below it. `step=k` shows the backward pass from the root after k edges.

        Raises TypeError for an argument of a wrong type, ValueError for no root or an unknown choice.
        """
        _check(roots)
        choices = [
            ("detail", detail, (*DETAILS, "auto")),
            ("style", style, STYLES),
            ("theme", theme, tuple(THEMES)),
            ("direction", direction, DIRECTIONS),
            ("color", color, COLORS),
            ("edge_width", edge_width, (None, "gradient")),
        ]
        for name, choice, allowed in choices:
            if choice not in allowed:
                raise ValueError(f"draw: expected {name} to be one of {_listed(allowed)}, got {shown(choice)}")
        for name, flag in (("algebra", algebra), ("legend", legend)):
            as_flag(flag, "draw", name)
        members = tuple(
            Member(node, node.label, node.data, node.grad if reached(node) else None) for node in toposort(*roots)
        )
        for member in members:
            if not isinstance(member.label, str):
                raise TypeError(f"draw: expected every label to be a str, got {shown(member.label)}")
        if step is not None:
            _check_step(roots, detail, step)
        if expand and (step is not None or detail == "node"):
            raise ValueError(
                "draw: expected no expand where every Value has a box: leave out expand, or detail and step"
            )
        looks = Style(style, THEMES[theme], direction, color, edge_width, legend)
        drawing = Drawing("autograd_lite", graph_attr=looks.graph(), node_attr=looks.node(), edge_attr=looks.edge())
        request = Request(roots, members, looks, detail, _opened(members, expand), algebra, step)
        return drawing.of(request.picture, len(members))

    def animate(
        self,
        root: Value,
        path: str | os.PathLike[str],
        seconds: float = 1.0,
        theme: str = "light",
        direction: str = "LR",
    ) -> Animation:
        """Write the backward pass from a root as a picture that moves, or as a series of them; the files written.

        A path that ends in .svg gives one animated SVG, `seconds` a step, without a script; one with {} in its name
        (`pass-{}.png`) gives a picture a step, numbered from 0. Raises as `draw` and `Drawing.save` do.
        """
        return animate(self, root, path, seconds, theme=theme, direction=direction)

    def training(self, history: Any, ax: Any = None) -> Any:
        """The loss by epoch, and the accuracy where there is one, through matplotlib (the `plot` extra); the Axes.

        `history` has lists `.loss` and `.accuracy`, as that of `nn.fit`.
        """
        return training(history, ax)

    def __repr__(self) -> str:
        return "draw"


draw = Draw()


def _check(roots: Sequence[Value]) -> None:
    for root in roots:
        if not isinstance(root, Value):
            remedy = "; draw(*roots) draws several" if isinstance(root, (list, tuple, set)) else ""
            raise TypeError(f"draw: expected Values, got {shown(root)}{remedy}")
    if not roots:
        raise ValueError("draw: expected at least one Value, got none")


def _check_step(roots: Sequence[Value], detail: str, step: object) -> None:
    if len(roots) != 1:
        raise ValueError(f"draw: expected one root for step, got {len(roots)}")
    if detail not in ("auto", "node"):
        raise ValueError(f"draw: expected detail 'node' for step, got {detail!r}")
    last = n_steps(roots[0])
    if not 0 <= as_int(step, "draw", "step") <= last:
        raise ValueError(f"draw: expected step between 0 and {last}, the number of edges, got {step}")


def _opened(members: Sequence[Member], expand: Sequence[str]) -> Opened:
    """The scopes that `expand` names."""
    if not isinstance(expand, (list, tuple, set, frozenset)) or not all(isinstance(name, str) for name in expand):
        raise TypeError(f"draw: expected expand to be a list of scopes like ['layer1.neuron0'], got {shown(expand)}")
    if not expand:
        return NOTHING
    paths = places([member.node for member in members]).values()
    opened, unknown = opened_by(expand, [*paths, LOSS])
    if unknown:
        raise ValueError(f"draw: expected expand to name scopes of the graph, got {shown(unknown[0])}")
    return opened


def _listed(choices: Sequence[object]) -> str:
    return ", ".join(map(repr, choices))
