"""The sums of a rolled tape over a batch: what the samples' statements deliver, added up where its parameter stands.

A large gradient is not written as a whole but given by blocks (`blocks.py`), if a batch comes in one part; the others
stand as sums among the parameters' places until they are given.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from autograd_lite.backends.llvm.assembly import BIT, BYTE, DOUBLE, WORD, Function, Module, integer, vector
from autograd_lite.backends.llvm.batch import Batch
from autograd_lite.backends.llvm.blocks import buffer_size, goes_by_blocks, groups, write_blocks
from autograd_lite.backends.llvm.context import ADD_UP, CONTEXT, GIVE, TAKE, function
from autograd_lite.backends.llvm.counting import counted, minimum
from autograd_lite.backends.llvm.gradients import turned, write_sums, write_totals
from autograd_lite.backends.llvm.lanes import Bits
from autograd_lite.backends.llvm.sites import Nest, Site
from autograd_lite.backends.llvm.vectors import store_vector
from autograd_lite.backends.llvm.writing import Call, written
from autograd_lite.backends.loops.statements import Loops

GIVEN = 64  # vectors that are given at once where all of them stand there


class Rolled:
    """The sums of a rolled tape over samples.

    The tape's first `n_shared` inputs are parameters, the others the numbers of a sample, the last `n_targets` of them
    in rows of their own. Its first `n_heads` outputs
    are numbers, the others a gradient by the parameters.
    """

    def __init__(self, loops: Loops, n_shared: int, n_heads: int, batch_size: int, n_targets: int = 0) -> None:
        self.batch, self.n_heads = Batch(loops, n_shared, batch_size, True, n_heads, n_targets), n_heads
        self.lanes, self.places, self.n_parameters = self.batch.lanes, self.batch.places, self.batch.n_parameters
        self.n_places, self.scratch_size = self.batch.layout.n_trained, self.batch.scratch_size
        self._blocks, self._sums, self._totals = self._sorted()
        kept_at = -(-(self.n_places + n_heads) // self.lanes) * self.lanes
        marks = self.n_places // self.lanes // 8 + 1  # a byte for each vector
        self._kept_at, self._buffer = kept_at, -(-(kept_at + marks) // self.lanes) * self.lanes
        self.sums_size = self._buffer + max((buffer_size(nest, self.lanes) for nest in self._blocks), default=0)

    def _sorted(self) -> tuple[list[Nest], list[Nest], list[Nest]]:
        """What is delivered: gradients that are given some rows at a time, others with an axis, and numbers."""
        memory = self.batch.memory
        filled = [0] * (self.n_places // self.lanes)
        for place in self.places:
            filled[place // self.lanes] += 1
        blocks: list[Nest] = []
        sums: list[Nest] = []
        totals: list[Nest] = []
        for statement, output in self.batch.delivered:
            start = output.start - self.n_heads
            if statement.size == 1:
                place = self.places[start] if start >= 0 else self.n_places + output.start
                totals.append(memory.nest(statement, Site("sum", place, (), 0)))
                continue
            nest = memory.nest(statement, memory.total(start, output.strides, statement.dims))
            by_blocks = not memory.adds and goes_by_blocks(nest, self.lanes, filled)
            (blocks if by_blocks else sums).append(nest)
        return blocks, sums, totals

    def add_up(self, module: Module) -> Function:
        """Each statement for all samples, some at a time, then the sums over these but for those given by blocks."""
        calls = [*self.batch.calls(), *map(self._sum, self._sums)]
        if self._totals:
            calls.append(Call(write_totals, tuple(self._totals)))
        whole, builder, fields = function(module, "add_up", ADD_UP)
        _, order, m = whole.args
        *memories, sums = (fields[name] for name in ("parameters", "rows", "scratch", "sums"))
        self.batch.run(
            module, builder, memories, m, lambda i: builder.load(builder.gep(order, [i])), calls, lambda start: sums,
            fields["targets"],
        )  # fmt: skip
        builder.ret_void()
        return whole

    def _sum(self, nest: Nest) -> Call:
        """What sums a gradient over the samples; that of one sample alone is computed where it goes."""
        if self.batch.memory.samples > 1 or self.batch.memory.adds:
            return Call(write_sums, (nest,))
        beside, lanes = turned(nest, self.lanes)
        return self.batch.call(beside if lanes > 1 else nest)

    def give(self, module: Module) -> Function:
        """The sums that stand there already, then those that are made some rows at a time."""
        whole, builder, fields = function(module, "give", GIVE)
        context, m, take = whole.args
        parameters, rows, scratch, sums = (fields[name] for name in ("parameters", "rows", "scratch", "sums"))
        for first, n in self._rest():
            self._give_there(builder, context, take, sums, first, n)
        bases = self.batch.bases(builder, scratch)
        calls = [Call(self._write_blocks, (nest,)) for nest in self._blocks]
        functions = written(module, self.batch.memory, True, calls, (CONTEXT.as_pointer(), TAKE.as_pointer()))
        for block, offsets in functions:
            given = [parameters, rows, bases, scratch, sums, m, *map(WORD, offsets)]
            builder.call(block, [*given, context, take])
        builder.ret_void()
        return whole

    def _write_blocks(self, code: Any, *nests: Nest) -> None:
        for nest in nests:
            write_blocks(code, nest, self._buffer)

    def _rest(self) -> Iterator[tuple[int, int]]:
        """The vectors that no block has, as runs (first, how many)."""
        taken = {group for nest in self._blocks for group in groups(nest, self.lanes)}
        for is_left, run in groupby(range(self.n_places // self.lanes), lambda group: group not in taken):
            found = list(run)
            if is_left:
                yield found[0], len(found)

    def _give_there(self, builder: Any, context: Any, take: Any, sums: Any, first: int, n: int) -> None:
        """Give n vectors from their place; the sums are 0 again if the next batch is added to them."""
        kind = vector(self.lanes)
        with counted(builder, WORD(-(-n // GIVEN))) as i:
            start = builder.mul(i, WORD(GIVEN))
            count = minimum(builder, WORD(GIVEN), builder.sub(WORD(n), start))
            group = builder.add(WORD(first), start)
            place = builder.gep(sums, [builder.mul(group, WORD(self.lanes))])
            builder.call(take, [context, place, group, count])
            if self.batch.memory.adds:
                with counted(builder, count) as k:
                    address = builder.gep(place, [builder.mul(k, WORD(self.lanes))])
                    store_vector(builder, kind.zero, address)

    def take_head(self, builder: Any, sums: Any, i: int) -> Any:
        """The sum of an output, which is set to 0."""
        place = builder.gep(sums, [WORD(self.n_places + i)])
        total = builder.load(place)
        builder.store(DOUBLE(0.0), place)
        return total

    def kept(self, builder: Any, sums: Any, group: Any) -> Bits | None:
        """Those that are marked, a bit a lane: the rest pads an axis to whole vectors."""
        marks = builder.bitcast(builder.gep(sums, [WORD(self._kept_at)]), BYTE.as_pointer())
        bits = builder.trunc(builder.load(builder.gep(marks, [group])), integer(self.lanes))
        return Bits(builder, builder.bitcast(bits, vector(self.lanes, BIT)))

    def mark(self, sums: Any) -> None:
        """Mark in the memory of the sums where the parameters stand."""
        marks = (ctypes.c_uint8 * (self.n_places // self.lanes)).from_address(
            ctypes.addressof(sums) + 8 * self._kept_at
        )
        for place in self.places:
            marks[place // self.lanes] |= 1 << place % self.lanes
