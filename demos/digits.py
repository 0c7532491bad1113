"""Handwritten digits, 8 × 8 pixels: a 64-12-10 net, 910 parameters, trained one scalar at a time.

You will see an image as the net gets it, and what share of 359 digits it has never seen it reads rightly.
"""

from demos.classes import accuracy
from demos.output import save_plot, title
from nn import MLP, data, fit, optim, plot


def main(epochs: int = 10, backend: str = "auto") -> float:
    """Train on the training rows and return the accuracy on the test rows."""
    title("Handwritten digits: 1797 images of 8 × 8 pixels", "手写数字：1797 张 8 × 8 的图")
    train_xs, train_ys, test_xs, test_ys = data.split(*data.digits(), test=0.2, seed=0)
    print(f"this is a {test_ys[0]}:")
    for row in range(8):
        print("  " + "".join(" ░▒▓█"[round(4 * pixel)] * 2 for pixel in test_xs[0][8 * row : 8 * row + 8]))
    model = MLP(64, [12, 10], "tanh", init="xavier", seed=0)
    sgd = optim.SGD(model.parameters(), lr=0.5)
    history = fit(
        model, train_xs, train_ys, "cross_entropy", sgd, epochs=epochs, batch_size=10, backend=backend,
        callback=lambda history: print(f"  {history}", flush=True),
    )  # fmt: skip
    share = accuracy(model, test_xs, test_ys)
    print(f"trained on {len(train_xs)} images in {history.seconds:.1f} s")
    print(f"test accuracy on {len(test_xs)} others: {share:.1%}")
    save_plot(plot.loss(history), "digits-loss")
    return share


if __name__ == "__main__":
    main()
