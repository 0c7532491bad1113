"""Parts of rules that are rows of their own: what is told and what is computed is the same number, with its digits."""

import itertools
import math
import pickle

import mpmath
import pytest

from autograd_lite import Value, define, grad, gradients, hypot, jvp, record
from autograd_lite.composite import Plain, forward_of
from autograd_lite.op import PARTS, TABLE
from autograd_lite.ops import power
from autograd_lite.telling.reference import one_op

BASES = [1e-300, 1e-200, 1e-100, 1e-20, 0.5, 3.0, 1e20, 1e100, 1e200, 1e300]
EXPONENTS = [-3.0, -2.0, -1.6, -1.5, -1.0, -0.5, 0.5, 1.0, 1.04, 1.5, 1.6, 2.0, 2.5, 3.0, 3.1]
SMALLEST = 2.0**-1022  # below, a double has fewer digits


def exact(a, b):
    """∂²/∂a², ∂²/∂a∂b, ∂²/∂b∂a and ∂²/∂b² of aᵇ."""
    with mpmath.workprec(400):
        x, y = mpmath.mpf(a), mpmath.mpf(b)
        log, mixed = mpmath.log(x), x ** (y - 1) * (1 + y * mpmath.log(x))
        wanted = [y * (y - 1) * x ** (y - 2), mixed, mixed, x**y * log**2]
        return [float(w) if abs(w) < mpmath.mpf(2) ** 1024 else math.copysign(math.inf, w) for w in wanted]


def close(got, wanted):
    return got == wanted or abs(got - wanted) <= 64 * math.ulp(wanted)


def by_graphs(a, b):
    x, y = Value(a), Value(b)
    slopes = gradients(power(x, y), [x, y], create_graph=True)
    return [d for slope in slopes for d in gradients(slope, [x, y])]


def forward_over_reverse(a, b):
    slopes = grad(power, argnums=(0, 1))
    columns = [jvp(slopes, (a, b), direction)[1] for direction in ((1.0, 0.0), (0.0, 1.0))]
    return [columns[j][i] for i in (0, 1) for j in (0, 1)]


@pytest.mark.parametrize("way", [by_graphs, forward_over_reverse])
def test_second_derivatives_of_powers_are_what_they_are_wherever_they_are_doubles(way):
    wrong = []
    for a, b in itertools.product(BASES, EXPONENTS):
        wanted = exact(a, b)
        if way is forward_over_reverse and not all(map(math.isfinite, wanted)):
            continue  # a tangent of 0 meets a slope of inf
        found = list(zip(way(a, b), wanted, strict=True))
        if power(a, b) < SMALLEST:
            found.pop()  # aᵇ·ln² a has no more digits than aᵇ
        wrong += [(a, b, got, want) for got, want in found if not close(got, want)]
    assert wrong == []


@pytest.mark.parametrize("backend", ["python", "llvm"])
def test_so_they_are_in_compiled_programs(backend):
    program = record(
        lambda a, b: gradients(gradients(power(a, b), b, create_graph=True), a, create_graph=True), 2.0, 3.0
    )
    run = program.compile(backend)
    for a, b in itertools.product(BASES, EXPONENTS):
        assert close(run(a, b), exact(a, b)[2]) or not math.isfinite(exact(a, b)[2]), (a, b)


# What is written another way may be a few roundings off.
ROUNDING = {"power_by_exponent": 1e-15, "share_of_length": 1e-15}

# Inputs of each part: those that it is told by belong to the others.
INPUTS = {
    "power_by_exponent": [(1.25, 0.75, 1.25**0.75)],
    "share_of_length": [(1.25, 0.75, math.hypot(1.25, 0.75)), (0.75, -1.25, math.hypot(1.25, 0.75))],
    "sigmoid_tail": [(x,) for x in (-1.5, -0.25, 0.0, 0.25, 1.5)],
    "sigmoid_slope": [(x, 1.0 / (1.0 + math.exp(-x))) for x in (-1.5, -0.25, 0.0, 0.25, 1.5)],
    "tanh_tail": [(x,) for x in (-1.5, -0.25, 0.0, 0.25, 1.5)],
    "tanh_slope": [(x, math.tanh(x)) for x in (-1.5, -0.25, 0.0, 0.25, 1.5)],
}


@pytest.mark.parametrize("name", PARTS)
def test_what_is_told_is_what_is_computed(name):
    op = PARTS[name]
    for inputs in INPUTS[name]:
        told = op.told(*map(Plain, inputs)).number
        for found in (op.forward(*inputs), forward_of(op.definition)(*inputs), op(*map(Value, inputs)).data):
            assert found == pytest.approx(told, rel=ROUNDING.get(name, 4e-15))


@pytest.mark.parametrize("name", PARTS)
def test_a_name_of_a_part_is_not_free(name):
    with pytest.raises(ValueError, match=f"define: expected a name that is free, got '{name}', a part of a rule"):
        define(name, lambda x: x * x)


@pytest.mark.parametrize("name", PARTS)
def test_nobody_meets_a_part_as_an_op_and_it_is_pickled_by_its_name(name):
    assert name not in TABLE
    assert not hasattr(Value, name)
    assert pickle.loads(pickle.dumps(PARTS[name])) is PARTS[name]


def test_they_are_read_as_mathematics():
    told = one_op(hypot).text
    assert "∂out/∂x = x / out" in told
    assert "∂out/∂y = y / out" in told
    assert "∂out/∂y = 0 if y ≥ 0 and x = 0 else out * log(x)" in one_op(power).text
    lines = str(record(lambda x, y: hypot(x, y), 3.0, 4.0).adjoint())
    assert "v0 / v2" in lines
    assert "v1 / v2" in lines
