"""Derivatives of functions: of every order, as a graph that can be drawn, and at work in Newton's method.

You will see tanh with its derivatives up to the fifth, the graph of the second one, and six steps to the bottom of
Rosenbrock's valley, which gradient descent takes thousands of steps through.
"""

from typing import Any

from autograd_lite import Value, grad, gradients, hessian, tanh, value_and_grad
from demos.output import save_drawing, title

ORDERS, POINTS = 5, (-2.0, -1.0, 0.0, 1.0, 2.0)


def rosenbrock(x: Any) -> Any:
    """A bent valley whose bottom is at (1, 1)."""
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def newton_step(x: list[float]) -> list[float]:
    """x − H⁻¹ g, the bottom of the parabola that has f's value, gradient g and Hessian H at x."""
    g, H = grad(rosenbrock)(x), hessian(rosenbrock)(x)
    determinant = H[0][0] * H[1][1] - H[0][1] * H[1][0]
    return [
        x[0] - (H[1][1] * g[0] - H[0][1] * g[1]) / determinant,
        x[1] - (H[0][0] * g[1] - H[1][0] * g[0]) / determinant,
    ]


def main() -> None:
    """Print the table, draw the graph, and take the steps."""
    title("Derivatives of derivatives", "导数的导数")
    print("order   " + "".join(f"   x = {x:>4}" for x in POINTS))
    f = tanh
    for order in range(ORDERS + 1):
        print(f"{order:>5}   " + "".join(f"{f(x) + 0.0:>11.5f}" for x in POINTS))
        f = grad(f)

    x = Value(0.5, "x")
    slope = gradients(tanh(x), x, create_graph=True)
    second = gradients(slope, x, create_graph=True)
    slope.label, second.label = "tanh′(x)", "tanh″(x)"
    save_drawing(second, "derivative")

    print("\nNewton's method on Rosenbrock's function, by grad and hessian")
    print("step           x           y           f   largest slope")
    point = [-1.2, 1.0]
    for step in range(7):
        value, slopes = value_and_grad(rosenbrock)(point)
        print(f"{step:>4} {point[0]:>11.6f} {point[1]:>11.6f} {value:>11.3g} {max(map(abs, slopes)):>15.3g}")
        point = newton_step(point)


if __name__ == "__main__":
    main()
