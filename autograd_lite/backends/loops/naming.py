"""Names for source code: which array a ref reads there, and where.

In source every family of inputs is an array of its own, row after row, and so is every table of constants. A label
gives an array its name only if it is a plain word; anything else in a label never reaches the source.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from autograd_lite.backends.loops.families import Inputs, families, moves
from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, contiguous
from autograd_lite.backends.loops.statements import Loops
from autograd_lite.op import PARTS, TABLE

ELSEWHERE = 1 << 62  # the size of an array that is not the program's own, such as that of its outputs
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}")
# Words that mean something in C, in its headers or in the sources made here.
RESERVED = {
    *re.findall(
        r"\w+",
        """auto break case char const continue default do double else enum extern float for goto if inline int long
        register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
        main program gradient value total dot outputs out math reduce range zip inf nan list tuple map len sum abs
        i j k l m n y0 y1 yn j0 j1 jn gamma signal time index div guarded xs NAN INFINITY pow fabs k""",
    ),
    *keyword.kwlist,
    *TABLE,
    *PARTS,
}


class Place(NamedTuple):
    """An array of the source, and where in it something stands: start + Σ strides · i + delta · k."""

    array: str
    start: int
    strides: tuple[int, ...]
    delta: int

    @property
    def is_still(self) -> bool:
        """Whether it is one number."""
        return not any((*self.strides, self.delta))


class Arrays:
    """The arrays of the source of a program.

    `inputs` has the name and the size of each array of inputs, in the order of the tape's first ones, `tables` the
    constants of each table; `scalars` are the names that hold one number instead of an array. `flat` keeps the inputs
    in one array of this name.
    """

    def __init__(self, loops: Loops, names: Mapping[int, str], taken: Iterable[str] = (), flat: str = "") -> None:
        self.loops = loops
        self._taken = {*RESERVED, *taken}
        self.flat = flat
        self.families: Inputs | None = None if flat else families(loops.tape)
        self.inputs: dict[str, tuple[int, ...]] = {flat: (loops.sizes[INPUTS],)} if flat else {}
        self.outputs: dict[str, int] = {}  # the arrays that outputs go to, with their sizes, as a source adds them
        self._members: dict[str, list[int]] = {}
        self._where: list[tuple[str, int]] = []
        if self.families is not None:
            self._name_families(self.families)
        self.tables: dict[str, tuple[float, ...]] = {}
        self._spans = self._table_spans()
        self.computed = {array: self._free(names.get(array, ""), f"t{array}") for array in range(2, len(loops.sizes))}
        self.scalars = {self.computed[array] for array in self.computed if loops.sizes[array] == 1}
        self.scalars |= {name for name, shape in self.inputs.items() if not shape and not flat}

    def place(self, ref: Ref, delta: int, dims: tuple[int, ...], count: int) -> Place:
        """Where the source finds what a ref reads. Inputs are those of one family."""
        delta = delta if count > 1 else 0
        if ref.array == CONSTANTS:
            for name, (low, high) in self._spans.items():
                if low <= ref.start < high:
                    return Place(name, ref.start - low, ref.strides, delta)
        if ref.array != INPUTS or self.families is None:
            name = self.flat if ref.array == INPUTS else self.computed[ref.array]
            return Place(name, ref.start, ref.strides, delta)
        name, start = self._where[ref.start]
        if not moves(ref, delta, dims, count):
            return Place(name, start, ref.strides, 0)

        def step(stride: int) -> int:
            return self._where[ref.start + stride][1] - start if stride else 0

        return Place(name, start, tuple(map(step, ref.strides)), step(delta))

    def constant(self, ref: Ref) -> float | None:
        """The number that a ref reads, if it is a literal."""
        is_literal = ref.array == CONSTANTS and not any(low <= ref.start < high for low, high in self._spans.values())
        return self.loops.constants[ref.start] if is_literal else None

    def members(self, name: str) -> list[int]:
        """The tape's inputs that stand in an array of the source, in its order."""
        return list(range(self.loops.sizes[INPUTS])) if name == self.flat else self._members[name]

    def size(self, name: str) -> int:
        """How many numbers an array of the source has."""
        if name in self.outputs:
            return self.outputs[name]
        if name in self.tables:
            return len(self.tables[name])
        if name in self.inputs:
            return len(self.members(name))
        return next((self.loops.sizes[array] for array, own in self.computed.items() if own == name), ELSEWHERE)

    def rename(self, array: int, name: str) -> None:
        """Call a computed array otherwise: by the name of the output that it is."""
        if self.computed[array] in self.scalars and name not in self.scalars:
            return
        self.scalars.discard(self.computed[array])
        self.computed[array] = name

    def _name_families(self, inputs: Inputs) -> None:
        names = [self._free(family.label, f"in{i}") for i, family in enumerate(inputs.families)]
        for name, family in zip(names, inputs.families, strict=True):
            self.inputs[name] = family.shape
            self._members[name] = []
        for position, (number, _) in enumerate(inputs.places):
            self._members[names[number]].append(position)
        self._where = [("", 0)] * len(inputs.places)
        for number, name in enumerate(names):
            family = inputs.families[number]
            is_split = self._members[name][0] < self.loops.tape.n_gradients <= self._members[name][-1]
            if family.is_whole and not is_split:  # of one that is split, those with a derivative stay the first
                strides = contiguous(family.shape)
                self._members[name].sort(
                    key=lambda p, s=strides: sum(a * b for a, b in zip(inputs.places[p][1], s, strict=True))  # type: ignore[misc]
                )
            else:
                self.inputs[name] = (len(self._members[name]),)
            for index, position in enumerate(self._members[name]):
                self._where[position] = (name, index)

    def _free(self, wish: str, otherwise: str) -> str:
        """A name that nothing else has."""
        name = wish if WORD.fullmatch(wish) and wish not in self._taken else otherwise
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _table_spans(self) -> dict[str, tuple[int, int]]:
        """The constants that refs walk over: each stretch of them is a table."""
        reads = ((ref.array, *ref.ends(axes)) for ref, axes in self.loops.reads())
        spans = {(low, high + 1) for array, low, high in reads if array == CONSTANTS and low < high}
        merged: list[tuple[int, int]] = []
        for low, high in sorted(spans):
            if merged and low < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        named = {self._free("", f"c{i}"): span for i, span in enumerate(merged, start=1)}
        self.tables = {name: self.loops.constants[low:high] for name, (low, high) in named.items()}
        return named


Target = Callable[[Ref, tuple[int, ...]], Place]  # where an output goes, given as a ref along these loops


def outgoing(arrays: Arrays, target: Target) -> Iterator[tuple[Place, Place | float, tuple[int, ...]]]:
    """Where each stretch of outputs goes, what it is, a place or one number throughout, and the loops along it."""
    for statement in arrays.loops.statements:
        if statement.output is not None:
            place = target(statement.output, statement.dims)
            made = Place(arrays.computed[statement.storage], statement.base, contiguous(statement.dims), 0)
            if place.array != made.array:
                yield place, made, statement.dims
    for copy in arrays.loops.copies:
        dims = (copy.count,) if copy.count > 1 else ()
        ref = Ref(copy.ref.array, copy.ref.start, copy.ref.strides if dims else ())
        place = target(Ref(-1, copy.start, (copy.stride,) if dims else ()), dims)
        constant = arrays.constant(ref)
        if constant is not None:
            yield place, constant, dims
        elif place.array != (made := arrays.place(ref, 0, dims, 1)).array:
            yield place, made, dims
