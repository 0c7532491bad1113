"""What is no number, or an odd one, wherever a person can put it: an answer, or one line of TypeError or ValueError."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd_lite
from autograd_lite import Value, check_grads, gradients, record, zero_grad
from nn import MLP, Neuron, losses, optim, verify


class Celsius(float):
    pass


def cyclic_list():
    loop = [1.0]
    loop.append(loop)
    return loop


def cyclic_dict():
    loop = {}
    loop["k"] = loop
    return loop


ODD = {
    "a float subclass": lambda: Celsius(2.0), "a huge int": lambda: 10**400,
    "a huge Fraction": lambda: Fraction(10**400, 3), "a signalling nan": lambda: Decimal("sNaN"),
    "nan": lambda: math.nan, "'3'": lambda: "3", "b'3'": lambda: b"3",
    "None": lambda: None, "1j": lambda: 1j, "an array": lambda: np.array([1.0, 2.0]),
    "a 0-d array": lambda: np.array(1.0),
    "a generator": lambda: (x for x in [1.0, 2.0]), "a cyclic list": cyclic_list, "a cyclic dict": cyclic_dict,
    "a set": lambda: {1.0}, "an object": object, "[]": list, "['1']": lambda: ["1"], "[None]": lambda: [None],
}  # fmt: skip


def square(x):
    return x * x if isinstance(x, Value) else Value(1.0)


def two():
    return [Value(1.0), Value(2.0)]


PLACES = {
    "Value": lambda odd: Value(odd), "Value.data": lambda odd: setattr(Value(1.0), "data", odd),
    "label": lambda odd: Value(1.0, odd),
    "+": lambda odd: Value(1.0) + odd, "reflected /": lambda odd: odd / Value(1.0), "**": lambda odd: Value(1.0) ** odd,
    "<": lambda odd: Value(1.0) < odd, "exp": autograd_lite.exp,
    "where": lambda odd: autograd_lite.where(odd, 1.0, Value(1.0)), "method": lambda odd: Value(1.0).atan2(odd),
    "zero_grad": zero_grad, "record": lambda odd: record(square, odd), "record f": lambda odd: record(odd, 1.0),
    "compiled": lambda odd: record(square, 1.0).compile()(odd), "y": lambda odd: gradients(odd, Value(1.0)),
    "xs": lambda odd: gradients(Value(1.0), odd), "check_grads": lambda odd: check_grads(square, odd),
    "MLP call": lambda odd: MLP(2, [1], seed=0)(odd), "MLP input": lambda odd: MLP(2, [1], seed=0)([odd, 1.0]),
    "Neuron call": lambda odd: Neuron(2)(odd),
    "MLP sizes": lambda odd: MLP(2, odd), "seed": lambda odd: MLP(2, [1], seed=odd),
    "SGD": lambda odd: optim.SGD(odd, lr=0.1), "lr": lambda odd: optim.SGD([Value(1.0)], lr=odd), "loss": losses.find,
    "verify x": lambda odd: verify(MLP(2, [1], seed=0), odd, 1.0),
    "verify y": lambda odd: verify(MLP(2, [1], seed=0), [1.0, 2.0], odd),
    "cost": lambda odd: verify(MLP(2, [1], seed=0), [1.0, 2.0], 1.0, cost=odd),
    **{f"{name} prediction": lambda odd, loss=loss: loss(odd, 1.0) for name, loss in losses.LOSSES.items()},
    **{f"{name} target": lambda odd, loss=loss: loss(two(), odd) for name, loss in losses.LOSSES.items()},
    **{f"{name} one target": lambda odd, loss=loss: loss(Value(0.5), odd) for name, loss in losses.LOSSES.items()},
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_an_answer_or_one_line(place):
    wrong = {}
    for name, odd in ODD.items():
        try:
            place(odd())
        except (TypeError, ValueError) as error:
            if "\n" in str(error) or "expected" not in str(error):
                wrong[name] = str(error)
        except Exception as error:
            wrong[name] = repr(error)
    assert wrong == {}
