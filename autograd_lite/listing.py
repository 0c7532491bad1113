"""A tape as text: one line an instruction, forward and backward, with the numbers of the recording."""

from __future__ import annotations

from autograd_lite.tape import Instruction, Tape

WIDTH = 80


def listing(tape: Tape) -> str:
    """The program, and that of its gradient where there is one output, with the numbers that it was recorded with."""
    whole = tape.adjoint() if len(tape.outputs) == 1 else tape.simplified()
    numbers = whole.run(whole.example)
    start = len(whole.labels) + len(whole.constants)
    lines = ["inputs"]
    lines += [_line(i, label or "input", numbers[i]) for i, label in enumerate(whole.labels)]
    if whole.constants:
        lines.append("constants")
        lines += [_line(i, "", numbers[i]) for i in range(len(whole.labels), start)]
    lines.append("program")
    for i, instruction in enumerate(whole.instructions):
        if i == whole.n_primal:
            lines.append("adjoint program")
        lines.append(_line(start + i, _written(instruction), numbers[start + i]))
    lines.append("outputs")
    names = ["value", *(f"∂/∂{label or f'v{i}'}" for i, label in enumerate(whole.labels))]
    if len(tape.outputs) != 1:
        names = [f"output {i}" for i in range(len(tape.outputs))]
    lines += [_line(i, name, numbers[i]) for name, i in zip(names, whole.outputs, strict=True)]
    return "\n".join(lines)


def _written(instruction: Instruction) -> str:
    """The instruction as a formula of numbered values."""
    return instruction.op.text.format(*(f"v{i}" for i in instruction.arguments))


def _line(i: int, text: str, number: float) -> str:
    """The number's name, how it is made, and what it was, the last aligned to the right."""
    text = text if len(text) <= WIDTH - 28 else text[: WIDTH - 29] + "…"
    return f"  v{i:<6} {text:<{WIDTH - 28}} {number:>16.9g}"
