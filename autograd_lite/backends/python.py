"""The Python backend: a tape as straight-line Python source, one statement an instruction, with no dependency.

All names and numbers in the source are made here; labels never reach it. `a + b` runs as it does on the eager engine,
and every other op calls its row's `forward`, so the results are the eager engine's to the bit.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd_lite import ops

if TYPE_CHECKING:
    from autograd_lite.tape import Instruction, Tape

# The only ops that Python's own operators compute as IEEE 754 does, and without a call.
INFIX = {ops.add, ops.subtract, ops.multiply, ops.negate}


def source(tape: Tape) -> str:
    """The source of a function of one double an input that returns a tuple of the outputs."""
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    lines = [f"def program({', '.join(names[: len(tape.labels)])}):"]
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        lines.append(f"    v{i} = {_expression(instruction, names)}")
        names.append(f"v{i}")
    return "\n".join([*lines, f"    return ({''.join(names[i] + ', ' for i in tape.outputs)})", ""])


def batch_source(tape: Tape, n_parameters: int, n_outputs: int) -> str:
    """The source of a function that adds up the numbers of a tape over samples.

    The tape's inputs are the parameters and then the numbers of one sample; its first `n_outputs` outputs, and after
    them a gradient, are summed over `rows[i] for i in indices`, from left to right.
    """
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    sums = [f"s{k}" for k in range(len(tape.outputs))]
    parameters, sample = names[:n_parameters], names[n_parameters : len(tape.labels)]
    lines = ["def batch(parameters, rows, indices):"]
    lines += [f"    {', '.join(parameters)}, = parameters"] if parameters else []
    lines += [f"    {name} = 0.0" for name in sums]
    lines += ["    for index in indices:", f"        {', '.join(sample)}, = rows[index]"]
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        lines.append(f"        v{i} = {_expression(instruction, names)}")
        names.append(f"v{i}")
    lines += [f"        {name} += {names[i]}" for name, i in zip(sums, tape.outputs, strict=True)]
    head, gradient = ", ".join(sums[:n_outputs]), ", ".join(sums[n_outputs:])
    return "\n".join([*lines, f"    return ({head},), [{gradient}]", ""])


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
