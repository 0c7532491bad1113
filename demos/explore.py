"""Four pages to open in a browser: a neuron, a net against BP1–BP4, a graph with the classic traps, the playground.

You will see where each was written. Step through it, drag a number, ask a box, answer its questions, train.
"""

from autograd_lite import Value, explore, where
from demos.output import OUTPUT, title
from nn import MLP, data, losses, optim, playground, verify


def neuron() -> Value:
    """y = tanh(w·x + b)."""
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    y = (w * x + b).tanh()
    y.label = "y"
    return y


def net() -> MLP:
    """A sigmoid net of the derivation's kind: 3 inputs, 2 hidden neurons, 1 output."""
    return MLP(3, [2, 1], "sigmoid", "sigmoid", init="normal", seed=1)


def traps() -> Value:
    """A Value used twice, a saturated tanh, a dead relu, a branch not taken, and a sum that cancels."""
    a, b = Value(1.5, "a"), Value(-2.0, "b")
    twice = a * a + a
    saturated = (6 * a).tanh()
    dead = (a * b).relu()
    taken = where(b > 0, b.exp(), b * a)
    y: Value = twice * saturated + dead - taken + (b - b)
    y.label = "y"
    return y


def main() -> None:
    """Write the pages."""
    title("Pages in which the graph is alive", "计算图在网页里活起来")
    OUTPUT.mkdir(exist_ok=True)
    model, x, target = net(), [0.5, -0.2, 0.9], [1.0]
    cost = losses.quadratic(model(x), target)
    cost.label = "C"
    explore(neuron(), OUTPUT / "neuron.html")
    explore(cost, OUTPUT / "net.html")
    found = verify(model, x, target)
    worst = max(equation.max_ulps for equation in found.equations.values())
    print(f"net.html is held to BP1–BP4: {'ok' if found.ok() else 'NOT ok'}, {worst:g} ulps at worst")
    explore(traps(), OUTPUT / "traps.html")
    xs, labels = data.moons(n=100, noise=0.1, seed=1)
    learner = MLP(2, [8, 8, 1], "tanh", init="xavier", seed=1)
    optimizer = optim.Adam(learner.parameters(), lr=0.02)
    playground(learner, xs, [2 * y - 1 for y in labels], "hinge", optimizer, path=OUTPUT / "playground.html")
    for name in ("neuron", "net", "traps", "playground"):
        path = OUTPUT / f"{name}.html"
        print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
