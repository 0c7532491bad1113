"""XOR, the smallest problem that needs a hidden layer: a 2-2-1 sigmoid net trained on four points.

You will see the cost fall and the four answers become 0, 1, 1, 0.
"""

from demos.output import save_plot, title
from nn import MLP, data, fit, optim, plot


def main() -> None:
    """Train, print the truth table that was learned, and plot the boundary."""
    title("XOR", "异或")
    xs, ys = data.xor()
    model = MLP(2, [3, 1], "tanh", "sigmoid", init="xavier", seed=1)
    history = fit(
        model, xs, ys, loss="binary_cross_entropy", optimizer=optim.SGD(model.parameters(), lr=0.5), epochs=400
    )
    print(history)
    for x, y in zip(xs, ys, strict=True):
        print(f"  {x[0]:.0f} xor {x[1]:.0f} = {model(x).data:.3f}   (wanted {y})")
    save_plot(plot.decision_boundary(model, xs, ys, threshold=0.5), "xor")


if __name__ == "__main__":
    main()
