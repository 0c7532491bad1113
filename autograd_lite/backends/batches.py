"""The samples of a training run and the order they come in, the same from the same seed on every backend."""

from __future__ import annotations

import random
from array import array
from dataclasses import dataclass
from typing import Any

Epochs = list[tuple[float, float]]  # of each: the summed cost, and the number of right answers
MASK = 2**64 - 1


class Shuffler:
    """Shuffles lists in place, by Fisher and Yates, with numbers from splitmix64.

    Native code draws the same numbers; Python's own generator would have to be called from there. The generator is
    that of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). `seed` is anything that
    `random.Random` takes.
    """

    def __init__(self, seed: Any) -> None:
        self.state = random.Random(seed).getrandbits(64)

    def number(self) -> int:
        """The next 64 random bits."""
        self.state = z = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        return z ^ z >> 31

    def shuffle(self, order: list[int]) -> None:
        """Bring a list into a random order."""
        for left in range(len(order), 1, -1):
            chosen = self.number() * left >> 64
            order[left - 1], order[chosen] = order[chosen], order[left - 1]


@dataclass(frozen=True)
class Batches:
    """The samples, n rows of numbers one after the other, and in what batches they come; shuffled if by somebody."""

    rows: array[float]
    n: int
    size: int
    shuffler: Shuffler | None = None

    @property
    def width(self) -> int:
        """The numbers of one sample."""
        return len(self.rows) // self.n
