"""Why a gradient is what it is: the chain rule, every path, and the factor that limits it; then a dead ReLU, found.

You will see the derivation of ∂y/∂w for one neuron, the evaluation trace of its graph, 2¹⁰⁰ paths counted in no time,
the reason for a gradient that is 0, and the receipt for one δ of a small net, term by term.
"""

import textwrap

from autograd_lite import Value, explain, relu, tanh, trace_table
from demos.output import OUTPUT, title
from nn import MLP, verify


def main() -> None:
    """Print the derivation, the trace, the paths, the causes and the receipt."""
    title("The chain rule, told", "链式法则，讲给你听")
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    a = tanh(w * x + b) * w
    told = explain(a, w)
    print(told)
    print(f"\n{trace_table(a, w)}")

    title("2¹⁰⁰ paths", "2¹⁰⁰ 条路径")
    top = bottom = Value(1.0, "x")
    for _ in range(100):
        top = top * 0.5 + top * 0.25
    found = explain(top, bottom, top=3)
    print(f"{found.n_paths:,} paths, of which the largest contribute")
    print(*(f"{path.product:.3g}," for path in found.paths), f"and all together {found.gradient:.3g}")

    title("Why is my gradient zero, or nan?", "梯度为什么是 0，或是 nan？")
    for y in (relu(x * -3) * w, (x * 400).sigmoid(), x * 2 - x * 2, (x - 2).log() * 0, w * 3):
        found = explain(y, x)
        print(textwrap.fill(f"{found.gradient + 0.0:>3.0f}  {found.why}", 80, subsequent_indent="     "))

    title("The receipt for one δ", "一个 δ 的对账单")
    model = MLP(2, [3, 2], "sigmoid", "sigmoid", init="normal", seed=1)
    print(verify(model, [0.5, -1.0], [1.0, 0.0]).receipt("δ1[0]"))
    OUTPUT.mkdir(exist_ok=True)
    for ending, text in (("md", told.markdown), ("tex", told.latex)):
        (OUTPUT / f"explain.{ending}").write_text(text, encoding="utf-8")
        print(f"wrote {OUTPUT / 'explain'}.{ending}")


if __name__ == "__main__":
    main()
