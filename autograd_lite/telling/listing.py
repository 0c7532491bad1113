"""A tape, or a backward pass, as a table: one row an instruction or a step, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.by_hand import Step
from autograd_lite.graph import toposort
from autograd_lite.printing import sections
from autograd_lite.tape import Instruction, Tape
from autograd_lite.telling.document import Block, Document, Heading, Prose, Table
from autograd_lite.telling.formula import Formula, written
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, factor, label_math, number, product
from autograd_lite.value import Value


@dataclass(frozen=True, repr=False, eq=False)
class Listing(Document):
    """A list that shows itself in notebooks."""

    blocks: Sequence[Block]


def document(tape: Tape) -> Listing:
    """The listing of a tape as tables."""
    blocks: list[Block] = []
    for heading, lines in sections(tape):
        cells = [[label_math(f"v{i}"), _made(made), number(x)] for i, made, x in lines]
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


def _made(made: Instruction | str) -> Math | str:
    """An instruction as a formula of numbered values, a label as mathematics, and our own words as they are."""
    if isinstance(made, Instruction):
        return written(made.op, [Formula(label_math(f"v{i}")) for i in made.arguments])
    if made.startswith("∂/∂"):
        name = label_math(made.removeprefix("∂/∂"))
        return Math(made, rf"\frac{{\partial}}{{\partial {name.latex}}}")
    return label_math(made)
