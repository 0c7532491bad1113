"""Fisher's iris flowers, real data of 1936: four lengths in, one of three species out.

You will see a 4-8-3 net with softmax cross-entropy learn on 120 flowers and be asked about 30 others.
"""

from demos.classes import accuracy
from demos.output import save_plot, title
from nn import MLP, data, fit, optim, plot


def main() -> float:
    """Train on the training rows and return the accuracy on the test rows."""
    title("Iris: 150 flowers, 3 species", "鸢尾花：150 朵，3 个品种")
    train_xs, train_ys, test_xs, test_ys = data.split(*data.iris(), test=0.2, seed=0)
    train_xs, test_xs = data.standardize(train_xs, test_xs)
    model = MLP(4, [8, 3], "tanh", init="xavier", seed=0)
    sgd = optim.SGD(model.parameters(), lr=0.1)
    history = fit(model, train_xs, train_ys, "cross_entropy", sgd, epochs=40, batch_size=10, progress=True)
    share = accuracy(model, test_xs, test_ys)
    print(f"trained on {len(train_xs)} flowers in {history.seconds:.1f} s; {history}")
    print(f"test accuracy on {len(test_xs)} others: {share:.1%}")
    save_plot(plot.loss(history), "iris-loss")
    return share


if __name__ == "__main__":
    main()
