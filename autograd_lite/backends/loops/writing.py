"""Statements written as lines: `t4[i<16] = inputs[17i+64] + Σ k<16 inputs[17i+k+48] * t3[k]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, Run, Tree
from autograd_lite.labels import visible
from autograd_lite.ops import FUNCTION, Op

# A ref, with its delta and the names of the statement's loops, as text.
Reader = Callable[[Ref, int, list[str]], str]

ROWS = "ijlmnopqrstuvwxyz"  # the variables of a statement's loops; k is that of a run


def written(statement: Any, read: Reader | None = None, left: str = "") -> str:
    """A statement as one line, with indices; `left` is what its results are called."""
    read = read or anonymous
    names = variables(statement)
    terms = [_run(run, names, read, statement.fold) for run in statement.runs]
    joined = " + ".join(terms) if statement.fold is ops.add else f"{statement.fold.name}({', '.join(terms)})"
    return f"{left or place(statement)} = {joined}"


def place(statement: Any) -> str:
    """Where the results of a statement stand, with the bounds of its loops: t4[i<16,j<2]."""
    bounds = [f"{name}<{count}" for name, count in zip(variables(statement), statement.dims, strict=True)]
    base = f"{statement.base}+" if statement.base and bounds else ""
    return f"t{statement.storage}[{base}{','.join(bounds) if bounds else statement.base}]"


def listing(loops: Any) -> str:
    """All statements of a program, each with the number of instructions that it stands for."""

    def read(ref: Ref, delta: int, names: list[str]) -> str:
        is_still = not any((*ref.strides, delta))
        if ref.array == CONSTANTS and is_still:
            return f"{loops.constants[ref.start]:g}"
        if ref.array == INPUTS and is_still and loops.tape.labels[ref.start]:
            return visible(str(loops.tape.labels[ref.start]))
        return anonymous(ref, delta, names)

    lines = [written(s, read) for s in loops.statements]
    width = max(map(len, lines), default=0)
    counts = [f"  # {s.instructions:,}" for s in loops.statements]
    return "\n".join(line.ljust(width) + count for line, count in zip(lines, counts, strict=True))


def variables(statement: Any) -> list[str]:
    """The names of the loops' variables, the outermost first."""
    return [ROWS[d] if d < len(ROWS) else f"i{d}" for d in range(len(statement.dims))]


def affine(start: int, steps: Iterable[tuple[int, str]]) -> str:
    """start + Σ step · variable, as one writes it: 3i+k+48."""
    parts = [f"{step:+d}{name}".replace("+1" + name, "+" + name).replace("-1" + name, "-" + name)
             for step, name in steps if step]  # fmt: skip
    if start or not parts:
        parts.append(f"{start:+d}")
    return "".join(parts).removeprefix("+")


def infix(op: Op, parts: list[tuple[str, int]]) -> tuple[str, int]:
    """An op on written parts, each with how tightly it binds; the same of the whole."""
    if op.precedence == FUNCTION and op.text[0].isalpha():
        return op.text_of(len(parts)).format(*[text for text, _ in parts]), FUNCTION
    texts = [
        text if binds > op.precedence or (binds == op.precedence and not i) or binds == FUNCTION else f"({text})"
        for i, (text, binds) in enumerate(parts)
    ]
    return op.text_of(len(texts)).format(*texts), op.precedence


def _run(run: Run, names: list[str], read: Reader, fold: Op) -> str:
    refs = [read(ref, delta, names) for ref, delta in zip(run.refs, run.deltas, strict=True)]
    text, binds = _tree(run.tree, refs)
    if run.count == 1:
        return text
    if run.count == 2 and not any(run.deltas) and fold is ops.add:
        return f"{text} + {text}"
    sign = "Σ " if fold is ops.add else ""
    return f"{sign}k<{run.count} {text}" if binds > ops.SUM else f"{sign}k<{run.count} ({text})"


def _tree(tree: Tree, refs: list[str]) -> tuple[str, int]:
    if isinstance(tree, int):
        return refs[tree], FUNCTION
    op, *parts = tree
    return infix(op, [_tree(part, refs) for part in parts])


def anonymous(ref: Ref, delta: int, names: list[str]) -> str:
    """A ref by the number of its array."""
    name = {INPUTS: "inputs", CONSTANTS: "constants"}.get(ref.array, f"t{ref.array}")
    return f"{name}[{affine(ref.start, [*zip(ref.strides, names, strict=True), (delta, 'k')])}]"
