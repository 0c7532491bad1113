"""The oracle against oracles of its own: 50-digit differences of a forward pass of this file, fractions, tables."""

import ast
import copy
import itertools
import math
import random
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn.proof.deltas as deltas
from nn.proof import arguments
from nn.proof.deltas import ACTIVATIONS, COSTS, OUTPUT_OF, Backpropagation, backpropagate, bp1, bp2, bp3, bp4, train

NETWORKS = {1: [3, 2], 2: [3, 4, 2], 3: [2, 3, 4, 3], 4: [3, 2, 3, 2, 2]}
EPSILON = 2.0**-52

# ---- the independent forward pass: textbook formulas at 50 digits, where cancellation costs nothing ----

MP_ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: max(z, z * mpmath.mpf(0.01)),
    "elu": lambda z: z if z > 0 else mpmath.exp(z) - 1,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "gelu": lambda z: z * (1 + mpmath.erf(z / mpmath.sqrt(2))) / 2,
}


def mp_activation(name):
    assert name in MP_ACTIVATIONS, f"write σ of {name} a second time, by mpmath: MP_ACTIVATIONS[{name!r}], in this file"
    return MP_ACTIVATIONS[name]


def mp_binary_cross_entropy(a, y):
    return -sum(t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p) for p, t in zip(a, y, strict=True))


def mp_cross_entropy(a, y):
    total = sum(mpmath.exp(v) for v in a)
    return -sum(t * mpmath.log(mpmath.exp(v) / total) for v, t in zip(a, y, strict=True))


MP_COSTS = {
    "quadratic": lambda a, y: sum((v - t) ** 2 for v, t in zip(a, y, strict=True)) / 2,
    "mse": lambda a, y: sum((v - t) ** 2 for v, t in zip(a, y, strict=True)) / len(a),
    "binary_cross_entropy": mp_binary_cross_entropy,
    "cross_entropy": mp_cross_entropy,
}


def mp_cost(weights, biases, x, y, activation, output, cost):
    a = [mpmath.mpf(v) for v in x]
    for depth, (w, b) in enumerate(zip(weights, biases, strict=True), start=1):
        sigma = mp_activation(activation if depth < len(weights) else output)
        a = [sigma(mpmath.fdot(row, a) + offset) for row, offset in zip(w, b, strict=True)]
    return MP_COSTS[cost](a, [mpmath.mpf(t) for t in y])


def mp_slope(parameters, index, function):
    """The central difference of function() in parameters[index], right to about 30 digits."""
    old, h = parameters[index], mpmath.mpf("1e-15")
    ends = []
    for parameters[index] in (old + h, old - h):
        ends.append(function())
    parameters[index] = old
    return (ends[0] - ends[1]) / (2 * h)


def mp_gradients(weights, biases, *rest):
    """∂C/∂w and ∂C/∂b by central differences, in the shapes of the arguments."""
    with mpmath.workdps(50):
        w = [[[mpmath.mpf(p) for p in row] for row in layer] for layer in weights]
        b = [[mpmath.mpf(p) for p in layer] for layer in biases]

        def cost():
            return mp_cost(w, b, *rest)

        weight_grads = [[[mp_slope(row, k, cost) for k in range(len(row))] for row in layer] for layer in w]
        return weight_grads, [[mp_slope(layer, j, cost) for j in range(len(layer))] for layer in b], cost()


def network(sizes, generator):
    weights = [
        [[generator.gauss(0, 1) for _ in range(n_in)] for _ in range(n_out)]
        for n_in, n_out in itertools.pairwise(sizes)
    ]
    biases = [[generator.gauss(0, 1) for _ in range(n_out)] for n_out in sizes[1:]]
    return weights, biases, [generator.gauss(0, 1) for _ in range(sizes[0])]


def target_for(cost, size, generator):
    """A target as numbers an output, and as the caller may write it."""
    if cost == "cross_entropy":
        index = generator.randrange(size)
        return [float(j == index) for j in range(size)], index
    y = [generator.random() for _ in range(size)]
    return y, y


def flat(nested):
    return [x for item in nested for x in flat(item)] if isinstance(nested, list) else [nested]


def worst_error(found, expected):
    """The largest error, relative to the largest expected number."""
    pairs = list(zip(flat(found), flat(expected), strict=True))
    return max(abs(f - e) for f, e in pairs) / (max(abs(e) for _, e in pairs) + mpmath.mpf("1e-300"))


# ---- the four equations against differences ----


CASES = [  # in the quick part every two of activation, cost and depth meet
    pytest.param(activation, cost, depth, marks=pytest.mark.slow if (i + j + depth) % 4 else [])
    for i, activation in enumerate(ACTIVATIONS) for j, cost in enumerate(COSTS) for depth in NETWORKS
]  # fmt: skip


@pytest.mark.parametrize(("activation", "cost", "depth"), CASES)
def test_gradients_agree_with_high_precision_differences(activation, cost, depth):
    generator = random.Random(f"{activation} {cost} {depth}")
    sizes = NETWORKS[depth]
    weights, biases, x = network(sizes, generator)
    y, as_given = target_for(cost, sizes[-1], generator)
    output = OUTPUT_OF.get(cost, activation)
    found = backpropagate(weights, biases, x, as_given, activation, cost=cost)
    weight_grads, bias_grads, c = mp_gradients(weights, biases, x, y, activation, output, cost)
    assert worst_error(found.weight_grads, weight_grads) < 64 * EPSILON
    assert worst_error(found.bias_grads, bias_grads) < 64 * EPSILON
    assert worst_error(found.deltas, bias_grads) < 64 * EPSILON
    assert worst_error([found.cost], [c]) < 64 * EPSILON


@pytest.mark.parametrize("output", ACTIVATIONS)
def test_output_is_the_last_layers_activation_alone(output):
    generator = random.Random(output)
    weights, biases, x = network([3, 4, 2], generator)
    y, _ = target_for("quadratic", 2, generator)
    found = backpropagate(weights, biases, x, y, "tanh", output)
    weight_grads, bias_grads, _ = mp_gradients(weights, biases, x, y, "tanh", output, "quadratic")
    assert worst_error(found.weight_grads, weight_grads) < 64 * EPSILON
    assert worst_error(found.bias_grads, bias_grads) < 64 * EPSILON


@given(
    sizes=st.lists(st.integers(1, 3), min_size=2, max_size=5),
    seed=st.integers(0, 2**32),
    activation=st.sampled_from(list(ACTIVATIONS)),
    cost=st.sampled_from(list(COSTS)),
)
def test_any_shape(sizes, seed, activation, cost):
    generator = random.Random(seed)
    weights, biases, x = network(sizes, generator)
    y, as_given = target_for(cost, sizes[-1], generator)
    output = OUTPUT_OF.get(cost, activation)
    found = backpropagate(weights, biases, x, as_given, activation, output, cost)
    assert [len(a) for a in found.activations] == sizes
    assert [len(z) for z in found.zs] == [len(delta) for delta in found.deltas] == sizes[1:]
    assert [[len(row) for row in layer] for layer in found.weight_grads] == [
        [m] * n for m, n in itertools.pairwise(sizes)
    ]
    _, bias_grads, c = mp_gradients(weights, biases, x, y, activation, output, cost)
    scale = (
        1 + max(abs(e) for e in flat(bias_grads)) + c
    )  # where all slopes cancel or vanish, only absolute digits count
    errors = [abs(f - e) for f, e in zip(flat(found.bias_grads), flat(bias_grads), strict=True)]
    assert max(errors) < 1e-10 * scale
    assert abs(found.cost - c) < 1e-10 * scale


def test_zs_and_activations_are_those_of_the_forward_pass():
    found = backpropagate([[[1.0, 2.0], [3.0, -4.0]], [[0.5, -1.0]]], [[0.25, 0.5], [1.0]], [1, 2], 0, "relu", "tanh")
    assert found.zs == [[5.25, -4.5], [3.625]]
    assert found.activations == [[1.0, 2.0], [5.25, 0.0], [math.tanh(3.625)]]


def test_a_linear_network_by_hand_in_fractions():
    """a¹ = W¹x + b¹, a² = W²a¹ + b², so δ² = a² − y and δ¹ = W²ᵀδ²: all exact in eighths."""
    half, x = Fraction(1, 2), [Fraction(3), Fraction(-1)]
    w1, b1 = (
        [[half, Fraction(2)], [Fraction(-1), Fraction(1, 4)], [Fraction(3), half]],
        [half, Fraction(1), Fraction(-2)],
    )
    w2, b2, y = [[Fraction(2), half, Fraction(-1)]], [Fraction(1, 4)], Fraction(-5)
    # a¹ = (0, −9/4, 13/2), a² = −9/8 − 13/2 + 1/4 = −59/8, δ² = −19/8, δ¹ = −19/8 · (2, 1/2, −1)
    found = backpropagate([w1, w2], [b1, b2], x, y, "linear")
    assert found.activations == [[3.0, -1.0], [0.0, -2.25, 6.5], [-7.375]]
    assert found.zs == found.activations[1:]
    assert found.deltas == [[-4.75, -1.1875, 2.375], [-2.375]]
    assert found.weight_grads == [[[-14.25, 4.75], [-3.5625, 1.1875], [7.125, -2.375]], [[0.0, 5.34375, -15.4375]]]
    assert found.bias_grads == found.deltas
    assert found.cost == Fraction(361, 128)
    w, b, history = train([w1, w2], [b1, b2], [x], [y], 1, None, Fraction(1, 2), "linear")
    assert w == [[[7.625, -0.375], [0.78125, -0.34375], [-0.5625, 1.6875]], [[2.0, -2.171875, 6.71875]]]
    assert b == [[2.875, 1.59375, -3.1875], [1.4375]]
    assert history == [361 / 128]


def test_each_equation_by_hand():
    def square_prime(z):
        return 2.0 * z

    assert bp1([3.0, -1.0], [0.5, 2.0], square_prime) == [3.0, -4.0]
    assert bp2([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [1.0, 10.0, 100.0], [0.5, 1.0], square_prime) == [531.0, 1284.0]
    assert bp3([1.0, 2.0, 3.0], [10.0, -1.0]) == [[10.0, 20.0, 30.0], [-1.0, -2.0, -3.0]]
    assert bp4([1.0, 2.0]) == [1.0, 2.0]


# ---- activations ----


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_its_derivative_keep_their_digits(name):
    sigma, prime = ACTIVATIONS[name]
    generator = random.Random(name)
    for z in [reach * generator.uniform(-1, 1) for reach in (1e-12, 1e-3, 3, 9, 30) for _ in range(10)]:
        with mpmath.workdps(60 + 200):  # φ(30) has 196 zeros after the point
            value, slope = mp_activation(name)(mpmath.mpf(z)), mpmath.diff(mp_activation(name), mpmath.mpf(z))
            tail = 8 * EPSILON * (1 + z * z)  # an error of ε in z²/2 is one of z²/2 · ε in e to it
            assert abs(sigma(z) - value) <= tail * abs(value), z
            # silu′ and gelu′ cross zero, where their two terms cancel
            size = abs(slope) + (0.5 if name in ("silu", "gelu") and -2 < z < 0 else 0)
            assert abs(prime(z) - slope) <= tail * size, z


KINKS = [
    ("relu", 0.0, 0.0, 0.0),
    ("relu", -0.0, 0.0, 0.0),
    ("leaky_relu", 0.0, 0.0, 0.01),
    ("elu", 0.0, 0.0, 1.0),
    ("softplus", 0.0, math.log(2.0), 0.5),
    ("sigmoid", 0.0, 0.5, 0.25),
    ("tanh", 0.0, 0.0, 1.0),
    ("silu", 0.0, 0.0, 0.5),
    ("gelu", 0.0, 0.0, 0.5),
    ("sigmoid", 1000.0, 1.0, 0.0),
    ("sigmoid", -1000.0, 0.0, 0.0),
    ("tanh", 1e308, 1.0, 0.0),
    ("tanh", -1e308, -1.0, 0.0),
    ("elu", -1000.0, -1.0, 0.0),
    ("softplus", 1000.0, 1000.0, 1.0),
    ("softplus", -1000.0, 0.0, 0.0),
    ("silu", 1e308, 1e308, 1.0),
    ("silu", -1e308, 0.0, 0.0),
    ("gelu", 1e200, 1e200, 1.0),
    ("gelu", -1e200, 0.0, 0.0),
]


@pytest.mark.parametrize(("name", "z", "value", "slope"), KINKS)
def test_kinks_and_extremes(name, z, value, slope):
    sigma, prime = ACTIVATIONS[name]
    assert (sigma(z), prime(z)) == (value, slope)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan_in_every_activation(name):
    assert math.isnan(ACTIVATIONS[name][0](math.nan))


# ---- costs on logits ----

LOGITS = [
    # cost, logits, y, cost of the sample, δᴸ
    ("binary_cross_entropy", [1000.0], 1, 0.0, [0.0]),
    ("binary_cross_entropy", [1000.0], 0, 1000.0, [1.0]),
    ("binary_cross_entropy", [-1000.0], 1, 1000.0, [-1.0]),
    ("binary_cross_entropy", [-1000.0], 0, 0.0, [0.0]),
    ("binary_cross_entropy", [0.0, 0.0], [1, 0], 2 * math.log(2.0), [-0.5, 0.5]),
    ("binary_cross_entropy", [100.0], 1, math.exp(-100.0), [-math.exp(-100.0)]),
    ("cross_entropy", [1000.0, -1000.0], 0, 0.0, [0.0, 0.0]),
    ("cross_entropy", [1000.0, -1000.0], 1, 2000.0, [1.0, -1.0]),
    ("cross_entropy", [-1000.0, -1000.0], 1, math.log(2.0), [0.5, -0.5]),
    ("cross_entropy", [1e308, 1e308, 1e308, 1e308], [0.25] * 4, math.log(4.0), [0.0] * 4),
    ("cross_entropy", [100.0, 0.0], 0, math.exp(-100.0), [-math.exp(-100.0), math.exp(-100.0)]),
    ("cross_entropy", [5.0], 0, 0.0, [0.0]),
]


@pytest.mark.parametrize(("cost", "logits", "y", "expected", "delta"), LOGITS)
def test_extreme_logits(cost, logits, y, expected, delta):
    found = backpropagate([[[1.0]] * len(logits)], [logits], [0.0], y, cost=cost)
    assert found.zs[-1] == logits
    assert found.activations[-1] == [ACTIVATIONS[OUTPUT_OF[cost]][0](z) for z in logits]
    assert found.cost == pytest.approx(expected, rel=1e-15, abs=0)
    assert found.deltas[-1] == pytest.approx(delta, rel=1e-15, abs=0)


@pytest.mark.parametrize("cost", OUTPUT_OF)
def test_a_class_index_and_its_probabilities_are_the_same_target(cost):
    weights, biases, x = network([2, 3, 1 if cost == "binary_cross_entropy" else 3], random.Random(3))
    y, row = (1, [1.0]) if cost == "binary_cross_entropy" else (1, (0.0, 1.0, 0.0))
    assert backpropagate(weights, biases, x, y, cost=cost) == backpropagate(weights, biases, x, row, cost=cost)


# ---- training ----

XOR = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("batch_size", "epochs"),
    [pytest.param(None, 3000, marks=pytest.mark.slow), (1, 1500), pytest.param(3, 2000, marks=pytest.mark.slow)],
)
def test_train_learns_xor(batch_size, epochs):
    weights, biases, _ = network([2, 3, 1], random.Random(1))
    w, b, history = train(weights, biases, *XOR, epochs, batch_size, 2.0)
    assert len(history) == epochs
    assert history[-1] < 0.01 < history[0]
    assert [round(backpropagate(w, b, x, 0).activations[-1][0]) for x in XOR[0]] == XOR[1]


def test_train_lowers_the_cost_in_every_full_batch_epoch_at_a_small_rate():
    weights, biases, _ = network([2, 3, 1], random.Random(1))
    _, _, history = train(weights, biases, *XOR, 50, None, 0.1, shuffle=False)
    assert all(after < before for before, after in itertools.pairwise(history))
    costs = [backpropagate(weights, biases, x, y).cost for x, y in zip(*XOR, strict=True)]
    assert history[0] == pytest.approx(sum(costs) / 4, rel=1e-15)


@pytest.mark.parametrize("shuffle", [True, False])
def test_train_takes_its_batches_in_the_documented_order(shuffle):
    """In exact fractions: one linear neuron, batches of 2, 2 and 1 samples, an index list shuffled again each epoch."""
    xs, ys, rate = [[1], [-2], [3], [0], [2]], [2, 1, -1, 4, 0], Fraction(1, 8)
    w, b, expected, indices, generator = Fraction(1, 2), Fraction(-1), [], list(range(5)), random.Random(7)
    for _ in range(3):
        if shuffle:
            generator.shuffle(indices)
        costs = []
        for batch in (indices[:2], indices[2:4], indices[4:]):
            errors = [w * xs[i][0] + b - ys[i] for i in batch]
            costs += [error * error / 2 for error in errors]
            w -= rate * sum(e * xs[i][0] for e, i in zip(errors, batch, strict=True)) / len(batch)
            b -= rate * sum(errors) / len(batch)
        expected.append(sum(costs) / 5)
    found_w, found_b, history = train([[[0.5]]], [[-1]], xs, ys, 3, 2, rate, "linear", seed=7, shuffle=shuffle)
    assert found_w[0][0][0] == pytest.approx(float(w), rel=1e-13)
    assert found_b[0][0] == pytest.approx(float(b), rel=1e-13)
    assert history == pytest.approx([float(c) for c in expected], rel=1e-13)


def test_the_seed_decides_the_order_and_nothing_else_does():
    weights, biases, _ = network([2, 3, 1], random.Random(1))
    runs = [train(weights, biases, *XOR, 5, 1, 0.5, seed=seed) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_no_epochs_change_nothing():
    assert train([[[1, 2]]], [[3]], [[0, 0]], [0], 0, None, 1) == ([[[1.0, 2.0]]], [[3.0]], [])


def test_arguments_are_left_untouched_and_not_shared():
    weights, biases, x = network([2, 3, 2], random.Random(5))
    arguments = weights, biases, x, [0.0, 1.0]
    before = copy.deepcopy(arguments)
    found = backpropagate(*arguments)
    found.activations[0][0] = found.deltas[-1][0] = 99.0
    assert found.bias_grads[-1][0] != 99.0
    w, b, _ = train(weights, biases, [x], [[0.0, 1.0]], 0, None, 0.5)
    w[0][0][0] = b[0][0] = 99.0
    train(weights, biases, [x], [[0.0, 1.0]], 3, None, 0.5)
    assert arguments == before


def test_numpy_arrays_and_tuples_are_sequences_of_numbers():
    weights, biases, x = network([2, 3, 1], random.Random(5))
    arrays = [np.array(w) for w in weights], [np.array(b) for b in biases], np.array(x), np.float64(1.0)
    tuples = tuple(tuple(map(tuple, w)) for w in weights), tuple(map(tuple, biases)), tuple(x), (1,)
    expected = backpropagate(weights, biases, x, 1.0)
    assert backpropagate(*arrays) == backpropagate(*tuples) == expected
    assert all(type(n) is float for n in flat(backpropagate(*arrays).activations))
    rows, labels = np.array(XOR[0]), np.array(XOR[1])
    assert train(weights, biases, rows, labels, 2, np.int64(2), 0.5) == train(weights, biases, *XOR, 2, 2, 0.5)


# ---- errors ----

W, B = [[[1, 2], [3, 4], [5, 6]], [[1, 2, 3]]], [[1, 2, 3], [4]]
TWO = [[[1.0], [1.0]]], [[0.0, 0.0]], [1.0]

BACKPROPAGATE_ERRORS = [
    ((W, B, [1, 2, 3], 0), {}, ValueError, "expected 2 inputs in x, got 3"),
    ((W, B, [1, 2], [0, 1]), {}, ValueError, "expected 1 numbers in y, got 2"),
    ((*TWO, 0), {}, ValueError, "expected 2 numbers in y, got 1"),
    ((W, B[:1], [1, 2], 0), {}, ValueError, "expected one layer of biases for each layer of weights, got 1 for 2"),
    (([], [], [1], 0), {}, ValueError, "expected one layer of biases for each layer of weights, got 0 for 0"),
    (
        ([[]], [[]], [1], 0),
        {},
        ValueError,
        "expected at least one neuron in each layer of weights, and one input, got none",
    ),
    (([[[]]], [[1]], [], 0), {}, ValueError, "expected at least one neuron in each layer of weights, and one input"),
    (([[[1, 2], [3]]], [[1, 2]], [1, 2], 0), {}, ValueError, "expected 2 weights in weights[0][1], got 1"),
    (([*W[:1], [[1, 2]]], B, [1, 2], 0), {}, ValueError, "expected 3 weights in weights[1][0], got 2"),
    ((W, [[1, 2], [4]], [1, 2], 0), {}, ValueError, "expected 3 biases in biases[0], got 2"),
    ((W, B, [1, "2"], 0), {}, TypeError, "expected a real number as x[1], got '2' (str)"),
    ((W, B, [1, 2j], 0), {}, TypeError, "expected a real number as x[1], got 2j (complex)"),
    ((W, B, [1, [2]], 0), {}, TypeError, "expected a real number as x[1], got [2] (list)"),
    ((W, B, [1, None], 0), {}, TypeError, "expected a real number as x[1], got None (NoneType)"),
    ((W, B, [1, 10**5000], 0), {}, ValueError, "expected a number that fits a double as x[1], got another int"),
    ((W, B, 3.0, 0), {}, TypeError, "expected a sequence as x, got 3.0 (float)"),
    ((W, B, np.array(3.0), 0), {}, TypeError, "expected a sequence as x, got array(3.) (ndarray)"),
    ((W, B, "12", 0), {}, TypeError, "expected a sequence as x, got '12' (str)"),
    ((W, B, {0: 1, 1: 2}, 0), {}, TypeError, "expected a sequence as x, got {0: 1, 1: 2} (dict)"),
    ((None, B, [1, 2], 0), {}, TypeError, "expected a sequence as weights, got None (NoneType)"),
    (([[1, 2]], [[1, 2]], [1, 2], 0), {}, TypeError, "expected a sequence as weights[0][0], got 1 (int)"),
    ((W, B, [1, 2], "yes"), {}, TypeError, "expected a sequence as y, got 'yes' (str)"),
    ((W, B, [1, 2], None), {}, TypeError, "expected a real number as y, got None (NoneType)"),
    ((W, B, [1, 2], 0, "sine"), {}, ValueError, "expected activation to be one of linear, sigmoid, "),
    ((W, B, [1, 2], 0, "tanh", "softmax"), {}, ValueError, "gelu, got 'softmax' (str)"),
    ((W, B, [1, 2], 0, ["tanh"]), {}, TypeError, "expected activation to be a name, got ['tanh'] (list)"),
    ((W, B, [1, 2], 0), {"cost": "hinge"}, ValueError, "expected cost to be one of quadratic, mse, "),
    ((W, B, [1, 2], 0), {"cost": None}, TypeError, "expected cost to be a name, got None (NoneType)"),
    (
        (W, B, [1, 2], 0, "tanh", "sigmoid", "cross_entropy"),
        {},
        ValueError,
        "expected output 'linear' for cross_entropy, got 'sigmoid'; leave it out",
    ),
    (
        (W, B, [1, 2], -1),
        {"cost": "binary_cross_entropy"},
        ValueError,
        "expected numbers in 0..1 as y for binary_cross",
    ),
    ((*TWO, 2), {"cost": "cross_entropy"}, ValueError, "expected a class index from 0 to 1 as y, got 2 (int)"),
    ((*TWO, -1), {"cost": "cross_entropy"}, ValueError, "expected a class index from 0 to 1 as y, got -1 (int)"),
    ((*TWO, 0.5), {"cost": "cross_entropy"}, ValueError, "expected a class index from 0 to 1 as y, got 0.5 (float)"),
    (
        (*TWO, [1, 1]),
        {"cost": "cross_entropy"},
        ValueError,
        "expected probabilities that sum to 1 as y, got a sum of 2.0",
    ),
    ((*TWO, [2, -1]), {"cost": "cross_entropy"}, ValueError, "expected numbers in 0..1 as y for cross_entropy"),
]
TRAIN_ERRORS = [
    ((W, B, [[1, 2], [1]], [0, 0], 1, None, 1), {}, ValueError, "expected 2 inputs in xs[1], got 1"),
    ((W, B, [[1, 2], [3, 4]], [0, [1, 2]], 1, None, 1), {}, ValueError, "expected 1 numbers in ys[1], got 2"),
    ((W, B, [[1, 2]], [0, 0], 1, None, 1), {}, ValueError, "expected one target in ys for each row of xs, got 2 for 1"),
    ((W, B, [], [], 1, None, 1), {}, ValueError, "expected one target in ys for each row of xs, got 0 for 0"),
    ((W, B, [[1, 2]], 0, 1, None, 1), {}, TypeError, "expected a sequence as ys, got 0 (int)"),
    ((W, B, [[1, 2]], [0], -1, None, 1), {}, ValueError, "expected epochs to be at least 0, got -1"),
    ((W, B, [[1, 2]], [0], 1.0, None, 1), {}, TypeError, "expected an integer as epochs, got 1.0 (float)"),
    ((W, B, [[1, 2]], [0], 1, 0, 1), {}, ValueError, "expected batch_size to be at least 1, got 0"),
    ((W, B, [[1, 2]], [0], 1, None, "1"), {}, TypeError, "expected a real number as learning_rate, got '1' (str)"),
    ((W, B, [[1, 2]], [0], 1, None, 1), {"seed": "x"}, TypeError, "expected an integer as seed, got 'x' (str)"),
    ((W, B, [[1, 2]], [0], 1, None, 1), {"activation": "no"}, ValueError, "expected activation to be one of linear, "),
]


@pytest.mark.parametrize(
    ("function", "arguments", "options", "kind", "message"),
    [(backpropagate, *case) for case in BACKPROPAGATE_ERRORS] + [(train, *case) for case in TRAIN_ERRORS],
)
def test_errors_are_one_line_and_name_the_argument(function, arguments, options, kind, message):
    with pytest.raises(kind) as raised:
        function(*arguments, **options)
    assert type(raised.value) is kind
    text = str(raised.value)
    assert text.startswith(f"{function.__name__}: ")
    assert message in text
    assert "\n" not in text


# ---- the house ----


def test_it_imports_nothing_but_these_modules_of_the_standard_library():
    tree = ast.parse("".join(Path(module.__file__).read_text(encoding="utf-8") for module in (deltas, arguments)))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {"." * n.level + (n.module or "") for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert "math" in imported
    own = {"nn.proof", "nn.proof.arguments"}  # where the arguments are checked, read here as well
    assert imported - own <= {"math", "random", "dataclasses", "typing", "collections.abc"}
    assert [alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "nn.proof"
            for alias in n.names] == ["arguments"]  # fmt: skip
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & {"__import__", "eval", "exec"}


def test_the_answer_is_frozen():
    found = backpropagate([[[1.0]]], [[0.0]], [1.0], 0.0)
    assert isinstance(found, Backpropagation)
    with pytest.raises(AttributeError):
        found.cost = 1.0
