"""The pictures of the README and the docs, made anew: `python docs/pictures.py` writes docs/*.svg."""

from pathlib import Path

from autograd_lite import Value, draw
from nn import MLP, data, losses

DOCS = Path(__file__).parent


def neuron() -> Value:
    """tanh(w·x + b) after a backward pass."""
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    a = (w * x + b).tanh()
    a.label = "a"
    a.backward()
    return a


def moons(samples: int) -> Value:
    """The summed hinge loss of an untrained 2-4-4-1 net over two moons, after a backward pass."""
    xs, labels = data.moons(n=samples, noise=0.1, seed=1)
    model = MLP(2, [4, 4, 1], "tanh", init="xavier", seed=3)
    cost = sum(losses.hinge(model(x), 2 * label - 1) for x, label in zip(xs, labels, strict=True))
    assert isinstance(cost, Value)
    cost.label = "C"
    cost.backward()
    return cost


def recurrence(steps: int) -> Value:
    """h ← tanh(w·h + u·x + b) over time, without a neuron or a scope, after a backward pass."""
    w, u, b, h = Value(0.9, "w"), Value(0.5, "u"), Value(0.1, "b"), Value(0.0, "h0")
    for t in range(1, steps + 1):
        h = (w * h + u * Value((-1.0) ** t, "x") + b).tanh()
        h.label = f"h{t}"
    h.backward()
    return h


def main() -> None:
    """Write the pictures and print their sizes."""
    a, cost = neuron(), moons(100)
    draw(a).save(DOCS / "neuron.svg")
    draw(a, style="compact", theme="dark", algebra=True, legend=True).save(DOCS / "compact.svg")
    draw(a, style="two-box").save(DOCS / "two-box.svg")
    draw(a, step=3).save(DOCS / "step.svg")
    draw.animate(a, DOCS / "backward.svg")
    draw(cost, detail="neuron", color="gradient", edge_width="gradient", legend=True).save(DOCS / "neurons.svg")
    draw(cost, detail="layer", legend=True).save(DOCS / "layers.svg")
    draw(recurrence(5)).save(DOCS / "parts.svg")
    for path in sorted(DOCS.glob("*.svg")):
        print(f"{path.name:<14} {path.stat().st_size / 1000:6.1f} kB")


if __name__ == "__main__":
    main()
