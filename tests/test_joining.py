"""Rows of many inputs as loops over them: to the bit what their definitions write out, for every kind of number."""

import math
from array import array

import pytest

pytest.importorskip("llvmlite")

from autograd_lite import logsumexp, pick, record
from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm import rows as rows_module
from autograd_lite.backends.llvm.joining import LONG, LOOPED, looped
from autograd_lite.backends.llvm.rows import Program
from tests.nets import numbers

MANY = LONG + 3


def of_one_row(*xs):
    """Loops without an axis; the index of the second pick stands beside its numbers."""
    return [logsumexp(*xs[1:]), pick(xs[0], *xs[1:]), pick(*xs), pick(xs[-1], *xs[4:], *xs[:9])]


def of_a_matrix(*xs):
    """Loops with an axis that is not a whole number of vectors: as many rows as there are inputs beyond a row."""
    rows = [[x * y for x in xs[k : k + MANY]] for k, y in enumerate(xs[:-MANY])]
    return [*(logsumexp(*row) for row in rows), *(pick(x, *row) for x, row in zip(xs, rows, strict=False))]


SPECIAL = [
    [0.0, *numbers(MANY - 1)], [5.5] * MANY, [-0.0] * MANY, [3.0, *[-math.inf] * (MANY - 1)],
    [-1.0, *numbers(MANY - 1)],
    [float(MANY - 2), 700.0, *numbers(MANY - 2)], [float(MANY), -800.0, 800.0, *numbers(MANY - 3)],
    [1.0, math.inf, *numbers(MANY - 2)], [2.0, 1.0, math.nan, *numbers(MANY - 3)], [math.nan, *numbers(MANY - 1)],
]  # fmt: skip


def bits(results):
    """What is no nan, to the bit."""
    return [x.hex() if x == x else "nan" for x in results]


WIDTHS = [  # a matrix of many rows takes long to compile
    *[(of_one_row, MANY, lanes) for lanes in (2, 4, 8)],
    (of_a_matrix, MANY + 3, 2),
    *[pytest.param(of_a_matrix, MANY + 9, lanes, marks=pytest.mark.slow) for lanes in (2, 4, 8)],
]


@pytest.mark.parametrize(("function", "n", "lanes"), WIDTHS)
def test_loops_over_inputs_are_their_definitions(function, n, lanes, monkeypatch):
    monkeypatch.setattr(machine, "width", lambda: lanes)
    tape = record(function, *numbers(n))
    assert any(statement.terms >= LONG for statement in tape.loops().statements)
    monkeypatch.setattr(rows_module, "ROLLED", -1.0)
    rolled = Program(tape)
    monkeypatch.setattr(rows_module, "ROLLED", 2.0)
    straight = Program(tape)
    rows = [(row * 2)[:n] for row in SPECIAL]
    results = []
    for program in (rolled, straight):
        results.append(array("d", bytes(8 * len(rows) * len(tape.outputs))))
        program.map(memoryview(array("d", [x for row in rows for x in row])), memoryview(results[-1]), len(rows))
    assert bits(results[0]) == bits(results[1])
    alone = [x for row in rows for x in rolled.run(*row)]
    assert bits(alone) == bits(results[1])


def test_few_inputs_are_written_out():
    for op in LOOPED:
        assert looped(op, None, [(None, 0, LONG - 1)], True) is None
