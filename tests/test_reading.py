"""What leaves the graph: order, equality, truth, text and conversions of a Value."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd_lite import Value


def test_order_and_truth_by_data():
    a, b, c = Value(1.0), Value(2.0), Value(1.0)
    assert a < b and b > a and a <= c and a >= c and a < 2 and a > 0.5  # noqa: PT018
    assert not any([a < c, a > c, b <= a, a >= b, a < 1, a > 1])
    assert not Value(0.0)
    assert Value(-1.0)
    assert max([a, b]) is b


@pytest.mark.parametrize("one", [1, 1.0, True, Fraction(1), Decimal(1), np.float64(1), np.int64(1), np.True_], ids=repr)
def test_equality_with_a_number_is_by_data(one):
    assert Value(1.0) == one
    assert one == Value(1.0)
    assert (Value(1.0) != one) is False
    assert Value(1.5) != one
    assert (Value(1.5) == one) is False


def test_equality_with_a_value_and_hash_are_by_identity():
    a, c = Value(1.0), Value(1.0)
    assert a != c
    assert (a == c) is False
    assert a == a
    assert (a != a) is False
    assert len({a, c, a}) == 2
    assert [a, c].index(c) == 1
    assert c not in [a, Value(1.0)]
    assert 1.0 in [a]
    assert a != "1"
    assert a != None  # noqa: E711
    assert Value(1.0) != 10**400
    assert Value(math.nan) != math.nan


@pytest.mark.parametrize("form", [".4f", "8.2e", "g", "+.1%", "010.3f"])
def test_a_format_writes_the_number(form):
    assert f"{Value(0.123456, 'loss'):{form}}" == f"{0.123456:{form}}"
    assert "{:.3f}".format(Value(2.0)) == "2.000"  # noqa: UP032


def test_without_a_format_it_is_the_value_itself():
    assert f"{Value(2.0, 'x')}" == str(Value(2.0, "x")) == repr(Value(2.0, "x"))
    with pytest.raises(ValueError, match="format code"):
        f"{Value(2.0):d}"


def test_round_rounds_the_number():
    assert round(Value(2.7182), 2) == 2.72
    assert round(Value(2.7182)) == 3
    assert type(round(Value(2.7182))) is int


@pytest.mark.parametrize(
    "convert",
    [float, complex, math.sin, math.floor, np.float64, lambda v: np.array([v], dtype=float), lambda v: "%.2f" % v],  # noqa: UP031
    ids=["float", "complex", "math.sin", "math.floor", "np.float64", "np.array", "%"],
)
def test_no_conversion_leaves_the_graph_unseen(convert):
    message = (
        r"float: expected a number, got Value\(data=0.5.*its number is \.data.*autograd_lite\.sin\(v\), not math\.sin"
    )
    with pytest.raises(TypeError, match=message):
        convert(Value(0.5))


def test_int_and_numpy_functions_refuse():
    with pytest.raises(TypeError, match=r"int: expected a number, got Value.*int\(v\.data\)"):
        int(Value(0.5))
    with pytest.raises(TypeError, match="ufunc"):
        np.sin(Value(0.5))
