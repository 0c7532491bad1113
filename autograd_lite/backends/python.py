"""The Python backend: a tape as straight-line Python source, one statement an instruction, with no dependency.

All names and numbers in the source are made here; labels never reach it. `a + b` runs as it does on the eager engine,
and every other op calls its row's `forward`, so the results are the eager engine's to the bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd_lite import ops

if TYPE_CHECKING:
    from autograd_lite.tape import Instruction, Tape

# The only ops that Python's own operators compute as IEEE 754 does, and without a call.
INFIX = {ops.add, ops.subtract, ops.multiply, ops.negate}


def source(tape: Tape, name: str = "program") -> str:
    """The source of a function of one double an input that returns a tuple of the outputs."""
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    lines = [f"def {name}({', '.join(names[: len(tape.labels)])}):"]
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        lines.append(f"    v{i} = {_expression(instruction, names)}")
        names.append(f"v{i}")
    return "\n".join([*lines, f"    return ({''.join(names[i] + ', ' for i in tape.outputs)})", ""])


def program(tape: Tape) -> Callable[..., Any]:
    """The function itself."""
    namespace: dict[str, Any] = {step.op.name: step.op.forward for step in tape.instructions}
    namespace.update(inf=math.inf, nan=math.nan)
    exec(compile(source(tape), "<tape>", "exec"), namespace)
    function: Callable[..., Any] = namespace["program"]
    return function


def _expression(instruction: Instruction, names: list[str]) -> str:
    arguments = [names[i] for i in instruction.arguments]
    if instruction.op in INFIX:
        return instruction.op.text.format(*arguments)
    return f"{instruction.op.name}({', '.join(arguments)})"


def _literal(x: float) -> str:
    """A double as source that gives the same double; a sign or a name of its own is bracketed."""
    return f"({x!r})"
