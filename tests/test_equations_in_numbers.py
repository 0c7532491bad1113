"""Every equation that is printed holds: its right-hand side, read as text, is what its statement computes."""

from math import prod
from operator import mul

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd_lite import Value, logsumexp, record
from autograd_lite.backends.loops import interpreter
from autograd_lite.backends.loops.runs import CONSTANTS, contiguous
from autograd_lite.ops import TABLE
from autograd_lite.tape import trace
from autograd_lite.telling.equations.regions import lowered
from autograd_lite.telling.equations.told import sheet_of
from demos.gpt import GPT, surprise
from nn.layers import ACTIVATIONS
from nn.losses import LOSSES
from tests.equation_reader import OneHot, Reader
from tests.nets import OTHERS, SHARING, net, of_vectors, row
from tests.test_division import LABELS, STEPS
from tests.test_loops import tapes


def by_family(sheet, numbers):
    """Numbers of the inputs, or of the first of them, as arrays by the names that equations have for these."""
    found, inputs = {}, sheet.regions.inputs
    for owner, family in enumerate(inputs.families):
        array = np.full(family.shape, np.nan)
        for number, (of, place) in zip(numbers, inputs.places, strict=False):
            if of == owner:
                array[place if family.shape else ()] = number
        for sheet.regions.has_layers in (False, True):
            found[sheet.regions.input_name(family).text] = array
    return found


def named(sheet, arrays):
    """An array of numbers for each name."""
    found = by_family(sheet, arrays[0])
    for ref, axes in sheet.loops.reads():
        strides, shape = zip(*sorted([axis for axis in axes if axis[0]], reverse=True) or [(0, 0)], strict=True)
        if ref.array == CONSTANTS and strides == contiguous(shape):
            table = sheet.loops.constants[ref.start : ref.start + prod(shape)]
            found[lowered("c", ref.start).text] = np.reshape(table, shape)
    for array, name in sheet.names.items():
        assert name.text not in found, name.text
        found[name.text] = np.reshape(arrays[array], sheet.regions.quantities[array].shape)
    return found


def computed(line, arrays):
    """What a line's last statement computes."""
    statement = line.statements[-1]
    return arrays[statement.storage][statement.base : statement.base + statement.size]


def hold(tape):
    """Each right-hand side is what is computed, or the gradient that stands on its left; how many there were."""
    sheet, numbers = sheet_of(tape), tape.run(tape.example)
    arrays = interpreter.run(sheet.loops, tape.example)
    slopes = [numbers[i] for i in tape.outputs[len(tape.outputs) - tape.n_gradients :]]
    values, gradients, count = named(sheet, arrays), by_family(sheet, slopes), 0
    for line in sheet.lines:
        left = line.left.text
        is_gradient = left.startswith("∂C/∂")
        if line.right is None or not (line.statements or is_gradient or left == "∇C"):
            continue
        read = Reader(line.right.text, values).value()
        if left == "∇C":
            values["∇C"] = read
            continue
        expected = Reader(left.removeprefix("∂C/∂"), gradients).value() if is_gradient else computed(line, arrays)
        if isinstance(read, (float, OneHot)):  # a constant, or [k] of any length
            read = np.zeros(np.size(expected)) + read
        # numbers are printed with six digits
        np.testing.assert_allclose(
            np.ravel(read), np.ravel(expected), 1e-4, 1e-9, err_msg=f"{left} = {line.right.text}"
        )
        count += 1
    return count


@given(st.integers(2, 4), STEPS)
def test_of_random_programs_of_vectors(n, steps):
    inputs, vectors = of_vectors(n, steps)
    hold(trace([x for v in vectors[-2:] for x in v], inputs))
    hold(trace([sum(x * x for v in vectors[-3:] for x in v)], inputs).adjoint(n_gradients=3 * n * n + n))


@given(tapes(LABELS))
def test_of_random_tapes(tape):
    assume(all(abs(x) < 1e6 for x in tape.run(tape.example)))
    hold(tape)


@pytest.mark.parametrize("op", TABLE.values(), ids=TABLE.keys())
def test_of_every_op(op):
    n = len(op.domain)
    xs = row("x", 3 * n)
    results = [op(*[x.sigmoid() for x in xs[i * n : i * n + n]]) for i in range(3)]
    assert hold(trace([sum(y * y for y in results)], xs).adjoint()) > 0


@pytest.mark.parametrize("loss", LOSSES)
def test_of_every_loss(loss):
    sizes = [[3, 4, 2], [2, 5, 3, 1], [4, 1, 3]]
    for *before, last in sizes:
        last = 1 if loss == "hinge" else max(2, last) if loss in ("cross_entropy", "nll") else last
        assert hold(net([*before, last], "tanh", loss)) > 5


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_of_every_activation(activation):
    assert hold(net([3, 4, 2], activation)) > 5


def test_of_a_gpt():
    model = GPT("abc", width=4, heads=2, length=3)
    tokens, target = (list(map(Value, row)) for row in model.sample("ab"))
    tape = trace([surprise(model(tokens), target)], [*model.parameters(), *tokens, *target])
    assert hold(tape.adjoint(n_gradients=len(model.parameters()))) > 10


def lines(*args):
    return [line.right and line.right.text for line in sheet_of(record(*args)).lines]


def test_what_has_no_form_with_whole_vectors_is_not_written():
    x, m = [0.5, -1.0, 2.0], [[1.0, 2.0, 3.0], [0.5, -0.5, 0.25], [1.5, 4.0, -2.0]]
    assert lines(lambda x: [a * b for a, b in zip(x, reversed(x), strict=True)], x) == [None]  # x from its end
    assert lines(lambda m: [sum(m[i][j] * m[j][i] for j in range(3)) for i in range(3)], m) == [None]
    assert lines(lambda m: [m[i][i] * m[i][i] for i in range(3)], m) == [None]  # a diagonal
    assert lines(lambda m, x: [sum(map(mul, row, x)) for row in m for _ in range(2)], m, x) == [None]  # twice each
    assert lines(lambda m: [logsumexp(*column) for column in zip(*m, strict=True)], m) == ["logsumexp(Mᵀ)"]


@pytest.mark.parametrize("name", OTHERS | SHARING)
def test_of_known_nets(name):
    assert hold((OTHERS | SHARING)[name]()) > 0
