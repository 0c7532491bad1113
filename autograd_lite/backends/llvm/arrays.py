"""Where the numbers of rolled statements stand in memory.

Parameters come in the order of the model, neuron by neuron; a vector of neurons wants the weights of neighbouring
neurons side by side. So each part of them that a statement reads, a lattice like `785 i + k`, gets a place of its own
in which the axis of the lanes runs fastest and is padded to whole vectors. A part that is read along two axes stands
there twice, and the second copy is made anew for every batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, prod
from typing import NamedTuple


class Lattice(NamedTuple):
    """The numbers start + Σ stride·index: `axes` are pairs (stride, extent), largest stride first, all of them > 0."""

    start: int
    axes: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, start: int, axes: Sequence[tuple[int, int]]) -> Lattice:
        """The lattice of these strides, which may be 0 or negative, and extents.

        Axes that reach the same number in two ways, as in a convolution, are one axis of all that lies between.
        """
        kept: list[tuple[int, int]] = []
        span = 0
        for stride, extent in sorted((abs(stride), extent) for stride, extent in axes if stride and extent > 1):
            reach = stride * (extent - 1)
            if kept and stride <= span:
                step = gcd(stride, *(smaller for smaller, _ in kept))
                kept = [(step, (span + reach) // step + 1)]
            else:
                kept.append((stride, extent))
            span += reach
        return cls(start + sum(min(0, stride * (extent - 1)) for stride, extent in axes), tuple(reversed(kept)))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(extent for _, extent in self.axes)

    @property
    def end(self) -> int:
        """The largest number."""
        return self.start + sum(stride * (extent - 1) for stride, extent in self.axes)

    def contains(self, other: Lattice) -> bool:
        """Whether all numbers of another lattice are of this one, along axes of this one."""
        extents, corner = dict(self.axes), self.indices(other.start)
        if corner is None or any(stride not in extents for stride, _ in other.axes):
            return False
        at = {stride: index for (stride, _), index in zip(self.axes, corner, strict=True)}
        return all(at[stride] + extent <= extents[stride] for stride, extent in other.axes)

    def indices(self, number: int) -> tuple[int, ...] | None:
        """The index of a number along each axis; None if it is not in the lattice."""
        rest, found = number - self.start, []
        for stride, extent in self.axes:
            index = min(rest // stride, extent - 1)
            if index < 0:
                return None
            found.append(index)
            rest -= index * stride
        return None if rest else tuple(found)

    def numbers(self) -> list[int]:
        """All numbers, the last axis running fastest."""
        return _grid(self.start, self.axes)


def _grid(start: int, axes: Iterable[tuple[int, int]]) -> list[int]:
    """The numbers start + Σ stride·index for axes (stride, extent), the last one running fastest."""
    found = [start]
    for stride, extent in axes:
        found = [number + stride * i for number in found for i in range(extent)]
    return found


class Part(NamedTuple):
    """A lattice of parameters and where it stands: from `start` on, `steps` apart along each axis."""

    lattice: Lattice
    start: int
    steps: tuple[int, ...]

    def place(self, number: int) -> int:
        """Where a number of the lattice stands."""
        indices = self.lattice.indices(number)
        assert indices is not None  # for the type checker: callers ask for numbers of the lattice
        return self.start + sum(step * index for step, index in zip(self.steps, indices, strict=True))

    def places(self) -> list[int]:
        """Where all numbers of the lattice stand, in their order."""
        return _grid(
            self.start, [(step, extent) for step, (_, extent) in zip(self.steps, self.lattice.axes, strict=True)]
        )

    def step(self, stride: int) -> int:
        """How far apart two numbers stand that differ by a stride: 0, that of an axis, or some steps along one."""
        if not self.steps:  # all that is not in a part stands as in the model
            return stride
        for (axis, _), step in zip(self.lattice.axes, self.steps, strict=True):
            if axis <= abs(stride) and stride % axis == 0:
                return stride // axis * step
        return 0


class Layout:
    """The places of `count` parameters, decided from the lattices that statements read: `claim` all, then `settle`.

    `places` says where each parameter stands, in a memory of `size` doubles, the first `n_trained`
    of which are trained; `copies` are pairs of parts with the same
    numbers, the one that is trained and the one that is made from it. Where lattices cross, neither within the other,
    everything stays in the order of the model.
    """

    def __init__(self, count: int, lanes: int) -> None:
        self.count, self.lanes, self.size, self.n_trained = count, lanes, 0, 0
        self.places = [-1] * count
        self.copies: list[tuple[Part, Part]] = []
        self._claims: dict[
            Lattice, dict[int, None]
        ] = {}  # the strides that lanes run along, in the order of the claims
        self._parts: dict[
            Lattice, dict[int, Part]
        ] = {}  # by the stride along which they run fastest, the trained first
        self._holder: dict[Lattice, Lattice] = {}  # the lattice whose parts hold a claimed one

    def claim(self, lattice: Lattice, lane: int) -> None:
        """Say that a statement reads a lattice, with lanes along a stride of it or, if that is 0, along none."""
        if lattice.axes:
            strides = self._claims.setdefault(lattice, {})
            if lane:
                strides[abs(lane)] = None

    def settle(self) -> None:
        """Give every parameter its place, and behind them a second one to those that lanes read along two axes."""
        if not self._find_holders():
            self._claims, self._parts = {}, {}
        wanted: dict[Lattice, dict[int, None]] = {lattice: {} for lattice in self._parts}
        for lattice, strides in self._claims.items():
            wanted[self._holder[lattice]].update(strides)
        for lattice, strides in wanted.items():
            self._trained(lattice, next(iter(strides), 0))
        for number in range(self.count):
            if self.places[number] < 0:
                self.places[number] = self._reserve(1)
        self.n_trained = self.size = -(-self.size // self.lanes) * self.lanes
        for lattice, strides in wanted.items():
            parts = self._parts[lattice]
            for lane in [lane for lane in strides if lane not in parts]:
                parts[lane] = self._part(lattice, lane)
                self.copies.append((next(iter(parts.values())), parts[lane]))
        self.size += self.lanes  # a vector that begins in the last part ends behind it

    def _trained(self, lattice: Lattice, lane: int) -> None:
        part = self._parts[lattice][lane] = self._part(lattice, lane)
        for number, place in zip(lattice.numbers(), part.places(), strict=True):
            self.places[number] = place

    def find(self, start: int, axes: Sequence[tuple[int, int]], lane: int) -> Part:
        """The part in which a reference (its start, strides and extents) stands, with lanes along a stride of it."""
        lattice = Lattice.of(start, axes)
        if not self._parts or not lattice.axes:
            return Part(Lattice(start, ()), self.places[start], ())
        parts = self._parts[self._holder[lattice]]
        return parts.get(abs(lane)) or next(iter(parts.values()))

    def _find_holders(self) -> bool:
        """Find for each lattice the largest that contains it; whether none of them cross."""
        owner: dict[int, Lattice] = {}
        for lattice in sorted(self._claims, key=lambda claimed: -claimed.size):
            numbers = lattice.numbers()
            holder = owner.get(lattice.start)
            if holder is None and owner.keys().isdisjoint(numbers):
                owner.update(dict.fromkeys(numbers, holder := lattice))
                self._parts[lattice] = {}
            if holder is None or not holder.contains(lattice):
                return False
            self._holder[lattice] = holder
        return True

    def _part(self, lattice: Lattice, lane: int) -> Part:
        """A new place for a lattice, the axis of stride `lane` fastest (the last one if there is no such)."""
        steps, step = [0] * len(lattice.axes), 1
        order = sorted(range(len(lattice.axes)), key=lambda i: lattice.axes[i][0] == lane)
        for i in reversed(order):
            steps[i] = step
            extent = lattice.axes[i][1]
            step *= -(-extent // self.lanes) * self.lanes if step == 1 and lane else extent
        return Part(lattice, self._reserve(step), tuple(steps))

    def _reserve(self, size: int) -> int:
        if size > 1:
            self.size = -(-self.size // self.lanes) * self.lanes
        start = self.size
        self.size += size
        return start
