"""Statements: what a tape is once its loops are found again. Small immutable data that prints well.

Numbers live in flat arrays: array 0 holds the inputs, array 1 constants, and each further one what some statements
compute. A statement is a nest of loops around one assignment,

    for i0 < dims[0], i1 < dims[1], …:   storage[base + the running number of (i0, i1, …)] = a sum of runs

and a run is a stretch of the sum's terms that differ by a fixed step only:

    tree(refs) for k < count,   where a ref reads   array[start + Σ strides · i + delta · k]

The terms are added from left to right, run after run, as the tape adds them. A row of any number of inputs, such as
`logsumexp`, is a statement with that op in the place of the sum: its inputs are the terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.loops.runs import Ref, Run, contiguous
from autograd_lite.backends.loops.writing import written
from autograd_lite.ops import Op
from autograd_lite.tape import OFFERS, Tape

Reads = Iterator[tuple[Ref, list[tuple[int, int]]]]


@dataclass(frozen=True)
class Statement:
    """One assignment in a nest of loops; see the module.

    `fold` is the op that joins the terms of the runs: `add`, from left to right, or a row of any number of inputs.
    The results stand side by side in array `storage` from `base` on, the last loop the fastest. `output` is where
    they go among the tape's outputs, if they go there by fixed strides: a ref whose `array` has no meaning.
    `numbers` are the tape's numbers of the results, in order.
    """

    storage: int
    base: int
    dims: tuple[int, ...]
    fold: Op
    runs: tuple[Run, ...]
    output: Ref | None
    numbers: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it computes."""
        return prod(self.dims)

    @property
    def terms(self) -> int:
        """How many terms each of them joins."""
        return sum(run.count for run in self.runs)

    @property
    def instructions(self) -> int:
        """How many instructions of the tape it stands for."""
        joins = self.terms - 1 if self.fold is ops.add else 1
        return self.size * (joins + sum(run.count * run.size for run in self.runs))

    @property
    def is_loop(self) -> bool:
        """Whether anything in it repeats."""
        return self.size > 1 or any(run.count > 1 for run in self.runs)

    @property
    def place(self) -> Ref:
        """Where its results stand, as a ref."""
        return Ref(self.storage, self.base, contiguous(self.dims))

    def reads(self) -> Reads:
        """What it reads: refs, and the axes along which each moves, a stride and an extent for each."""
        for run in self.runs:
            for ref, delta in zip(run.refs, run.deltas, strict=True):
                yield ref, [*zip(ref.strides, self.dims, strict=True), (delta, run.count)]

    def indices(self) -> Iterator[tuple[int, ...]]:
        """The values of the loops' variables, in order."""
        return product(*map(range, self.dims))

    def __str__(self) -> str:
        return written(self)


@dataclass(frozen=True)
class Copy:
    """Outputs of the tape that are read off an array: output[start + i · stride] = ref at i, for i < count."""

    ref: Ref
    count: int
    start: int
    stride: int

    def reads(self) -> Reads:
        """What it reads, as `Statement.reads` has it."""
        yield self.ref, [(stride, self.count) for stride in self.ref.strides]


@dataclass(frozen=True)
class Loops:
    """A tape with its loops found again: statements in the order in which they run, forward ones first.

    `sizes` has the length of each array and `constants` the contents of array 1. The outputs are what the statements
    say that they put out, and `copies` for the rest. `n_primal` statements compute the function, the others its
    gradient. `coverage` is the share of the tape's instructions that stand in loops.
    """

    tape: Tape
    sizes: tuple[int, ...]
    constants: tuple[float, ...]
    statements: tuple[Statement, ...]
    copies: tuple[Copy, ...]
    n_primal: int

    @cached_property
    def coverage(self) -> float:
        """The share of the tape's instructions that stand in loops, from 0 to 1; 1 for a tape without any."""
        rolled = sum(s.instructions for s in self.statements if s.is_loop)
        return rolled / len(self.tape.instructions) if self.tape.instructions else 1.0

    def reads(self) -> Reads:
        """What its statements and copies read."""
        for statement in self.statements:
            yield from statement.reads()
        for copy in self.copies:
            yield from copy.reads()

    @property
    def equations(self) -> Any:
        """The same as a document: equations in the notation of the derivation; `.text`, `.markdown`, `.latex`."""
        return OFFERS["equations"](self)

    def __str__(self) -> str:
        return str(self.equations)

    def _repr_html_(self) -> str:
        return str(self.equations.html)

    def _repr_markdown_(self) -> str:
        return str(self.equations.markdown)

    def _repr_latex_(self) -> str:
        return str(self.equations.latex)
