"""Two moons: micrograd's problem, with a 2-8-8-1 tanh net, hinge loss and a weight penalty.

You will see loss and accuracy by epoch, and the line that the net draws between two interleaved half circles.
"""

from demos.output import save_plot, title
from nn import MLP, data, fit, optim, plot


def main() -> None:
    """Train, and plot the loss curve and the decision boundary."""
    title("Two moons", "双月")
    xs, labels = data.moons(n=100, noise=0.1, seed=1)
    ys = [2 * label - 1 for label in labels]
    model = MLP(2, [8, 8, 1], "tanh", init="xavier", seed=1)
    sgd = optim.SGD(model.parameters(), lr=0.2)
    history = fit(model, xs, ys, loss="hinge", optimizer=sgd, epochs=100, batch_size=10, l2=1e-4, progress=True)
    print(f"{model} with {len(model.parameters())} parameters, {history.seconds:.1f} s")
    print(history)
    save_plot(plot.loss(history), "moons-loss")
    save_plot(plot.decision_boundary(model, xs, ys), "moons-boundary")


if __name__ == "__main__":
    main()
