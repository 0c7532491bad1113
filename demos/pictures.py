"""Pictures at four levels: the cost of 100 samples is 6,000 Values, and one screen shows what matters in them.

You will see how many boxes each level of detail has, what a layer's box says, and a backward pass that moves.
"""

from autograd_lite import Value, draw
from demos.output import OUTPUT, title
from nn import MLP, data, losses

SAMPLES = 100


def cost() -> Value:
    """The summed hinge loss of a 2-4-3-1 net over two moons, after a backward pass."""
    xs, labels = data.moons(n=SAMPLES, noise=0.1, seed=1)
    model = MLP(2, [4, 3, 1], "tanh", init="xavier", seed=1)
    total = sum(losses.hinge(model(x), 2 * label - 1) for x, label in zip(xs, labels, strict=True))
    assert isinstance(total, Value)
    total.label = "C"
    total.backward()
    return total


def main() -> None:
    """Draw the cost at three levels, and a neuron's backward pass step by step."""
    title("Pictures that stay readable", "再大也看得清的图")
    total = cost()
    OUTPUT.mkdir(exist_ok=True)
    for detail in ("node", "neuron", "layer", "model"):
        drawing = draw(total, detail=detail, edge_width="gradient", legend=True)
        boxes = len(drawing.picture.diagram.boxes)
        path = OUTPUT / f"moons-{detail}{'.svg' if drawing.engine else '.dot'}"
        if detail == "node":
            print(f"{detail:<7} {boxes:>6,} boxes, which nobody can read")
        else:
            drawing.save(path)
            print(f"{detail:<7} {boxes:>6,} boxes: {path}")

    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    if draw(w).engine:
        (path,) = draw.animate((w * x + b).tanh(), OUTPUT / "backward.svg", seconds=1.5)
        print(f"the backward pass of a neuron, a step every 1.5 s: {path}")


if __name__ == "__main__":
    main()
