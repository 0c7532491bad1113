"""The table of operations as a reference: what each row means, its derivatives, where the tests sample it.

`help(autograd_lite.tanh)` and `autograd-lite ops tanh` show one row, `autograd-lite ops` lists them all, and
docs/ops.md is `autograd-lite ops --long --format markdown`. All of it is read off the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite.op import FUNCTION, TABLE, Op
from autograd_lite.telling.blocks import Block, Equation, Paragraph, Prose, Table
from autograd_lite.telling.cases import in_cases
from autograd_lite.telling.document import Document
from autograd_lite.telling.formula import Formula, written
from autograd_lite.telling.notation import Math
from autograd_lite.value import Value

LETTERS = "xyzuvw"
LONG = 70  # characters of a definition that is still worth its line


@dataclass(frozen=True, repr=False, eq=False)
class Reference(Document):
    """A part of the reference."""

    blocks: Sequence[Block]


def all_ops(long: bool = False) -> Reference:
    """Every row in a line: how it is written, what it means; `long`: its symbol, derivatives, sampled inputs, too."""
    headings: list[Prose] = ["written", "means", *(["symbol", "derivatives", "sampled on"] * long)]
    rows = [[_usage(op), op.meaning, *(_more(op) * long)] for op in TABLE.values()]
    return Reference([Table(headings, "l" * len(headings), rows)])


def one_op(op: Op) -> Reference:
    """One row: what it means, its value where other rows make it up, its derivatives, where the tests sample it."""
    blocks: list[Block] = [Paragraph((_usage(op), f": {op.meaning}") if op.meaning else _usage(op))]
    value = None if op.definition is None or op.variadic else in_cases(Formula.of(op.definition(*_inputs(op)))).math
    if value is not None and len(value.text) <= LONG:
        blocks.append(Equation(OUT.math, [[value]]))
    blocks += [Equation(_derivative(name), [[rule]]) for name, rule in zip(LETTERS, _rules(op), strict=False)]
    method = f"A method of Value, too: x.{op.name}({', '.join(LETTERS[1 : op.arity])}). " if _is_method(op) else ""
    blocks.append(Paragraph(f"{method}In a graph its symbol is {op.symbol}. The tests sample {_sampled(op)}."))
    return Reference(blocks)


OUT = Formula(Math("out", r"\mathrm{out}"))


def _inputs(op: Op) -> list[Formula]:
    return [Formula(Math(name, name)) for name in LETTERS[: op.arity]]


def _rules(op: Op) -> list[Math]:
    """The derivative by each input, in symbols."""
    return [in_cases(Formula.of(partial)).math for partial in op.partials(*_inputs(op), OUT)]


def _derivative(name: str) -> Math:
    return Math(f"∂out/∂{name}", rf"\frac{{\partial \mathrm{{out}}}}{{\partial {name}}}")


def _is_method(op: Op) -> bool:
    return op.precedence == FUNCTION and not op.variadic and hasattr(Value, op.name)


def _usage(op: Op) -> Math:
    """The op on x, y …"""
    usage = written(op, _inputs(op))
    return Math(usage.text.replace(")", ", …)"), usage.latex + r"\ \ldots") if op.variadic else usage


def _sampled(op: Op) -> str:
    return ", ".join(f"{name} from {low:g} to {high:g}" for name, (low, high) in zip(LETTERS, op.domain, strict=False))


def _more(op: Op) -> list[Prose]:
    derivatives: list[str | Math] = []
    for rule in _rules(op):
        derivatives += ["; ", rule] if derivatives else [rule]
    return [op.symbol, derivatives, _sampled(op)]
