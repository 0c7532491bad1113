"""The document: each equation with how many scalar instructions it stands for, and what one of them is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.backends.loops.families import families
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, contiguous
from autograd_lite.backends.loops.statements import Copy, Loops, Statement
from autograd_lite.backends.loops.writing import affine, variables, written
from autograd_lite.tape import Tape
from autograd_lite.telling.document import Block, Document, Heading, Paragraph, Prose, Table
from autograd_lite.telling.equations.division import by_families
from autograd_lite.telling.equations.reading import as_told
from autograd_lite.telling.equations.shapes import by_axes
from autograd_lite.telling.equations.sheet import Line, Sheet
from autograd_lite.telling.notation import Math, label_math, number, whole


@dataclass(frozen=True, repr=False, eq=False)
class Equations(Document):
    """The equations of a program, as a document; `lines` are the equations themselves."""

    blocks: Sequence[Block]
    lines: Sequence[Line]


def equations(loops: Loops) -> Equations:
    """The loops of a tape as equations.

    Sums are written in the order of what they read: the mathematics of a program, not the order of its roundings.
    """
    sheet = sheet_of(loops.tape)
    n, written = whole(len(loops.tape.instructions)), whole(sum(line.right is not None for line in sheet.lines))
    share = number(100.0 * loops.coverage)
    blocks: list[Block] = [
        Paragraph([n, " instructions, ", written, " equations; ", share, " % of the instructions stand in loops"])
    ]
    for heading, lines in _parts(sheet):
        if lines:
            rows = [row for line in lines for row in _rows(sheet, line)]
            blocks += [Heading(heading), Table(["", "equation", "scalars", "each of them"], "llrl", rows)]
    return Equations(blocks, sheet.lines)


def sheet_of(tape: Tape) -> Sheet:
    """The equations of a tape with what they were made of."""
    inputs = families(tape)
    return Sheet(by_axes(by_families(as_told(recover(tape, keeps_order=False)), inputs)), inputs)


def _parts(sheet: Sheet) -> list[tuple[str, list[Line]]]:
    return [("forward", sheet.lines[: sheet.n_forward]), ("backward", sheet.lines[sheet.n_forward :])]


def _rows(sheet: Sheet, line: Line) -> list[list[Prose]]:
    """A row for the equation and its last statement; one more for each statement that is written into it."""
    if line.copy is not None:
        return [["BP4" if _is_delta(sheet, line.copy) else "", _equal(line.left, _copied(sheet, line.copy)), "0", ""]]
    elements = [_indexed(sheet, statement) for statement in line.statements[::-1]]
    if line.right is None:
        return [[line.tag, elements[0], whole(line.instructions), ""]]
    more: list[list[Prose]] = [["", "", "", text] for text in elements[1:]]
    first: Prose = elements[0] if elements else ""
    return [[line.tag, _equal(line.left, line.right), whole(line.instructions), first], *more]


def _indexed(sheet: Sheet, statement: Statement) -> Math:
    return label_math(element(sheet, statement))


def _equal(left: Math, right: Math) -> Math:
    return Math(f"{left.text} = {right.text}", f"{left.latex} = {right.latex}")


def _is_delta(sheet: Sheet, copy: Copy) -> bool:
    return copy.ref.array in sheet.slopes


def _copied(sheet: Sheet, copy: Copy) -> Math:
    """What an output is a copy of."""
    if copy.ref.array == CONSTANTS:
        return number(sheet.loops.constants[copy.ref.start])
    if copy.ref.array == INPUTS:
        return label_math(sheet.regions.inputs.family(copy.ref.start).label)
    name = sheet.names[copy.ref.array]
    is_whole = copy.count == sheet.loops.sizes[copy.ref.array]
    return name if is_whole else Math(f"{name.text}[{copy.ref.start}]", f"{name.latex}[{copy.ref.start}]")


def element(sheet: Sheet, statement: Statement) -> str:
    """A statement with indices, by the names of what it reads."""
    names = variables(statement)

    def read(ref: Ref, delta: int, names: list[str]) -> str:
        if ref.array == CONSTANTS and not any((*ref.strides, delta)):
            return f"{sheet.loops.constants[ref.start]:.6g}"
        if ref.array == INPUTS:
            index = sheet.regions.index(ref, delta, statement.dims, _count(statement, ref), names)
            name = sheet.regions.input_name(sheet.regions.inputs.family(ref.start)).text
            if index is not None:
                return f"{name}[{','.join(index)}]" if index else name
        place = sheet.regions.place(ref, delta, statement.dims, _count(statement, ref), names)
        name = {INPUTS: "inputs", CONSTANTS: "c"}.get(ref.array) or _whole(sheet, ref.array)
        return f"{name}[{place}]" if ref.array <= CONSTANTS or sheet.loops.sizes[ref.array] > 1 else name

    name = _whole(sheet, statement.storage)
    if statement.dims and statement.size == sheet.loops.sizes[statement.storage]:
        bounds = ",".join(f"{name}<{count}" for name, count in zip(names, statement.dims, strict=True))
        return written(statement, read, f"{name}[{bounds}]")
    if not statement.dims and sheet.loops.sizes[statement.storage] == 1:
        return written(statement, read, name)
    place = affine(statement.base, zip(contiguous(statement.dims), names, strict=True))
    return written(statement, read, f"{name}[{place}]")


def _count(statement: Statement, ref: Ref) -> int:
    """How many terms the runs have that read a ref."""
    return max(run.count for run in statement.runs if ref in run.refs)


def _whole(sheet: Sheet, array: int) -> str:
    """The name of an array, so that a place may stand behind it."""
    name = sheet.names[array].text
    return f"({name})" if name.endswith("]") else name
