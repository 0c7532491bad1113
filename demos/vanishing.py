"""A gradient that vanishes: each sigmoid layer hands on at most a quarter of it, times its weights.

You will see ‖δ‖ fall from layer to layer in a net of ten, why, what that does to training, and the cure: a function
of slope 1 around 0, and weights of the size that keeps the activations' (Glorot and Bengio 2010).
"""

import textwrap

from autograd_lite import explain
from demos.output import save_plot, title
from nn import MLP, History, data, fit, gradient_report, losses, optim

DEPTH, WIDTH = 10, 4


def main() -> tuple[History, History]:
    """Show both nets' reports, and return what training makes of them."""
    title("Vanishing: sigmoid, a quarter a layer", "梯度消失：每层至多剩四分之一")
    xs, ys = data.moons(n=40, noise=0.1, seed=1)
    ill = net("sigmoid")
    report = gradient_report(ill, xs, ys, "binary_cross_entropy")
    print(report)
    cost = losses.binary_cross_entropy(ill(xs[0]), ys[0])
    why = explain(cost, ill.layers[0].neurons[0].w[0]).why
    print(textwrap.fill(f"Why ∂C/∂w1[0,0] is small: {why}", 80))
    print("σ′(z) = a(1 − a) is ¼ at most, at z = 0; nine layers of it make 4⁻⁹ = 3.8e-06.")
    save_plot(report.plot(), "vanishing")

    title("The cure: tanh, and weights to go with it", "解法：tanh 和与之相配的初始权重")
    healthy = net("tanh")
    print(gradient_report(healthy, xs, ys, "binary_cross_entropy"))
    runs = [
        fit(model, xs, ys, "binary_cross_entropy", optim.SGD(model.parameters(), lr=0.2), epochs=300)
        for model in (ill, healthy)
    ]
    for name, history in zip(("sigmoid", "tanh"), runs, strict=True):
        print(f"after 300 epochs with {name:<7}: loss {history.loss[-1]:.4f}, accuracy {history.accuracy[-1]:.0%}")
    return runs[0], runs[1]


def net(activation: str) -> MLP:
    """Nine hidden layers of this activation, and a sigmoid output."""
    return MLP(2, [WIDTH] * (DEPTH - 1) + [1], activation, "sigmoid", init="xavier", seed=3)


if __name__ == "__main__":
    main()
