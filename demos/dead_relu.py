"""Dead ReLUs: units that are off for every sample get no gradient, and so stay off for good.

You will see one step with too large a learning rate kill a net, why its weights stand still afterwards, and two cures:
a smaller step, and leaky_relu, whose slope below 0 is 0.01 in place of 0.
"""

import textwrap

from autograd_lite import explain
from demos.output import title
from nn import MLP, data, fit, gradient_report, losses, optim

BAD, GOOD = 4.0, 0.05  # learning rates


def main() -> dict[str, float]:
    """Train three nets from the same weights, and return the loss that each reaches."""
    title("Dead ReLU: off for every sample, so off for good", "失活的 ReLU：关了就再也打不开")
    xs, ys = data.moons(n=60, noise=0.1, seed=1)
    targets = [2.0 * y - 1.0 for y in ys]
    reached = {}
    print(f"one step of lr, then 300 of lr {GOOD}:   dead after 1 step   after all        loss")
    for activation, lr in (("relu", BAD), ("relu", GOOD), ("leaky_relu", BAD)):
        model = MLP(2, [8, 8, 1], activation, init="he", seed=1)
        dead, name = [], f"{activation}, lr {lr}"
        for rate, epochs in ((lr, 1), (GOOD, 300)):
            history = fit(model, xs, targets, optimizer=optim.SGD(model.parameters(), rate), epochs=epochs)
            report = gradient_report(model, xs, targets)
            dead.append(sum(layer.dead for layer in report.layers))
        reached[name] = history.loss[-1]
        print(f"  {name:<34} {dead[0]:>6} of 16   {dead[1]:>6} of 16   {reached[name]:>9.4f}")
        if len(reached) == 1:
            print(report)
            bias = model.layers[1].neurons[0].b
            why = explain(losses.quadratic(model(xs[0]), targets[0]), bias).why
            print(textwrap.fill(f"Why ∂C/∂{bias.label} is 0: {why}", 80))
    return reached


if __name__ == "__main__":
    main()
