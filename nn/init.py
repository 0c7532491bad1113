"""Initialisers: what a neuron's weights and bias are before training.

Each takes a random generator, the layer's number of inputs and of outputs, and gives one neuron's weights and bias.
"""

import math
import random
from collections.abc import Callable
from typing import Any, cast

from autograd_lite.errors import as_int, shown

Draw = Callable[[random.Random, int, int], tuple[list[float], float]]


def uniform(generator: random.Random, n_in: int, n_out: int) -> tuple[list[float], float]:
    """Weights even in [-1, 1], bias 0, as in micrograd."""
    return [generator.uniform(-1.0, 1.0) for _ in range(n_in)], 0.0


def xavier(generator: random.Random, n_in: int, n_out: int) -> tuple[list[float], float]:
    """Weights even in ±√(6 / (n_in + n_out)), bias 0 (Glorot and Bengio 2010, for tanh and sigmoid layers)."""
    bound = math.sqrt(6.0 / (n_in + n_out))
    return [generator.uniform(-bound, bound) for _ in range(n_in)], 0.0


def he(generator: random.Random, n_in: int, n_out: int) -> tuple[list[float], float]:
    """Weights normal with variance 2 / n_in, bias 0 (He et al. 2015, for ReLU layers)."""
    return [generator.gauss(0.0, math.sqrt(2.0 / n_in)) for _ in range(n_in)], 0.0


def normal(generator: random.Random, n_in: int, n_out: int) -> tuple[list[float], float]:
    """Weights and bias standard normal, as the first network of Nielsen's book."""
    return [generator.gauss(0.0, 1.0) for _ in range(n_in)], generator.gauss(0.0, 1.0)


INITIALISERS: dict[str, Draw] = {"uniform": uniform, "xavier": xavier, "glorot": xavier, "he": he, "normal": normal}


def initialiser(init: str | Draw) -> Draw:
    """The initialiser of a name, or the function itself."""
    if callable(init):
        return init
    if not isinstance(init, str) or init not in INITIALISERS:
        error = ValueError if isinstance(init, str) else TypeError
        raise error(f"init: expected a function or one of {', '.join(INITIALISERS)}, got {shown(init)}")
    return INITIALISERS[init]


def generator(seed: Any) -> random.Random:
    """A random generator: new from an int, the given one, or the `random` module's own for None (as micrograd)."""
    if seed is None or seed is random:
        return cast(random.Random, random)  # a module with the functions of a generator
    if isinstance(seed, random.Random):
        return seed
    try:
        return random.Random(as_int(seed, "seed", "it"))
    except TypeError:
        raise TypeError(f"seed: expected an int, a random.Random or None, got {shown(seed)}") from None
