"""Where the demos leave their results, and how they announce themselves: the folder `output/` and a few lines."""

from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from autograd_lite import Value, draw

OUTPUT = Path("output")


def title(english: str, chinese: str) -> None:
    """A heading on the terminal, in both languages."""
    text = f"{english} · {chinese}"
    print(f"\n{text}\n{'─' * columns(text)}", flush=True)


def columns(text: str) -> int:
    """How wide a text is on a terminal: a Chinese character takes two columns."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def save_drawing(root: Value, name: str) -> None:
    """The graph below a root as SVG and PNG, or its DOT source where there is no Graphviz."""
    OUTPUT.mkdir(exist_ok=True)
    drawing = draw(root)
    endings = [".svg", ".png"] if drawing.engine else [".dot"]
    for ending in endings:
        drawing.save(OUTPUT / f"{name}{ending}")
        print(f"wrote {OUTPUT / name}{ending}")
    if not drawing.engine:
        print("(no Graphviz here: pip install 'autograd-lite[draw]' makes pictures of it)")


def save_plot(ax: Any, name: str) -> None:
    """A plot as PNG and SVG."""
    OUTPUT.mkdir(exist_ok=True)
    for ending in (".png", ".svg"):
        ax.figure.savefig(OUTPUT / f"{name}{ending}", dpi=120)
    print(f"wrote {OUTPUT / name}.png and .svg")
