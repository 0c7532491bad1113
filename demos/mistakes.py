"""Wrong on purpose: the backward passes that everybody writes once, beside the right one, and what the right one costs.

You will see where each mistake first shows on b = a + a, c = b + b and on a two-layer net; the right pass edge by
edge; what happens when a node is pushed too early by hand; and the operations of reverse mode, counted.
"""

import textwrap

from autograd_lite import Value, backward_steps, count_operations, mistakes
from demos.output import title
from nn import MLP
from nn.losses import quadratic


def chain() -> tuple[Value, Value, Value]:
    """a = 1, b = a + a, c = b + b: every node is used twice."""
    a = Value(1.0, "a")
    b = a + a
    b.label = "b"
    c = b + b
    c.label = "c"
    return a, b, c


def main() -> None:
    """Print the wrong passes, the right one in steps, and the counts."""
    title("Wrong on purpose: a = 1, b = a + a, c = b + b", "故意犯错")
    a, _, c = chain()
    print(mistakes(c))

    title("The right pass, edge by edge", "正确的反向传播，一条边一步")
    for step in backward_steps(c):
        before = "nothing" if step.before is None else f"{step.before:g}"
        print(
            f"{step.node.label} hands {step.local:g} × {step.upstream:g} to {step.parent.label}, "
            f"which had {before} and now has {step.after:g}"
        )

    title("By hand, too early", "亲手来，但推早了")
    c.grad = 1.0
    c.backward_step()
    try:
        a.backward_step()
    except RuntimeError as error:
        print(textwrap.fill(str(error), 80))

    title("Wrong on purpose: a 2-3-2 net of tanh neurons and the quadratic cost", "故意犯错")
    cost = quadratic(MLP(2, [3, 2], "tanh", "tanh", seed=1)([0.5, -1.0]), [1.0, 0.0])
    cost.label = "C"
    print(mistakes(cost))

    title("What the right pass costs", "正确的做法要多少次运算")
    print(count_operations(cost))


if __name__ == "__main__":
    main()
