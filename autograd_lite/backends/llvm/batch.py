"""A batch of samples by the statements of a rolled tape: each statement for all samples, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from autograd_lite import ops
from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.arrays import Lattice, Layout
from autograd_lite.backends.llvm.assembly import WORD, Module
from autograd_lite.backends.llvm.columns import write_columns
from autograd_lite.backends.llvm.counting import counted, minimum
from autograd_lite.backends.llvm.memory import Memory
from autograd_lite.backends.llvm.nests import WORDS, write_nests
from autograd_lite.backends.llvm.sites import Nest
from autograd_lite.backends.llvm.transposition import transpose
from autograd_lite.backends.llvm.writing import Call, written
from autograd_lite.backends.loops.runs import INPUTS, Ref, Run
from autograd_lite.backends.loops.statements import Loops, Statement
from autograd_lite.backends.loops.unrolling import apart


class Batch:
    """The statements of a tape for many samples; its first `n_shared` inputs are parameters, the others a sample's.

    `stored` are the statements whose numbers others read, and `delivered` those that only go to the tape's outputs, as
    the ref beside each says; if there are gradients, outputs from `first_gradient` on, they stand as the parameters do.
    The last `n_targets` inputs stand in rows of their own. `places` says where each parameter stands; the memory of
    parameters has `n_parameters` doubles and the arrays `scratch_size`.
    """

    def __init__(
        self, loops: Loops, n_shared: int, n_samples: int, fuse: bool, first_gradient: int | None = None,
        n_targets: int = 0,
    ) -> None:  # fmt: skip
        loops = apart(loops, n_shared)
        self.loops, self.n_shared, self.fuse, self.lanes = loops, n_shared, fuse, machine.width()
        self.n_inputs, self.n_targets = len(loops.tape.labels) - n_shared - n_targets, n_targets
        read = [(ref.array, *ref.ends(axes)) for ref, axes in loops.reads()]
        self.stored: list[Statement] = []
        self.delivered: list[tuple[Statement, Ref]] = []
        for statement in loops.statements:
            ends = [(low, high) for array, low, high in read if array == statement.storage]
            is_read = any(low < statement.base + statement.size and statement.base <= high for low, high in ends)
            if is_read or statement.output is None or (first_gradient is None and statement.size == 1):
                self.stored.append(statement)
            if statement.output is not None:
                is_stored = statement in self.stored[-1:]
                whole = _read_off(statement.place, statement.dims) if is_stored else statement
                self.delivered.append((whole, statement.output))
        for copy in loops.copies:
            ref = replace(copy.ref, strides=copy.ref.strides or (0,))
            self.delivered.append((_read_off(ref, (copy.count,)), Ref(INPUTS, copy.start, (copy.stride,))))
        self.layout = self._laid_out(first_gradient)
        self.places, self.n_parameters = self.layout.places, self.layout.size
        stored = {statement.storage for statement in self.stored}
        self.memory = Memory(loops, n_shared, self.layout, n_samples, stored, n_targets)
        self.scratch_size = self.memory.size + self.memory.chunk * (2 if n_targets else 1) + self.lanes

    def _laid_out(self, first_gradient: int | None) -> Layout:
        """The layout of the parameters, from what reads them and, if there are gradients, where these go."""
        layout = Layout(self.n_shared, self.lanes)
        for statement in self.loops.statements:
            for ref, axes in statement.reads():
                if ref.array == INPUTS and ref.start < self.n_shared:
                    layout.claim(Lattice.of(ref.start, axes), ref.strides[-1] if ref.strides else 0)
        for statement, output in self.delivered:
            if first_gradient is not None and output.start >= first_gradient:
                axes = [*zip(output.strides, statement.dims, strict=True)]
                layout.claim(Lattice.of(output.start - first_gradient, axes), 0)
        layout.settle()
        return layout

    def calls(self) -> list[Call]:
        """What computes the stored statements, in their order: nests one by one, numbers without an axis together."""
        found = []
        for is_column, group in groupby(self.stored, key=lambda statement: statement.size == 1):
            nests = [self.memory.nest(statement) for statement in group]
            found += [Call(write_columns, tuple(nests))] if is_column else [self.call(nest) for nest in nests]
        return found

    def call(self, nest: Nest) -> Call:
        """What computes a nest; for one sample alone its loops are short, and one function serves for many."""
        return Call(write_nests, (nest,), in_loops=self.memory.samples == 1)

    def run(
        self, module: Module, builder: Any, memories: Any, m: Any, row_of: Callable[[Any], Any],
        calls: Sequence[Call], results: Callable[[Any], Any], targets: Any = None,
    ) -> None:  # fmt: skip
        """Emit the calls for m samples, some at a time; `row_of` gives the number of a sample's row.

        `memories` are parameters, rows, scratch, and `targets` the rows of targets if there are any; `results(start)`
        is where the numbers go that are delivered.
        """
        parameters, rows, scratch = memories
        for source, target in self.layout.copies:
            transpose(builder, parameters, source, target, self.lanes)
        bases, chunk = self.bases(builder, scratch), WORD(self.memory.samples)
        distance = _distance(builder, targets, rows) if self.n_targets else None
        with counted(builder, builder.udiv(builder.add(m, WORD(self.memory.samples - 1)), chunk)) as i:
            start = builder.mul(i, chunk)
            count = minimum(builder, chunk, builder.sub(m, start))
            self._find_rows(builder, bases, m, start, row_of, distance)
            places = [parameters, rows, bases, scratch, results(start), count]
            for function, offsets in written(module, self.memory, self.fuse, calls):
                builder.call(function, [*places, *map(WORD, offsets)])

    def _find_rows(
        self, builder: Any, bases: Any, m: Any, start: Any, row_of: Callable[[Any], Any], distance: Any
    ) -> None:
        """Emit what notes where the rows begin of the samples from `start` on, and those of their targets.

        Places past the end have the last sample once more.
        """
        with counted(builder, WORD(self.memory.chunk)) as s:
            row = row_of(minimum(builder, builder.add(start, s), builder.sub(m, WORD(1))))
            builder.store(builder.mul(row, WORD(self.n_inputs)), builder.gep(bases, [s]))
            if self.n_targets:
                place = builder.gep(bases, [builder.add(s, WORD(self.memory.chunk))])
                builder.store(builder.add(distance, builder.mul(row, WORD(self.n_targets))), place)

    def bases(self, builder: Any, scratch: Any) -> Any:
        """Where the offsets of the samples' rows stand."""
        return builder.bitcast(builder.gep(scratch, [WORD(self.memory.size)]), WORDS)


def _distance(builder: Any, *memories: Any) -> Any:
    """How many doubles one memory is away from another: so the address of the other serves for both."""
    return builder.sdiv(builder.sub(*(builder.ptrtoint(memory, WORD) for memory in memories)), WORD(8))


def _read_off(ref: Ref, dims: tuple[int, ...]) -> Statement:
    """The statement whose numbers are those that stand in an array."""
    return Statement(-1, 0, dims, ops.add, (Run(0, 1, (ref,), (0,)),), None, ())
