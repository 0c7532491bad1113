"""Formulas for Values that have no label: `wx + b`, from the op's text in the table and the labels below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autograd_lite import ops
from autograd_lite.ops import FUNCTION, PREFIX, SUM
from autograd_lite.pictures.diagram import Member
from autograd_lite.telling.formula import needs_brackets
from autograd_lite.value import Value

LIMIT = 40  # characters; what is longer stands as … in the formulas above it


def formulas(members: Sequence[Member]) -> dict[Value, str]:
    """The label of every Value, or its formula in the labels of the Values below; "" for one without either."""
    written: dict[Value, tuple[str, int]] = {}
    for node, label, data, _ in members:
        if label.strip() or node.op is None:
            name = " ".join(label.split()) or (f"{data:.4g}" if node.kind == "constant" else "")
            written[node] = name, _binding(name) if label.strip() else FUNCTION if data >= 0.0 else PREFIX
        else:
            written[node] = _formula(node, written)
    return {node: "" if formula == "…" else formula for node, (formula, _) in written.items()}


def _formula(node: Value, written: Mapping[Value, tuple[str, int]]) -> tuple[str, int]:
    """The op applied to the formulas of the parents, and how tightly it binds."""
    op = node.op
    assert op is not None
    inputs = [(name or "?", binding) for name, binding in (written[parent] for parent in node.parents)]
    names = [
        f"({name})" if needs_brackets(op, i, binding) or _misread(node, i, name) else name
        for i, (name, binding) in enumerate(inputs)
    ]
    formula = _product(*names) if op is ops.multiply else op.text_of(len(names)).format(*names).replace(" - ", " − ")
    return (formula, op.precedence) if len(formula) <= LIMIT else ("…", FUNCTION)


def _binding(label: str) -> int:
    """How tightly a label binds: one with a blank or an operator in it, outside of brackets, like a sum."""
    bare = re.sub(r"\[[^\[\]]*\]|\([^()]*\)", "", label)
    return SUM if re.search(r"[\s+\-−*/·×÷^=<>]", bare) else FUNCTION


def _misread(node: Value, i: int, name: str) -> bool:
    """Whether an operand would be read wrongly without brackets: a sign behind an operator, a quotient as a factor."""
    op, operand = node.op, node.parents[i]
    if op is None or op.precedence == FUNCTION:
        return False
    return (name.startswith("-") and (i > 0 or op is ops.negate)) or (
        op is ops.multiply and operand.op is ops.divide and not operand.label.strip()
    )


def _product(left: str, right: str) -> str:
    """A product as it's written by hand: wx for single letters, w·x otherwise."""
    single = re.compile(r"[^\W\d_]|\d+(\.\d+)?")
    return left + right if single.fullmatch(left) and re.fullmatch(r"[^\W\d_]", right) else f"{left}·{right}"
