"""Clipping the error is not clipping the gradient: where the error is cut off, its slope is 0, and nothing is learned.

You will see a line fitted to points that it starts far from. With the error cut at ±1, a reading of "clip the error"
that many programs have taken, every point beyond gets the gradient 0. With the gradient cut, or with the Huber loss,
whose own gradient levels off at ±1, it finds the line (V. Mnih et al. 2015 meant these).
"""

import textwrap
from collections.abc import Callable

from autograd_lite import Value, explain
from demos.output import title
from nn import Layer, losses, optim

XS = [0.5 * k for k in range(-4, 5)]
LINE = (2.0, -30.0)  # the slope, and the height at 0
STEPS, LR = 600, 0.1


def main() -> dict[str, float]:
    """Fit the line in three ways, and return how far each ends from its height at 0."""
    title("Clipping the error in place of the gradient", "该裁剪梯度，却裁剪了误差")
    ways: dict[str, tuple[Callable[[Value], Value], float | None]] = {
        "the error cut at ±1": (lambda d: 0.5 * d.maximum(-1).minimum(1) ** 2, None),
        "the gradient cut at ±1": (lambda d: 0.5 * d**2, 1.0),
        "the Huber loss": (lambda d: losses.huber(d, 0.0), None),
    }
    missed = {}
    for name, (cost, limit) in ways.items():
        model = Layer(1, 1, "linear", seed=0)
        first = descend(model, cost, limit, 1)
        descend(model, cost, limit, STEPS)
        slope, height = model.neurons[0].w[0].data, model.neurons[0].b.data
        missed[name] = abs(height - LINE[1])
        print(f"{name:>22}: first ∂C/∂b {first:.3g}; after {STEPS} steps y = {slope:.3f} x {height:+.3f}")
        if name == "the error cut at ±1":
            error = model([XS[0]]) - (LINE[0] * XS[0] + LINE[1])
            why = explain(cost(error), model.neurons[0].b).why
            print(textwrap.fill(f"Why ∂C/∂b is 0: {why}", 80))
    return missed


def descend(model: Layer, cost: Callable[[Value], Value], limit: float | None, steps: int) -> float:
    """Steps of gradient descent on all points; gives the last gradient by the bias."""
    optimizer = optim.SGD(model.parameters(), lr=LR)
    for _ in range(steps):
        optimizer.zero_grad()
        total: Value = sum(cost(model([x]) - (LINE[0] * x + LINE[1])) for x in XS) / len(XS)  # type: ignore[assignment]
        total.backward()
        if limit is not None:
            optim.clip_value(model.parameters(), limit)
        optimizer.step()
    return model.neurons[0].b.grad


if __name__ == "__main__":
    main()
