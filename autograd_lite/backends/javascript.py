"""The JavaScript backend: a tape as straight-line JavaScript, one constant an instruction, for the page and to keep.

`FORMS` says how an op is written, and it says no more than the value: gradients are the adjoint tape's instructions,
written with the same forms, and an op without one is written out by the definition in its row. What `Math` lacks is in
`elementary.js`, of which a program gets the parts that it uses. All names and numbers in the source are made here;
labels are in it as the strings of an array.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from autograd_lite.op import Op
from autograd_lite.tape import Instruction, Tape

LIBRARY = Path(__file__).with_name("elementary.js")

# The value of each op, as an expression of its inputs, which are names or numbers.
FORMS: dict[str, str] = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negate": "-{0}",
    "power": "power({0}, {1})",
    "lower_power": "lowerPower({0}, {1}, {2})",
    "greater": "{0} > {1} ? 1 : 0",
    "greater_equal": "{0} >= {1} ? 1 : 0",
    "less": "{0} < {1} ? 1 : 0",
    "less_equal": "{0} <= {1} ? 1 : 0",
    "equal": "{0} === {1} ? 1 : 0",
    "where": "{0} !== 0 ? {1} : {2}",
    "maximum": "{0} > {1} || {0} !== {0} ? {0} : {1}",
    "minimum": "{0} < {1} || {0} !== {0} ? {0} : {1}",
    "relu": "{0} <= 0 ? 0 : {0}",
    "hypot": "Math.hypot({0}, {1})",
    "atan2": "Math.atan2({0}, {1})",
    **{name: f"Math.{name}({{0}})" for name in (
        "abs", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
        "tanh",
    )},
    "tanh_slope": "tanhSlope({0})",
    "erf": "erf({0})",
    "erfc": "erfc({0})",
}  # fmt: skip


def standalone(tape: Tape) -> str:
    """The program as a file of its own: numbers in, `{outputs, gradient}` out; no gradient for several outputs.

    Raises ValueError for an op that has no form.
    """
    has_gradient = len(tape.outputs) == 1
    program = (tape.adjoint() if has_gradient else tape.simplified()).inlined(has)
    parameters = ", ".join(f"v{i}" for i in range(len(tape.labels)))
    outputs, gradient = results(program)[: len(tape.outputs)], results(program)[len(tape.outputs) :]
    told = "one number and its gradient by the inputs" if has_gradient else "the outputs"
    answer = f"outputs: [{', '.join(outputs)}]" + (f", gradient: [{', '.join(gradient)}]" if has_gradient else "")
    body = [f"  {line}" for line in statements(program)]
    lines = [
        f"// A program recorded by autograd_lite: {len(tape.labels)} input(s), {len(tape.instructions)} operation(s); "
        f"it gives {told}.",
        f"export const inputs = {json.dumps(tape.labels)};",
        f"export const example = [{', '.join(map(literal, tape.example))}];",
        f"\nexport function program({parameters}) {{",
        *body,
        f"  return {{ {answer} }};",
        "}",
    ]
    return "\n".join([*lines, *(f"\n{block}" for block in library("\n".join(body))), ""])


def function(name: str, tape: Tape) -> str:
    """A function that reads the inputs from one array and writes the outputs into another: the form of the page.

    Raises ValueError for an op that has neither a form nor a definition.
    """
    tape = tape.inlined(has)
    reads = [f"  const v{i} = x[{i}];" for i in range(len(tape.labels))]
    writes = [f"  y[{k}] = {result};" for k, result in enumerate(results(tape))]
    return "\n".join([f"function {name}(x, y) {{", *reads, *(f"  {line}" for line in statements(tape)), *writes, "}"])


def has(op: Op) -> bool:
    """Whether there is a form for an op."""
    return op.name in FORMS


def names(tape: Tape) -> list[str]:
    """How each number of a tape is called in its program: inputs and results by name, constants as they are."""
    n, constants = len(tape.labels), tape.constants
    results = range(n + len(constants), n + len(constants) + len(tape.instructions))
    return [*(f"v{i}" for i in range(n)), *map(literal, constants), *(f"v{i}" for i in results)]


def results(tape: Tape) -> list[str]:
    """The names of a tape's outputs."""
    named = names(tape)
    return [named[i] for i in tape.outputs]


def statements(tape: Tape) -> list[str]:
    """One statement an instruction; the inputs have to be defined before."""
    named = names(tape)
    first = len(tape.labels) + len(tape.constants)
    return [f"const v{i} = {_expression(step, named)};" for i, step in enumerate(tape.instructions, start=first)]


def _expression(step: Instruction, named: Sequence[str]) -> str:
    form = FORMS.get(step.op.name)
    if form is None:
        raise ValueError(
            f"source: the op {step.op.name} has neither a form in JavaScript nor a definition; define() it by other ops"
        )
    return form.format(*[named[i] for i in step.arguments])


def literal(x: float) -> str:
    """A double as source that gives the same double, in brackets if it has a sign."""
    text = {"inf": "Infinity", "-inf": "(-Infinity)", "nan": "NaN"}.get(repr(x), repr(x))
    return f"({text})" if text.startswith("-") else text


def library(source: str) -> list[str]:
    """The blocks of `elementary.js` that a program uses, each once and before what uses it."""
    found: dict[str, str] = {}
    wanted = list(_used(source))
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = _blocks()[name]
            wanted += _used(found[name])
    return [block for name, block in _blocks().items() if name in found]


@cache
def _blocks() -> dict[str, str]:
    """The definitions in `elementary.js` by name."""
    blocks = LIBRARY.read_text(encoding="utf-8").strip().split("\n\n")
    heads = ((re.search(r"^(?:function|const) (\w+)", block, re.MULTILINE), block) for block in blocks)
    return {head.group(1): block for head, block in heads if head}


def _used(source: str) -> Iterable[str]:
    return [name for name in _blocks() if re.search(rf"(?<![\w.]){name}\b", source)]
