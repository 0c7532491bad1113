"""Layers within `no_grad` add up numbers: to the same bits as the graph, and not where somebody would see the sums."""

import math

import numpy as np
import pytest

from autograd_lite import Value, detect_anomaly, no_grad
from autograd_lite.reading import bare_numbers
from nn import Layer, Neuron


@pytest.mark.parametrize("numbers", [(0.1, -0.7, 1e-17), (-0.0, 0.0, -0.0), (1e308, 1e308, -1e308), (math.inf, 0, 2)])
def test_within_no_grad_a_layer_gives_the_same_bits(numbers):
    layer = Layer(3, 4, "linear", seed=1)
    recorded = layer(numbers)
    with no_grad():
        alone = layer(numbers)
    assert [a.data.hex() for a in alone] == [a.data.hex() for a in recorded]
    assert [(a.label, a.scope, a.op, a.parents) for a in alone] == [(a.label, a.scope, None, ()) for a in recorded]


class Doubled(Value):
    """A class of one's own: what is multiplied by it is doubled."""

    def __mul__(self, other):
        return 2.0 * super().__mul__(other)


@pytest.mark.parametrize(("weight", "z"), [(Doubled(3.0), 12.5), (3.0, 6.5), (np.float64(3.0), 6.5)])
def test_within_no_grad_a_weight_of_ones_own_does_what_it_does(weight, z):
    neuron = Neuron(1, "linear")
    neuron.w[0], neuron.b.data = weight, 0.5
    assert neuron([2.0]).data == z
    with no_grad():
        assert neuron([2.0]).data == z


def test_within_no_grad_an_anomaly_is_found_in_a_layer():
    with detect_anomaly(), no_grad(), pytest.raises(FloatingPointError, match="multiply"):
        Layer(1, 1)([math.inf])


class Mine(Value):
    """A class of one's own."""


@pytest.mark.parametrize(
    ("values", "numbers"),
    [([Value(1.0), Value(2.0)], [1.0, 2.0]), ([Mine(1.0)], None), ([Value(1.0), Mine(2.0)], None), ([1.0], None)],
)
def test_numbers_are_bare_within_no_grad_and_of_plain_values_alone(values, numbers):
    assert bare_numbers(values) is None
    with no_grad():
        assert bare_numbers(values, values) == (numbers and [numbers, numbers])
