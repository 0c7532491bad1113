"""The loops in the scalars: a 3-2-1 net, edge by edge, as a tape, and rolled up to BP1–BP4.

You will see the 41 edges of the graph of a cost, the tape of its gradient, the equations that come out when its loops
are found again, each beside the line of nn/proof/deltas.py that says the same, and that both give the same numbers.
"""

import ast
import inspect
import textwrap
from typing import Any

from autograd_lite import Value
from autograd_lite.graph import toposort
from autograd_lite.tape import Tape, trace
from demos.output import title
from nn import MLP, deltas
from nn.losses import quadratic

# Which statements of nn/proof/deltas.py say what an equation says: a function, and what the statements begin with.
SAME: dict[str, tuple[Any, ...]] = {
    "z": (deltas.feed_forward, "z = ["),
    "a": (deltas.feed_forward, "activations.append"),
    "BP1": (deltas.bp1, "return"),
    "BP2": (deltas.bp2, "pulled_back", "return"),
    "BP3": (deltas.bp3, "return"),
    "BP4": (deltas.bp4, "return"),
}


def main() -> None:
    """Print a graph, its tape, its loops, and where the oracle says the same."""
    model, x, y = MLP(3, [2, 1], "sigmoid", "sigmoid", seed=1), [0.5, -1.0, 2.0], 1.0
    inputs = [Value(number, f"x[{k}]") for k, number in enumerate(x)]
    target = Value(y, "y")
    cost = quadratic(model(inputs), target)
    cost.label = "C"
    nodes = toposort(cost)
    n_edges = sum(len(node.parents) for node in nodes)
    title(f"A 3-2-1 net is {n_edges} edges", f"一个 3-2-1 网络有 {n_edges} 条边")
    print(in_columns(edges(nodes)))

    parameters = model.parameters()
    tape = trace([cost], [*parameters, *inputs, target]).adjoint(n_gradients=len(parameters))
    n = len(tape.instructions)
    title(f"Its gradient is a tape of {n} instructions", f"求它的梯度要 {n} 条指令")
    print(in_columns(instructions(tape)))

    loops = tape.loops()
    n = len(loops.statements)
    title(f"Its loops found again are {n} statements: BP1–BP4", f"找回循环，只剩 {n} 条语句")
    print("Nobody told the pass what a neuron is. After │ is what nn/proof/deltas.py says.\n")
    for line in loops.equations.lines:
        beside(line)
    same_numbers(model, x, y, tape)
    program = tape.source("c").split("double gradient")[1]
    print(f"\ntape.source('c') is all of this in {len(program.splitlines())} lines of C; print(tape.loops())")
    print("writes out the indices.")


def edges(nodes: list[Any]) -> list[str]:
    """Each edge as what it leads to and from; a node without a label is its op with a number."""
    names: dict[Any, str] = {}
    for i, node in enumerate(nodes):
        names[node] = node.label or (f"{node.op.symbol}{i}" if node.op else f"{node.data:g}")
    return [f"{names[node]} ← {names[parent]}" for node in nodes for parent in node.parents]


def instructions(tape: Tape) -> list[str]:
    """The instructions, by the labels of the inputs and the numbers of the rest."""
    names = [*tape.labels, *(f"{constant:g}" for constant in tape.constants)]
    written = []
    for step in tape.instructions:
        names.append(f"v{len(names)}")
        text = step.op.text_of(len(step.arguments)).format(*[names[i] for i in step.arguments])
        written.append(f"{names[-1]} = {text}")
    return written


def in_columns(texts: list[str], width: int = 78) -> str:
    """Texts side by side, read downwards."""
    widest = max(map(len, texts)) + 2
    n = -(-len(texts) // (width // widest))
    rows = [texts[i::n] for i in range(n)]
    return "\n".join("  " + "".join(text.ljust(widest) for text in row).rstrip() for row in rows)


def beside(line: Any) -> None:
    """An equation with its number of scalars, and below it what the oracle says."""
    equation = f"{line.left.text} = {line.right.text}"
    n = line.instructions
    print(f"  {line.tag:<4} {equation:<40} {f'{n} scalar' + 's' * (n > 1) if n else 'no scalar of its own'}")
    function, *starts = SAME.get(line.tag or line.left.text[0], (None,))
    for start in starts:
        statements = filter(lambda node: isinstance(node, ast.stmt), ast.walk(ast.parse(inspect.getsource(function))))
        source = next(text for text in map(ast.unparse, statements) if text.startswith(start))
        for text in textwrap.wrap(source, 70, subsequent_indent="    "):
            print(f"       │ {text}")


def same_numbers(model: MLP, x: list[float], y: float, tape: Tape) -> None:
    """δ by the tape, and by the oracle."""
    numbers = dict(zip(tape.labels, [tape.run(tape.example)[i] for i in tape.outputs[1:]], strict=False))
    weights = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    biases = [[neuron.b.data for neuron in layer.neurons] for layer in model.layers]
    by_hand = deltas.backpropagate(weights, biases, x, y)
    title("Both give the same δ", "两边的 δ 相同")
    for layer, delta in enumerate(by_hand.deltas, start=1):
        for j, number in enumerate(delta):
            print(f"  δ{layer}[{j}]   {numbers[f'b{layer}[{j}]']:+.15f}   {number:+.15f}")


if __name__ == "__main__":
    main()
