"""The chain rule on one neuron: a = tanh(w·x + b), forward in numbers, backward in numbers, and as a picture.

You will see each node's value, then each node's gradient made from the one above it and a local derivative.
"""

from autograd_lite import Value
from autograd_lite.graph import toposort
from demos.output import save_drawing, title


def main() -> None:
    """Print the two passes and draw the graph."""
    title("One neuron, a = tanh(w·x + b)", "一个神经元")
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    product = w * x
    product.label = "w·x"
    z = product + b
    z.label = "z"
    a = z.tanh()
    a.label = "a"

    print("forward: each node computes its number from its parents")
    for node in toposort(a):
        parents = ", ".join(parent.label for parent in node.parents)
        how = f"{node.op.name}({parents})" if node.op else "given"
        print(f"  {node.label:<4} = {node.data:8.4f}   {how}")

    a.backward()
    print("backward: each node hands  local derivative × own gradient  to its parents")
    print(f"  ∂a/∂a   = {a.grad:8.4f}   to start with")
    for node in reversed(toposort(a)):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            ratio = f"∂{node.label}/∂{parent.label}"
            print(
                f"  ∂a/∂{parent.label:<3} = {parent.grad:8.4f}   = {ratio} × ∂a/∂{node.label}"
                f" = {partial:.4f} × {node.grad:.4f}"
            )
    save_drawing(a, "neuron")


if __name__ == "__main__":
    main()
