"""A gradient that explodes: a recurrent net multiplies by the same weight at every step, so ∂C/∂w grows like wᵗ.

You will see the gradient of a small recurrent net by the length of its input, why it is so large, a run that it wrecks,
and the cure, clipping: a step of the same direction and of no more than a given length (Pascanu, Mikolov, Bengio 2013).
"""

import math
import textwrap

from autograd_lite import Value, explain
from demos.output import title
from nn import Module, Parameter, losses, optim

WEIGHT, LIMIT, LR = 1.5, 1.0, 0.05


class Recurrent(Module):
    """h ← w·h + u·x over the numbers of a sequence, from h = 0; the last h is the answer."""

    def __init__(self) -> None:
        self.w, self.u = Parameter(WEIGHT, "w"), Parameter(0.5, "u")

    def __call__(self, xs: list[float]) -> Value:
        """The state after the last number."""
        h: Value = self.u * xs[0]
        for x in xs[1:]:
            h = self.w * h + self.u * x
        return h


def main() -> tuple[list[float], list[float]]:
    """Print gradients by length and two runs, and return the costs of both."""
    title("Exploding: a recurrent net, and clipping", "梯度爆炸：循环网络与梯度裁剪")
    for length in (5, 10, 20, 40):
        model = Recurrent()
        h = model([1.0] * length)
        h.backward()
        told = explain(h, model.w, top=1)
        print(
            f"{length:>2} numbers: ∂h/∂w = {model.w.grad:8.3g} over {told.n_paths:>2} paths, "
            f"the longest with {WEIGHT}^{length - 2} = {WEIGHT ** (length - 2):.3g}"
        )
    print(textwrap.fill("Why: each way back to an early step goes through one more factor w for every later one.", 80))
    return run(None), run(LIMIT)


def run(limit: float | None) -> list[float]:
    """Up to 400 steps on one sequence of 20, with gradients of at most this norm, and what each cost."""
    model, costs = Recurrent(), []
    optimizer = optim.SGD(model.parameters(), lr=LR)
    for _ in range(400):
        optimizer.zero_grad()
        cost = losses.quadratic(model([1.0] * 20), 1.0)
        cost.backward()
        costs.append(cost.data)
        if limit is not None:
            optim.clip_norm(model.parameters(), limit)
        if not math.isfinite(cost.data):
            break
        optimizer.step()
    name = "without clipping" if limit is None else f"clipped to {limit:g}"
    print(f"{name:>16}: " + " ".join(f"{costs[k]:.3g}" for k in (0, 1, 2, 3, len(costs) - 1) if k < len(costs)))
    return costs


if __name__ == "__main__":
    main()
