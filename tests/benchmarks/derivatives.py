"""What derivatives cost, in units of the function itself: Rosenbrock's function of 100 variables, and n-th derivatives.

    python -m tests.benchmarks.derivatives

The unit is one eager evaluation of f on Values, its graph recorded. Beside it PyTorch, if it is there, as the usual
way to a Hessian: n gradients of the gradient.
"""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from autograd_lite import Value, grad, gradients, hessian, hvp, jvp, tanh

N, ORDERS = 100, (1, 2, 4, 6, 8, 10)


def rosenbrock(x: list[Any]) -> Any:
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²."""
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def dense(x: list[Any]) -> Any:
    """A function whose Hessian has no 0 in it."""
    return tanh(sum(0.01 * i * t for i, t in enumerate(x))) * sum(t * t for t in x)


def seconds(f: Callable[..., Any], *args: Any, repeat: int = 5) -> float:
    """The shortest of some runs."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        f(*args)
        times.append(time.perf_counter() - started)
    return min(times)


def row_by_row(f: Callable[..., Any], x: list[float]) -> list[list[float]]:
    """The Hessian as n gradients, each of one entry of the gradient: reverse over reverse."""
    xs = [Value(t) for t in x]
    return [gradients(slope, xs) for slope in gradients(f(xs), xs, create_graph=True)]


def costs(name: str, f: Callable[..., Any], x: list[float]) -> None:
    """Print the table of one function."""
    unit = seconds(lambda: f([Value(t) for t in x]))
    v = [1.0] * len(x)
    rows: list[tuple[str, Callable[[], Any]]] = [
        ("f", lambda: f([Value(t) for t in x])),
        ("grad", lambda: grad(f)(x)),
        ("jvp", lambda: jvp(f, [x], [v])),
        ("hvp", lambda: hvp(f, x, v)),
        ("hessian", lambda: hessian(f)(x)),
        ("n gradients of the gradient", lambda: row_by_row(f, x)),
    ]
    print(f"\n{name:<30} {'ms':>8}   {'times f':>7}")
    for what, run in rows:
        took = seconds(run)
        print(f"{what:<30} {took * 1e3:>8.2f}   {took / unit:>7.1f}", flush=True)


def by_torch(x: list[float]) -> None:
    """Print PyTorch's time for the sparse Hessian."""
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed (the peers extra): no comparison")
        return

    def vector_f(t: Any) -> Any:
        return (100 * (t[1:] - t[:-1] ** 2) ** 2 + (1 - t[:-1]) ** 2).sum()

    point = torch.tensor(x, dtype=torch.float64)
    took = seconds(lambda: torch.autograd.functional.hessian(vector_f, point))
    print(f"{'torch hessian, vectorised f':<30} {took * 1e3:>8.2f}")


def orders(name: str, f: Callable[..., Any]) -> None:
    """Print the time of nested reverse mode, order by order."""
    taken = []
    for order in ORDERS:
        nested = f
        for _ in range(order):
            nested = grad(nested)
        taken.append(f"{seconds(nested, 0.5) * 1e3:>8.2f}")
    print(f"{name:<14}" + "".join(taken))


def main() -> None:
    """Print the tables."""
    x = [0.1 * (i % 7) - 0.3 for i in range(N)]
    costs(f"Rosenbrock, n = {N}", rosenbrock, x)
    by_torch(x)
    costs(f"dense Hessian, n = {N}", dense, x)
    print("\nms for the derivative of order")
    print(f"{'':<14}" + "".join(f"{order:>8}" for order in ORDERS))
    orders("tanh(x)", tanh)
    orders("1/(1 + x²)", lambda x: 1 / (1 + x**2))
    orders("x**17", lambda x: x**17)


if __name__ == "__main__":
    main()
