"""What the command line can do: one function a command, and the table `COMMANDS` that says what each is for
and which of the `OPTIONS` (options.py) it has.

A command takes the parsed arguments, prints, and returns the exit code. An error is a ValueError, TypeError, OSError …
in one line; `__main__` writes it down.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd_lite.errors import shown
from autograd_lite.op import Op
from autograd_lite.ops import TABLE
from autograd_lite.telling.document import Document
from autograd_lite.telling.expression import Expression, parse
from autograd_lite.value import Value

Arguments = argparse.Namespace


def _explain(chosen: Arguments) -> int:
    from autograd_lite.telling.explanation import explain

    y, inputs = _graph(chosen)
    wanted = _chosen_inputs(inputs, chosen.wrt)
    print("\n\n".join(_written(explain(y, x, chosen.top), chosen.format) for x in wanted))
    return 0


def _trace(chosen: Arguments) -> int:
    from autograd_lite.telling.trace import trace_table

    y, inputs = _graph(chosen)
    (x,) = _chosen_inputs(inputs, chosen.wrt) if chosen.wrt else (None,)
    print(_written(trace_table(y, x), chosen.format))
    return 0


def _steps(chosen: Arguments) -> int:
    from autograd_lite.telling.listing import step_table
    from autograd_lite.telling.steps import backward_steps

    y, _ = _graph(chosen)
    print(_written(step_table(y, list(backward_steps(y))), chosen.format))
    return 0


def _mistakes(chosen: Arguments) -> int:
    from autograd_lite.telling.mistakes import mistakes

    print(_written(mistakes(_graph(chosen)[0]), chosen.format))
    return 0


def _cost(chosen: Arguments) -> int:
    from autograd_lite.telling.cost import count_operations

    print(_written(count_operations(_graph(chosen)[0]), chosen.format))
    return 0


def _draw(chosen: Arguments) -> int:
    from autograd_lite.pictures.drawing import draw

    y, _ = _graph(chosen)
    y.backward()
    names = ("style", "theme", "detail", "step")
    given = {name: getattr(chosen, name) for name in names if getattr(chosen, name) is not None}
    if chosen.animate:
        if given.keys() - {"theme"}:
            raise ValueError(f"expected no --{min(given.keys() - {'theme'})} beside --animate, which shows every step")
        written = draw.animate(y, chosen.output, **given)
        print(f"wrote {written[0]}" if len(written) == 1 else f"wrote {written[0]} to {written[-1]}")
        return 0
    drawing = draw(y, **given)
    if chosen.output == "-":
        print(drawing.source)
    else:
        drawing.save(chosen.output)
        print(f"wrote {chosen.output}")
    return 0


def _explore(chosen: Arguments) -> int:
    from autograd_lite.page.exploring import explore

    if (chosen.train is None) == (chosen.expression is None):
        given = "neither" if chosen.train is None else "both"
        raise ValueError(
            f"expected an expression, such as x**2 x=3, or --train with the name of a data set, got {given}"
        )
    if chosen.train is None:
        explore(_graph(chosen)[0], chosen.output)
    else:
        _train(chosen.train, chosen.output)
    print(f"wrote {chosen.output}")
    return 0


def _train(name: str, path: str) -> None:
    """The playground of a small net on one of the data sets of the plane."""
    from nn import MLP, data, optim, playground

    xs, ys = getattr(data, name)()
    model = MLP(2, [8, 8, 1], "tanh", init="xavier", seed=0)
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    playground(model, xs, [2 * y - 1 for y in ys], "hinge", optimizer, path=path)


def _tape(chosen: Arguments) -> int:
    from autograd_lite.tape import trace
    from autograd_lite.telling.listing import document

    y, inputs = _graph(chosen)
    tape = trace([y], list(inputs.values()))
    print(tape if chosen.format == "text" else _written(document(tape), chosen.format))
    return 0


def _check(chosen: Arguments) -> int:
    from autograd_lite.derivatives.check import check_orders  # type: ignore[import-not-found,unused-ignore]

    expression, numbers = _read(chosen)

    def function(*values: Value) -> Value:
        return _result(expression, dict(zip(numbers, values, strict=True)))

    try:
        for k, n in check_orders(function, [Value(number, name) for name, number in numbers.items()], chosen.order):
            if k < chosen.order and sys.stderr.isatty():
                print(f"order {k} holds; of order {k + 1} there are {n:,} derivatives", file=sys.stderr)
    except ArithmeticError as error:
        print(f"does NOT hold: {error}")
        return 1
    print(f"the derivatives of {expression.text} hold up to order {chosen.order}")
    return 0


def _ops(chosen: Arguments) -> int:
    from autograd_lite.telling.reference import all_ops, one_op

    print(_written(all_ops(chosen.long) if chosen.name is None else one_op(named(chosen.name)), chosen.format))
    return 0


def _verify(chosen: Arguments) -> int:
    from nn import MLP, verify

    sizes = [_number(int, size, "--layers") for size in chosen.layers.split(",")]
    if len(sizes) < 2:
        raise ValueError(f"expected --layers like 2,3,1: inputs, hidden layers, outputs; got {chosen.layers}")
    model = MLP(sizes[0], sizes[1:], chosen.activation, chosen.activation, init="normal", seed=chosen.seed)
    found = verify(model, [(-0.5) ** k for k in range(sizes[0])], [0.5] * sizes[-1])
    told = found if chosen.receipt is None else found.receipt(chosen.receipt)
    print(f"{model!r}, seed {chosen.seed}\n\n{told}")
    return 0 if found.ok() else 1


def _practice(chosen: Arguments) -> int:
    from autograd_lite.exercises.practice import listed, practice

    if chosen.list:
        print(listed(chosen.language))
        return 0
    return practice(chosen.exercises, chosen.language)


def _network(name: str) -> Callable[[Arguments], int]:
    """A command of `nn.command`."""

    def run(chosen: Arguments) -> int:
        from nn import command

        code: int = getattr(command, name)(chosen)
        return code

    return run


def named(name: str) -> Op:
    """The op of this name, or that is written like this: power, x ** y and ** are one."""
    if name in TABLE:
        return TABLE[name]
    for op in TABLE.values():
        written = op.text_of(op.arity).format(*"xyzuvw"[: op.arity]).replace(" ", "")
        if name.replace(" ", "") in (written, written.strip("xy")):
            return op
    raise ValueError(f"expected a name that `autograd-lite ops` lists, got {shown(name)}")


# ---- expressions and their numbers ----


def _read(chosen: Arguments) -> tuple[Expression, dict[str, float]]:
    """The expression, and the number of each of its names in the order in which they were given."""
    expression = parse(chosen.expression)
    numbers: dict[str, float] = {}
    for pair in chosen.numbers:
        name, equals, number = pair.partition("=")
        if not equals or not name.isidentifier():
            raise ValueError(f"expected numbers as name=number, like x=2, without spaces, got {pair!r}")
        if name in numbers:
            raise ValueError(f"expected one number for {name}, got a second one, {pair!r}")
        if name not in expression.names:
            raise ValueError(f"{name} is not in the expression, which has {', '.join(expression.names) or 'no names'}")
        numbers[name] = _number(float, number, name)
    return expression, numbers


def _number(kind: Callable[[str], Any], text: str, name: str) -> Any:
    try:
        x = kind(text)
    except ValueError:
        raise ValueError(
            f"expected {name} to be {'an int' if kind is int else 'a number'}, got {shown(text)}"
        ) from None
    if any(character.isdigit() for character in text) and math.isinf(x):
        raise ValueError(f"expected {name} to be a number that fits a double, at most 1.8e308, got {shown(text)}")
    return x


def _graph(chosen: Arguments) -> tuple[Value, dict[str, Value]]:
    """The expression's Value, and its inputs by name."""
    expression, numbers = _read(chosen)
    inputs = {name: Value(number, name) for name, number in numbers.items()}
    return _result(expression, inputs), inputs


def _result(expression: Expression, values: dict[str, Value]) -> Value:
    y = expression(values)
    return y if isinstance(y, Value) else Value(y)


def _chosen_inputs(inputs: dict[str, Value], name: str | None) -> list[Value]:
    """The input of that name, or all of them."""
    if name is None:
        if not inputs:
            raise ValueError("expected an expression with a name in it, such as x**2 x=3")
        return list(inputs.values())
    if name not in inputs:
        raise ValueError(f"expected --wrt to be one of {', '.join(inputs) or 'the names'}, got {name!r}")
    return [inputs[name]]


def _written(document: Document, format: str) -> str:
    text: str = getattr(document, format)
    return text.rstrip("\n")


# ---- the table of commands ----


class Command(NamedTuple):
    """What a command does, an example of it, its options, and the function that runs it."""

    says: str
    example: str
    options: tuple[str, ...]
    run: Callable[[Arguments], int]


NEURON = '"tanh(w*x + b)" w=0.5 x=2 b=-1'
COMMANDS: dict[str, Command] = {
    "explain": Command("derive dy/dx: the chain rule, every path, what limits it", f"{NEURON} --wrt w",
                       ("expression", "wrt", "top", "format"), _explain),
    "trace": Command("tabulate values, adjoints and, with --wrt, tangents", NEURON,
                     ("expression", "wrt", "format"), _trace),
    "steps": Command("list the backward pass, edge by edge", NEURON, ("expression", "format"), _steps),
    "mistakes": Command("run the classic wrong backward passes beside the right one", '"x*x*x" x=3',
                        ("expression", "format"), _mistakes),
    "cost": Command("count the operations of reverse mode, forward mode and differences", NEURON,
                    ("expression", "format"), _cost),
    "draw": Command("draw the graph into a file (.svg .png .pdf .dot)", f"{NEURON} -o neuron.svg",
                    ("expression", "output", "style", "theme", "detail", "step", "animate"), _draw),
    "explore": Command("write a page in which the graph, or with --train a net, can be played with", NEURON,
                       ("formula", "numbers", "train", "page"), _explore),
    "tape": Command("print the graph and its gradient as straight-line programs", NEURON,
                    ("expression", "format"), _tape),
    "check": Command("hold reverse mode, forward mode and differences against one another", NEURON,
                     ("expression", "order"), _check),
    "ops": Command("list the functions, what each means, its derivatives; or say more about one", "tanh",
                   ("name", "long", "format"), _ops),
    "verify": Command("hold the engine against BP1-BP4 on a small random network",
                      "--layers 2,3,1 --activation sigmoid --receipt 'w1[0,1]'",
                      ("layers", "activation", "seed", "receipt"), _verify),
    "train": Command("train a net on a data set or a CSV file", "moons --hidden 16 16 --optimizer adam --epochs 50",
                     ("data", "target", "hidden", "hidden_activation", "optimizer", "lr", "epochs", "batch_size",
                      "validation", "patience", "backend", "seed", "save", "plot"), _network("train")),
    "predict": Command("what a net that was saved answers, for numbers or for the rows of a CSV file",
                       "model.json 0.3 -0.2", ("model", "inputs", "target"), _network("predict")),
    "show": Command("what a file of train --save or nn.save holds", "model.json", ("model",), _network("show")),
    "practice": Command("do the exercises of the course (all, or those named), answers line by line", "square-slope",
                        ("exercises", "language", "list"), _practice),
}  # fmt: skip
