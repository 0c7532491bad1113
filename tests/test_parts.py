"""Parts of rules that are rows of their own: what is told and what is computed is the same number, with its digits."""

import math
import pickle

import pytest

from autograd_lite import Value, define, hypot, record
from autograd_lite.composite import Plain, forward_of
from autograd_lite.op import PARTS, TABLE
from autograd_lite.ops import power
from autograd_lite.telling.reference import one_op

# What is written another way may be a few roundings off.
ROUNDING = {"power_by_exponent": 1e-15, "share_of_length": 1e-15}

# Inputs of each part: those that it is told by belong to the others.
INPUTS = {
    "lower_power": [(1.25, 0.75, 1.0), (0.75, -0.7, 2.0), (1.25, 0.3, 1.0), (0.0, -1.0, 1.0), (-1.5, 5.0, 2.0)],
    "power_by_exponent": [(1.25, 0.75, 1.0, 0.75, 1.25**0.75)],
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
