"""Backpropagation in closed form: the four equations on plain floats, the oracle that the engine is held against.

    BP1  δᴸ = ∇ₐC ⊙ σ′(zᴸ)               output error        BP3  ∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ   weights
    BP2  δˡ = (wˡ⁺¹ᵀ δˡ⁺¹) ⊙ σ′(zˡ)      hidden error        BP4  ∂C/∂bˡⱼ  = δˡⱼ         biases

w[l][j][k] leads from neuron k of the layer before to neuron j. Names follow `network.py` of Nielsen's "Neural Networks
and Deep Learning"; its chapter 2 numbers the last two the other way round (its BP3 is biases, its BP4 is weights).

Nothing of the engine is imported here, and every σ′ is stated in a form of its own: shared code would share mistakes.
"""

# ruff: noqa: E741  l is the layer, as in the equations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nn.proof import arguments
from nn.proof.arguments import OUTPUT_OF, Matrix, Vector

Function = Callable[[float], float]
Activation = tuple[Function, Function]  # σ, σ′
# C(a, y), ∇ₐC(a, y), and whether both are written with the last layer's z in place of its a
Cost = tuple[Callable[[Vector, Vector], float], Callable[[Vector, Vector], Vector], bool]


@dataclass(frozen=True)
class Backpropagation:
    """All that one sample gives, layer by layer; `activations` starts with a⁰ = x, `cost` is this sample's C."""

    zs: list[Vector]
    activations: list[Vector]
    deltas: list[Vector]
    weight_grads: list[Matrix]
    bias_grads: list[Vector]
    cost: float


def added(terms: Iterable[float], start: float = 0.0) -> float:
    """Add from left to right: from Python 3.12 on the built-in sum() compensates, and answers would differ."""
    for term in terms:
        start += term
    return start


# ---- σ and σ′, each without cancellation or overflow however large |z| is ----


def sigmoid(z: float) -> float:
    """σ(z) = 1 / (1 + e⁻ᶻ)."""
    e = math.exp(-abs(z))
    return e / (1.0 + e) if z < 0.0 else 1.0 / (1.0 + e)


def sigmoid_prime(z: float) -> float:
    """σ′(z) = e⁻ᶻ / (1 + e⁻ᶻ)², an even function; σ·(1 − σ) would lose its digits where σ is near 1."""
    e = math.exp(-abs(z))
    return e / ((1.0 + e) * (1.0 + e))


def softplus(z: float) -> float:
    """ln(1 + eᶻ)."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def normal_cdf(z: float) -> float:
    """Φ(z), the standard normal distribution function; erfc keeps the digits of its left tail."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_pdf(z: float) -> float:
    """φ(z) = Φ′(z)."""
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


ACTIVATIONS: dict[str, Activation] = {
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (math.tanh, lambda z: 4.0 * sigmoid_prime(2.0 * z)),
    "relu": (lambda z: 0.0 if z <= 0.0 else z, lambda z: 1.0 if z > 0.0 else 0.0),
    "leaky_relu": (lambda z: z if z > 0.0 else 0.01 * z, lambda z: 1.0 if z > 0.0 else 0.01),
    "elu": (lambda z: z if z > 0.0 else math.expm1(z), lambda z: 1.0 if z > 0.0 else math.exp(z)),
    "softplus": (softplus, sigmoid),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) + z * sigmoid_prime(z)),
    "gelu": (lambda z: z * normal_cdf(z), lambda z: normal_cdf(z) + z * normal_pdf(z)),
}

# ---- C and ∇ₐC of one sample, and for the cross-entropies C and δᴸ ----


def _squares(a: Vector, y: Vector) -> float:
    return added((aj - yj) * (aj - yj) for aj, yj in zip(a, y, strict=True))


def _difference(p: float, q: float, y: float) -> float:
    """p − y for a probability p = 1 − q: when p is near 1 and y is 1, only q still knows how near."""
    return p * (1.0 - y) - q * y


def _binary_cross_entropy(z: Vector, y: Vector) -> float:
    """C = −Σ [y ln a + (1 − y) ln(1 − a)] for a = σ(z), where −ln σ(z) = softplus(−z)."""
    return added(yj * softplus(-zj) + (1.0 - yj) * softplus(zj) for zj, yj in zip(z, y, strict=True))


def _binary_cross_entropy_gradient(z: Vector, y: Vector) -> Vector:
    """δᴸ = a − y for a = σ(z): ∇ₐC ⊙ σ′(z), in which σ′ cancels."""
    return [_difference(sigmoid(zj), sigmoid(-zj), yj) for zj, yj in zip(z, y, strict=True)]


def _cross_entropy(z: Vector, y: Vector) -> float:
    """C = −Σ y ln a for a = softmax(z), where −ln softmax(z)ⱼ = ln Σₖ eᶻᵏ − zⱼ."""
    top = z.index(max(z))
    log_total = math.log1p(added(math.exp(zk - z[top]) for k, zk in enumerate(z) if k != top))
    return added(yj * (z[top] - zj + log_total) for zj, yj in zip(z, y, strict=True))


def _cross_entropy_gradient(z: Vector, y: Vector) -> Vector:
    """δᴸ = a − y for a = softmax(z), as Σ y = 1."""
    top = max(z)
    e = [math.exp(zj - top) for zj in z]
    total = added(e)
    others = [added(e[:j] + e[j + 1 :]) for j in range(len(e))]
    return [_difference(ej / total, oj / total, yj) for ej, oj, yj in zip(e, others, y, strict=True)]


COSTS: dict[str, Cost] = {
    "quadratic": (
        lambda a, y: 0.5 * _squares(a, y),
        lambda a, y: [aj - yj for aj, yj in zip(a, y, strict=True)],
        False,
    ),
    "mse": (
        lambda a, y: _squares(a, y) / len(a),
        lambda a, y: [2.0 * (aj - yj) / len(a) for aj, yj in zip(a, y, strict=True)],
        False,
    ),
    "binary_cross_entropy": (_binary_cross_entropy, _binary_cross_entropy_gradient, True),
    "cross_entropy": (_cross_entropy, _cross_entropy_gradient, True),
}

# ---- the four equations ----


def bp1(cost_gradient: Vector, z: Vector, prime: Function) -> Vector:
    """BP1, output error: δᴸ = ∇ₐC ⊙ σ′(zᴸ)."""
    return [g * prime(zj) for g, zj in zip(cost_gradient, z, strict=True)]


def bp2(w_next: Matrix, delta_next: Vector, z: Vector, prime: Function) -> Vector:
    """BP2, hidden error: δˡ = (wˡ⁺¹ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""
    pulled_back = [
        added(w * d for w, d in zip(column, delta_next, strict=True)) for column in zip(*w_next, strict=True)
    ]
    return [p * prime(zj) for p, zj in zip(pulled_back, z, strict=True)]


def bp3(a_before: Vector, delta: Vector) -> Matrix:
    """BP3, weights: ∂C/∂wˡⱼₖ = aˡ⁻¹ₖ δˡⱼ."""
    return [[a * d for a in a_before] for d in delta]


def bp4(delta: Vector) -> Vector:
    """BP4, biases: ∂C/∂bˡⱼ = δˡⱼ."""
    return list(delta)


def feed_forward(
    weights: list[Matrix], biases: Matrix, sigmas: list[Activation], x: Vector
) -> tuple[list[Vector], list[Vector]]:
    """zˡ = wˡ aˡ⁻¹ + bˡ and aˡ = σ(zˡ), for every layer; the sum starts with the bias."""
    zs, activations = [], [x]
    for w, b, (sigma, _) in zip(weights, biases, sigmas, strict=True):
        a = activations[-1]
        z = [added((wk * ak for wk, ak in zip(row, a, strict=True)), start=bj) for row, bj in zip(w, b, strict=True)]
        zs.append(z)
        activations.append([sigma(zj) for zj in z])
    return zs, activations


def _one_sample(
    weights: list[Matrix], biases: Matrix, sigmas: list[Activation], cost: Cost, x: Vector, y: Vector
) -> Backpropagation:
    """Run the four equations on arguments that were checked."""
    function, gradient, takes_z = cost
    primes = [prime for _, prime in sigmas]
    zs, activations = feed_forward(weights, biases, sigmas, x)
    output = zs[-1] if takes_z else activations[-1]
    deltas = [gradient(output, y) if takes_z else bp1(gradient(output, y), zs[-1], primes[-1])]
    for l in reversed(range(len(weights) - 1)):
        deltas.insert(0, bp2(weights[l + 1], deltas[0], zs[l], primes[l]))
    weight_grads = [bp3(a, delta) for a, delta in zip(activations[:-1], deltas, strict=True)]
    bias_grads = [bp4(delta) for delta in deltas]
    return Backpropagation(zs, activations, deltas, weight_grads, bias_grads, function(output, y))


def backpropagate(
    weights: Sequence[Sequence[Sequence[float]]],
    biases: Sequence[Sequence[float]],
    x: Sequence[float],
    y: float | Sequence[float],
    activation: str = "sigmoid",
    output: str | None = None,
    cost: str = "quadratic",
) -> Backpropagation:
    """Compute the cost of one sample and all its derivatives with the four equations.

    `weights[l][j][k]` leads from neuron k to neuron j; `y` is a number for one output, else one number an output.
    `activation` is that of the hidden layers, `output` that of the last one, by default the same. Costs: "quadratic"
    is ½‖a − y‖², "mse" the mean of the squares, "binary_cross_entropy" (summed over the outputs, y in 0..1) that of a
    "sigmoid" output, and "cross_entropy" (y a class index, or probabilities) that of the softmax of a "linear" one.

    Raises TypeError for what is no number or sequence of numbers, ValueError for a shape or a name that doesn't fit.
    """
    where = "backpropagate"
    w, b = arguments.network(weights, biases, where)
    sigmas = _sigmas(activation, output, cost, len(w), where)
    inputs = arguments.vector(x, "x", where, len(w[0][0]), "inputs")
    return _one_sample(w, b, sigmas, COSTS[cost], inputs, arguments.target_row(y, cost, len(b[-1]), "y", where))


def train(
    weights: Sequence[Sequence[Sequence[float]]],
    biases: Sequence[Sequence[float]],
    xs: Sequence[Sequence[float]],
    ys: Sequence[Any],
    epochs: int,
    batch_size: int | None,
    learning_rate: float,
    activation: str = "sigmoid",
    output: str | None = None,
    cost: str = "quadratic",
    seed: int = 0,
    shuffle: bool = True,
) -> tuple[list[Matrix], list[Vector], list[float]]:
    """Train by gradient descent on mini-batches of m = `batch_size` samples (None: all of them; the last may be fewer).

    w ← w − (η/m) Σₓ δˡ (aˡ⁻¹)ᵀ and b ← b − (η/m) Σₓ δˡ after each batch. Returns new weights, new biases, and for each
    epoch the mean cost of its samples, each as it was before its batch's step. Arguments and errors as in
    `backpropagate`, with one row of `xs` and one entry of `ys` a sample.
    """
    where = "train"
    w, b = arguments.network(weights, biases, where)
    sigmas = _sigmas(activation, output, cost, len(w), where)
    samples = arguments.samples(xs, ys, cost, len(w[0][0]), len(b[-1]), where)
    m = len(samples) if batch_size is None else arguments.integer(batch_size, 1, "batch_size", where)
    rate = arguments.checked_number(learning_rate, "learning_rate", where)
    generator = random.Random(arguments.integer(seed, -math.inf, "seed", where))
    indices, history = list(range(len(samples))), []
    for _ in range(arguments.integer(epochs, 0, "epochs", where)):
        if shuffle:
            generator.shuffle(indices)
        costs = []
        for start in range(0, len(indices), m):
            batch = [_one_sample(w, b, sigmas, COSTS[cost], *samples[i]) for i in indices[start : start + m]]
            costs += [sample.cost for sample in batch]
            w, b = _descend(w, b, batch, rate)
        history.append(added(costs) / len(costs))
    return w, b, history


def _sigmas(activation: Any, output: Any, cost: Any, depth: int, where: str) -> list[Activation]:
    """One (σ, σ′) a layer."""
    hidden = arguments.known(activation, ACTIVATIONS, "activation", where)
    needed = OUTPUT_OF.get(arguments.known(cost, COSTS, "cost", where))
    last = arguments.known(output, ACTIVATIONS, "output", where) if output is not None else needed or hidden
    if needed and last != needed:
        raise ValueError(f"{where}: expected output {needed!r} for {cost}, got {last!r}; leave it out")
    return [ACTIVATIONS[hidden]] * (depth - 1) + [ACTIVATIONS[last]]


def _descend(
    weights: list[Matrix], biases: list[Vector], batch: list[Backpropagation], learning_rate: float
) -> tuple[list[Matrix], list[Vector]]:
    """w ← w − (η/m) Σₓ δˡ (aˡ⁻¹)ᵀ and b ← b − (η/m) Σₓ δˡ."""
    step = learning_rate / len(batch)

    def moved(old: Vector, gradients: list[Vector]) -> Vector:
        return [p - step * added(slopes) for p, *slopes in zip(old, *gradients, strict=True)]

    new_weights = [
        [moved(row, [sample.weight_grads[l][j] for sample in batch]) for j, row in enumerate(w)]
        for l, w in enumerate(weights)
    ]
    return new_weights, [moved(b, [sample.bias_grads[l] for sample in batch]) for l, b in enumerate(biases)]
