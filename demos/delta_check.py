"""The engine against the closed forms: BP1–BP4 for a 2-3-3-2 net, with the quadratic and the cross-entropy cost.

You will see, equation by equation and layer by layer, how far the gradients that the graph computed are from those
of the δ formulas, in absolute terms and in units in the last place (ulps). A few ulps are rounding.
"""

from demos.output import save_drawing, title
from nn import MLP, Neuron, verify
from nn.losses import quadratic


def main() -> None:
    """Print two tables, and draw the graph of a neuron's cost with the δ in it."""
    title("The engine against the δ formulas", "用 δ 公式核对引擎")
    x = [0.5, -1.0]
    print(verify(MLP(2, [3, 3, 2], "sigmoid", "sigmoid", init="normal", seed=1), x, [1.0, 0.0]))
    print()
    print(verify(MLP(2, [3, 3, 2], "tanh", "linear", init="normal", seed=2), x, 1, cost="cross_entropy"))

    print("\nδ is the gradient that reaches z: look for the box z in the picture")
    cost = quadratic(Neuron(2, "sigmoid", seed=3)(x), 1.0)
    cost.label = "C"
    cost.backward()
    save_drawing(cost, "delta")


if __name__ == "__main__":
    main()
