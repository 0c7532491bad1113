"""Seconds and bytes of SVG for graphs of 57 to 50,000 nodes at each level of detail.

    python -m tests.benchmarks.drawing_sizes

Dense tanh nets with one sample, after a backward pass. A line a net and level: the boxes, seconds from `draw` to the
SVG, kilobytes and points of the SVG; or what the refusal says, and how soon. "auto" is the last line of each net.
"""

import re
import time

from autograd_lite import Value, draw
from autograd_lite.graph import toposort
from nn import MLP

SIZES = [[3, 2, 1], [13, 13, 1], [29, 29, 1], [38, 39, 1], [127, 127, 1]]
LEVELS = ("node", "neuron", "layer", "model", "auto")


def root(sizes: list[int]) -> Value:
    """The output of a net of two inputs, with its gradients."""
    y: Value = MLP(2, sizes, "tanh", "tanh", init="xavier", seed=1)([0.5, -0.3])
    y.backward()
    return y


def line(y: Value, level: str) -> str:
    """What drawing at a level takes and gives."""
    started = time.perf_counter()
    drawing = draw(y, detail=level)
    try:
        svg = drawing.pipe("svg", encoding="utf-8")
    except (ValueError, TimeoutError) as error:
        return f"{time.perf_counter() - started:>8.2f}   {str(error)[:66]}…"
    seconds = time.perf_counter() - started
    points = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg)
    size = f"{points[1]} × {points[2]}" if points else ""
    boxes = len(drawing.picture.diagram.boxes)
    return f"{seconds:>8.2f}   {boxes:>5} {len(svg.encode()) / 1000:>8.1f} {size:>15}   {drawing.detail}"


def main() -> None:
    """Print the table."""
    print(f"made by {draw(Value(0.0)).engine}\n nodes  level    seconds   boxes       kB          points   level drawn")
    for sizes in SIZES:
        y = root(sizes)
        n = len(toposort(y))
        for level in LEVELS:
            print(f"{n:>6,}  {level:<6} {line(y, level)}", flush=True)


if __name__ == "__main__":
    main()
