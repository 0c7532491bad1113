"""What pictures look like: two themes, the kinds of boxes, the scale of gradients, and the states of a backward pass.

Colour never stands alone: kinds differ by shape, gradients by the border's width and the number, states by the
line's style. The hues are Okabe and Ito's and the scales grow steadily in lightness, so colour-blind readers can
tell them apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

FONT = "Helvetica,Arial,sans-serif"
STYLES = ("box", "compact", "two-box")
DIRECTIONS = ("LR", "TB")
COLORS = ("kind", "gradient")
WIDTHS = (0.4, 0.8, 1.4, 2.2, 3.2)  # of lines, by the step of the scale, in points
SCALE = ("less", "0.03", "0.1", "0.3", "1")  # the steps, as shares of the largest gradient: half powers of ten

# By shape: rounded inputs, octagonal parameters, elliptic constants, square results, folders that hold many.
SHAPES = {
    "input": {"shape": "box", "style": "rounded,filled"},
    "parameter": {"shape": "octagon", "style": "filled", "margin": "0"},
    "constant": {"shape": "ellipse", "style": "filled", "margin": "0", "fontsize": "10"},
    "interior": {"shape": "box", "style": "filled"},
    "scope": {"shape": "box", "style": "rounded,filled", "penwidth": "1.6"},
    "op": {"shape": "circle", "style": "filled", "margin": "0.02"},
}
# The states of a backward pass: how a node's border and an edge are drawn.
STATES = {
    "done": {"style": "solid", "penwidth": "1.4"},
    "current": {"style": "bold", "penwidth": "3"},
    "waiting": {"style": "dashed", "penwidth": "0.8"},
}


@dataclass(frozen=True)
class Theme:
    """The colours of a picture: `kinds` has a border and a fill for each kind, `scale` the fills of small to large
    gradients, `states` the colour of each state."""

    background: str
    ink: str
    muted: str
    accent: str
    edge: str
    kinds: dict[str, tuple[str, str]]
    scale: tuple[str, ...]
    states: dict[str, str]


THEMES = {
    "light": Theme(
        background="white",
        ink="#1a1a1a",
        muted="#5f5f5f",
        accent="#7a3e9d",
        edge="#8a8a8a",
        kinds={
            "input": ("#0072b2", "#dcecf7"),
            "parameter": ("#d55e00", "#fde8d7"),
            "constant": ("#8a8a8a", "#f0f0f0"),
            "interior": ("#444444", "white"),
            "scope": ("#00745a", "#e3f4ee"),
            "op": ("#7a3e9d", "#f3eaf8"),
        },
        scale=("#fffdf2", "#fdeab3", "#fbcd6c", "#f5a13a", "#e07b23"),
        states={"done": "#0072b2", "current": "#d55e00", "waiting": "#a6a6a6"},
    ),
    "dark": Theme(
        background="#17191e",
        ink="#f2f2f2",
        muted="#b4b8c0",
        accent="#d9a9f2",
        edge="#878d99",
        kinds={
            "input": ("#56b4e9", "#173247"),
            "parameter": ("#f0954a", "#46280f"),
            "constant": ("#9a9fa8", "#2c3038"),
            "interior": ("#c9ccd2", "#22252c"),
            "scope": ("#3fc79f", "#12352b"),
            "op": ("#d9a9f2", "#35213f"),
        },
        scale=("#22252c", "#40331d", "#63481a", "#875a10", "#9a5f00"),
        states={"done": "#56b4e9", "current": "#f0954a", "waiting": "#6c717c"},
    ),
}


@dataclass(frozen=True)
class Style:
    """What a caller of `draw` chose for the look of a picture."""

    nodes: str = "box"
    theme: Theme = THEMES["light"]
    direction: str = "LR"
    color: str = "kind"
    edge_width: str | None = None
    legend: bool = False

    @property
    def text(self) -> Theme:
        """The theme for text inside boxes: on the fills of the gradients' scale only full ink can be read."""
        ink = self.theme.ink
        return replace(self.theme, muted=ink, accent=ink) if self.color == "gradient" else self.theme

    def graph(self) -> dict[str, str]:
        """The attributes of the whole graph."""
        return {
            "rankdir": self.direction,
            "bgcolor": self.theme.background,
            "pad": "0.2",
            "nodesep": "0.22",
            "ranksep": "0.45",
            "fontname": FONT,
            "fontsize": "11",
            "fontcolor": self.theme.muted,
        }

    def node(self) -> dict[str, str]:
        """The attributes that all nodes share."""
        margin = {"margin": "0.09,0.05", "height": "0", "width": "0"}
        return {"fontname": FONT, "fontsize": "12", "fontcolor": self.theme.ink, **margin}

    def edge(self) -> dict[str, str]:
        """The attributes that all edges share."""
        ink = {"fontcolor": self.theme.muted, "color": self.theme.edge}
        return {"fontname": FONT, "fontsize": "10", "arrowsize": "0.65", **ink}

    def look(self, kind: str, is_root: bool = False, step: int | None = None, state: str = "") -> dict[str, str]:
        """The attributes of a node of a kind: at a step of the gradients' scale, or in a state of a backward pass."""
        border, fill = self.theme.kinds[kind]
        look = {**SHAPES[kind], "color": border, "fillcolor": fill, "class": f"{kind} {state}".strip()}
        if is_root:
            look["penwidth"] = "2.6"
        if step is not None:
            look |= {"fillcolor": self.theme.scale[step], "penwidth": f"{WIDTHS[step]:g}"}
            if is_root:
                look["peripheries"] = "2"
        if state:
            line = STATES[state]
            look |= {"style": f"{look['style']},{line['style']}", "penwidth": line["penwidth"]}
            look["color"] = self.theme.states[state]
        return look


def scale_step(size: float, largest: float) -> int:
    """The place of a size on the scale of five: the last for the largest, one less for every √10 below."""
    if math.isinf(size):
        return len(WIDTHS) - 1
    if not largest > 0.0 or not size > 0.0 or math.isinf(largest):
        return 0
    return max(0, len(WIDTHS) - 1 - int(-2.0 * math.log10(size / largest) + 1e-9))


def scope_title(scope: str) -> str:
    """A scope's path without the word "model", unless that is all."""
    return scope.removeprefix("model.").replace(".model.", ".")
