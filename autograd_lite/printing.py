"""How a tape prints: one line an instruction, of the program and of that of its gradient, with the recorded numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from autograd_lite.instructions import Instruction
from autograd_lite.labels import sentence

LABEL, MADE = 24, 52  # characters of a label, and of the column that says how a number is made


class Line(NamedTuple):
    """One number of a program: its place, what made it (an instruction, or words), and what it was at recording."""

    place: int
    made: Instruction | str
    number: float


def sections(tape: Any) -> Iterator[tuple[str, list[Line]]]:
    """The parts of a tape, each with its heading; where there is one output, also those of its gradient."""
    whole = tape.adjoint() if len(tape.outputs) == 1 else tape.simplified()
    numbers = whole.run(whole.example)
    labels = [sentence(label, LABEL) for label in whole.labels]
    start = len(labels) + len(whole.constants)
    yield "inputs", [Line(i, label or "input", numbers[i]) for i, label in enumerate(labels)]
    if whole.constants:
        yield "constants", [Line(i, "", numbers[i]) for i in range(len(labels), start)]
    steps = [Line(i, step, numbers[i]) for i, step in enumerate(whole.instructions, start=start)]
    yield "program", steps[: whole.n_primal]
    if steps[whole.n_primal :]:
        yield "adjoint program", steps[whole.n_primal :]
    ends = ["value", *(f"∂/∂{label or f'v{i}'}" for i, label in enumerate(labels))]
    if len(tape.outputs) != 1:
        ends = [f"output {i}" for i in range(len(tape.outputs))]
    yield "outputs", [Line(i, name, numbers[i]) for name, i in zip(ends, whole.outputs, strict=True)]


def listing(tape: Any) -> str:
    """The parts of a tape as text in 80 columns."""
    lines = []
    for heading, found in sections(tape):
        lines += [heading, *map(_text, found)]
    return "\n".join(lines)


def _text(line: Line) -> str:
    """The number's name, how it is made, and what it was, the last aligned to the right."""
    made = line.made if isinstance(line.made, str) else _formula(line.made)
    made = made if len(made) <= MADE else made[: MADE - 1] + "…"
    return f"  v{line.place:<6} {made:<{MADE}} {line.number:>16.9g}"


def _formula(instruction: Instruction) -> str:
    names = [f"v{i}" for i in instruction.arguments]
    text: str = instruction.op.text_of(len(instruction.arguments)).format(*names)
    return text
