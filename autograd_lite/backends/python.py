"""The Python backend: a tape as Python source, with no dependency.

A tape with loops is written statement by statement (see `loops.python_source`), so that the source is short and is
compiled at once however wide the layers are; what has none is straight-line code, one assignment an instruction. All
names and numbers in the source are made here; labels never reach it. `a + b` runs as it does on the eager engine, and
every other op calls its row's `forward`, so the results are the eager engine's to the bit.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.loops.naming import Arrays, Place
from autograd_lite.backends.loops.python_source import HELPERS, lines, stores
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.runs import Ref
from autograd_lite.backends.loops.statements import Loops
from autograd_lite.tape import Instruction, Tape

SMALL = 100  # instructions: so short a program is straight-line code
WORTH = 4  # instructions a statement at least, on average

# The only ops that Python's own operators compute as IEEE 754 does, and without a call.
INFIX = {ops.add, ops.subtract, ops.multiply, ops.negate}


def source(tape: Tape) -> str:
    """The source of a function of one double an input that returns the outputs."""
    loops = _rolled(tape)
    if loops is None:
        lines, names = _straight(tape)
        parameters = "".join(name + ", " for name in names[: len(tape.labels)])
        return _function(
            f"program({parameters[:-2]})", [*lines, f"return [{', '.join(names[i] for i in tape.outputs)}]"]
        )
    return _function("program(*v)", [*_statements(loops, "v"), "return out"])


def batch_source(tape: Tape, n_parameters: int, n_outputs: int) -> str:
    """The source of a function that adds up the numbers of a tape over samples.

    The tape's inputs are the parameters and then the numbers of one sample; its first `n_outputs` outputs, and after
    them a gradient, are summed over `rows[i] for i in indices`, from left to right.
    """
    loops = _rolled(tape)
    if loops is not None:
        lines, result = [*_statements(loops, "v")], "out"
        head = ["v = [*parameters, *rows[index]]"]
    else:
        lines, names = _straight(tape)
        head = [f"{', '.join(names[: len(tape.labels)])}, = *parameters, *rows[index]"] if tape.labels else []
        result = f"[{', '.join(names[i] for i in tape.outputs)}]"
    body = [*head, *lines, f"sums = [s + x for s, x in zip(sums, {result})]"]
    return _function(
        "batch(parameters, rows, indices)",
        [
            f"sums = [0.0] * {len(tape.outputs)}",
            "for index in indices:",
            *(f"    {line}" for line in body),
            f"return tuple(sums[:{n_outputs}]), sums[{n_outputs}:]",
        ],
    )


def _function(head: str, lines: Sequence[str]) -> str:
    return "\n".join([f"def {head}:", *(f"    {line}" for line in lines), ""])


def _rolled(tape: Tape) -> Loops | None:
    """The loops of a tape if they make its source shorter by far."""
    if len(tape.instructions) < SMALL:
        return None
    loops = recover(tape)
    return loops if WORTH * len(loops.statements) < len(tape.instructions) else None


def _statements(loops: Loops, inputs: str) -> list[str]:
    """The assignments of a program whose inputs are a list of this name, up to that of its outputs, `out`."""
    arrays = Arrays(loops, {}, taken=("out",), flat=inputs)

    def target(output: Ref, dims: tuple[int, ...]) -> Place:
        return Place("out", output.start, output.strides, 0)

    tables = [f"{name} = {tuple(map(float, table))!r}" for name, table in arrays.tables.items()]
    return [*tables, *lines(arrays), f"out = [0.0] * {len(loops.tape.outputs)}", *stores(arrays, target)]


def _straight(tape: Tape) -> tuple[list[str], list[str]]:
    """One assignment an instruction; and the name of each number of the tape."""
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    found = []
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        found.append(f"v{i} = {_expression(instruction, names)}")
        names.append(f"v{i}")
    return found, names


def batch(tape: Tape, n_parameters: int, n_outputs: int) -> Callable[..., Any]:
    """The function of `batch_source`: `batch(parameters, rows, indices)` gives the sums and the summed gradient."""
    return _defined(batch_source(tape, n_parameters, n_outputs), tape, "batch")


class Program:
    """A tape that runs: `run` gives the outputs for one number an input, `map` for rows of them."""

    def __init__(self, tape: Tape, exact: bool = True) -> None:
        self.run = _defined(source(tape), tape, "program")
        self._n_inputs, self._n_outputs = len(tape.labels), len(tape.outputs)

    def map(self, rows: memoryview, results: memoryview, n: int) -> None:
        """Fill `results` with the outputs for n rows of inputs; both are flat buffers of doubles."""
        numbers = rows.tolist()
        for i in range(n):
            outputs = self.run(*numbers[i * self._n_inputs : (i + 1) * self._n_inputs])
            results[i * self._n_outputs : (i + 1) * self._n_outputs] = array("d", outputs)


def _defined(text: str, tape: Tape, name: str) -> Callable[..., Any]:
    """The function that the source defines, with the rows of the table that it calls."""
    namespace: dict[str, Any] = {step.op.name: step.op.forward for step in tape.instructions}
    namespace.update(inf=math.inf, nan=math.nan)
    exec(HELPERS, namespace)
    exec(compile(text, "<tape>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function


def _expression(instruction: Instruction, names: list[str]) -> str:
    arguments = [names[i] for i in instruction.arguments]
    if instruction.op in INFIX:
        return instruction.op.text.format(*arguments)
    return f"{instruction.op.name}({', '.join(arguments)})"


def _literal(x: float) -> str:
    """A double as source that gives the same double; a sign or a name of its own is bracketed."""
    return f"({x!r})"
