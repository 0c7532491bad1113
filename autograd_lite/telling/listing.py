"""A tape, or a backward pass, as a list: one line an instruction or a step, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.graph import toposort
from autograd_lite.tape import Instruction, Tape
from autograd_lite.telling.document import Block, Document, Heading, Prose, Table
from autograd_lite.telling.formula import Formula, written
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, factor, label_math, number, product
from autograd_lite.telling.steps import Step
from autograd_lite.value import Value

WIDTH = 80


def listing(tape: Tape) -> str:
    """The program, and that of its gradient where there is one output, with the numbers that it was recorded with."""
    lines = []
    for heading, rows in _sections(tape):
        lines += [heading, *(_line(*row) for row in rows)]
    return "\n".join(lines)


@dataclass(frozen=True, repr=False, eq=False)
class Listing(Document):
    """A list that shows itself in notebooks."""

    blocks: Sequence[Block]


def document(tape: Tape) -> Listing:
    """The listing of a tape as tables."""
    blocks: list[Block] = []
    for heading, rows in _sections(tape):
        cells = [[label_math(f"v{i}"), made, number(x)] for i, made, x in rows]
        blocks += [Heading(heading), Table(["", "", "value"], "llr", cells)]
    return Listing(blocks)


def step_table(y: Value, steps: Sequence[Step]) -> Listing:
    """The steps of a backward pass of y, a row an edge: what was handed on, what became of the parent's gradient."""
    names = Names(toposort(y), y)
    rows: list[list[Prose]] = []
    for i, step in enumerate(steps, start=1):
        edge = Math(
            f"{names[step.node].text} → {names[step.parent].text}",
            rf"{{{names[step.node].latex}}} \to {{{names[step.parent].latex}}}",
        )
        handed = product(factor(step.upstream), factor(step.local))
        before = "–" if step.before is None else number(step.before)
        rows.append([str(i), edge, handed, number(step.contribution), before, number(step.after)])
    headings: list[Prose] = ["#", "edge", "upstream · local", "contribution", "before", "after"]
    return Listing([Heading(("Backward from ", names[y])), Table(headings, "rllrrr", rows)])


Row = tuple[int, Math | str, float]  # a number's place, how it is made, and what it was


def _sections(tape: Tape) -> Iterator[tuple[str, list[Row]]]:
    """The parts of a listing, each with its heading."""
    whole = tape.adjoint() if len(tape.outputs) == 1 else tape.simplified()
    numbers = whole.run(whole.example)
    start = len(whole.labels) + len(whole.constants)
    names: list[Any] = [label_math(label) if label else "input" for label in whole.labels]
    yield "inputs", [(i, name, numbers[i]) for i, name in enumerate(names)]
    if whole.constants:
        yield "constants", [(i, "", numbers[i]) for i in range(len(whole.labels), start)]
    rows: list[Row] = [(i, _written(step), numbers[i]) for i, step in enumerate(whole.instructions, start=start)]
    yield "program", rows[: whole.n_primal]
    if rows[whole.n_primal :]:
        yield "adjoint program", rows[whole.n_primal :]
    ends: list[Any] = ["value", *(_derivative(label or f"v{i}") for i, label in enumerate(whole.labels))]
    if len(tape.outputs) != 1:
        ends = [f"output {i}" for i in range(len(tape.outputs))]
    yield "outputs", [(i, name, numbers[i]) for name, i in zip(ends, whole.outputs, strict=True)]


def _written(instruction: Instruction) -> Math:
    """The instruction as a formula of numbered values."""
    return written(instruction.op, [Formula(label_math(f"v{i}")) for i in instruction.arguments])


def _derivative(label: str) -> Math:
    below = label_math(label)
    return Math(f"∂/∂{below.text}", rf"\frac{{\partial}}{{\partial {below.latex}}}")


def _line(i: int, made: Math | str, number: float) -> str:
    """The number's name, how it is made, and what it was, the last aligned to the right."""
    text = made.text if isinstance(made, Math) else made
    text = text if len(text) <= WIDTH - 28 else text[: WIDTH - 29] + "…"
    return f"  v{i:<6} {text:<{WIDTH - 28}} {number:>16.9g}"
