"""The samples of a training run and the order they come in, the same from the same seed on every backend."""

from __future__ import annotations

import random
from array import array
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

# Doubles that stand side by side in memory.
Doubles: TypeAlias = "array[float] | memoryview[float]"
# Of each epoch that ended the summed cost, and the number of right answers.
Epochs = list[tuple[float, float]]
MASK, GAMMA = 2**64 - 1, 0x9E3779B97F4A7C15


class Shuffler:
    """The order of the samples in one epoch after the other, by Fisher and Yates' shuffle, with splitmix64's numbers.

    The order of an epoch depends on the seed and its number alone, so that a run may begin at any: the number of that
    place in the seed's own sequence starts the sequence that the epoch is shuffled by. Native code draws the same
    numbers; Python's own generator would have to be called from there. They are those of Steele, Lea and Flood, "Fast
    splittable pseudorandom number generators" (2014). `seed` is anything that `random.Random` takes.
    """

    def __init__(self, seed: Any, epoch: int = 0) -> None:
        self.state, self.epoch = random.Random(seed).getrandbits(64), epoch

    def shuffle(self, order: list[int]) -> None:
        """Bring 0 … n−1 into the order of the next epoch."""
        self.epoch += 1
        order[:] = range(len(order))
        start = mixed(self.state + GAMMA * self.epoch)
        for drawn, left in enumerate(range(len(order), 1, -1), start=1):
            chosen = mixed(start + GAMMA * drawn) * left >> 64
            order[left - 1], order[chosen] = order[chosen], order[left - 1]


def mixed(z: int) -> int:
    """64 bits made random by those of z."""
    z &= MASK
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


@dataclass(frozen=True)
class Batches:
    """The samples, and in what batches they come; shuffled if by somebody.

    A sample is a row of numbers, and another row of `targets` if there are any: n rows of either stand one after the
    other.
    """

    rows: Doubles
    n: int
    size: int
    shuffler: Shuffler | None = None
    targets: Doubles = field(default_factory=lambda: array("d"))

    @property
    def width(self) -> int:
        """The numbers of one sample."""
        return (len(self.rows) + len(self.targets)) // self.n

    @property
    def are_shared(self) -> bool:
        """Whether some of the numbers are where somebody else has them, who may change them."""
        return isinstance(self.rows, memoryview) or isinstance(self.targets, memoryview)

    def row(self, i: int) -> array[float]:
        """The numbers of a sample."""
        found = array("d")
        for numbers in (self.rows, self.targets):
            width = len(numbers) // self.n
            found.frombytes(memoryview(numbers[i * width : (i + 1) * width]).cast("B") if width else b"")
        return found

    def joined(self) -> Batches:
        """The same with one row a sample, in which the targets stand behind the rest."""
        if not len(self.targets):
            return self
        rows = array("d")
        for i in range(self.n):
            rows += self.row(i)
        return replace(self, rows=rows, targets=array("d"))
