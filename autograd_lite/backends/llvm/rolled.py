"""The sums of a rolled tape over a batch: what the samples' statements deliver, added up where its parameter stands."""

from __future__ import annotations

import ctypes
from typing import Any

from llvmlite import ir

from autograd_lite.backends.llvm.batch import Batch
from autograd_lite.backends.llvm.descent import ADD_UP
from autograd_lite.backends.llvm.gradients import write_sum, write_totals
from autograd_lite.backends.llvm.lanes import DOUBLE, WORD, Bits, Lanes
from autograd_lite.backends.llvm.nests import load_vector, store_vector
from autograd_lite.backends.llvm.sites import Site
from autograd_lite.backends.llvm.writing import Call
from autograd_lite.backends.loops.statements import Loops

BYTE = ir.IntType(8)


class Rolled:
    """The sums of a rolled tape over samples.

    The tape's first `n_shared` inputs are parameters, the others the numbers of a sample. Its first `n_heads` outputs
    are numbers, the others a gradient by the parameters.
    """

    def __init__(self, loops: Loops, n_shared: int, n_heads: int, batch_size: int) -> None:
        self.batch, self.n_heads = Batch(loops, n_shared, batch_size, fuse=True, first_gradient=n_heads), n_heads
        self.lanes, self.places, self.n_parameters = self.batch.lanes, self.batch.places, self.batch.n_parameters
        self.n_places, self.scratch_size = self.batch.layout.n_trained, self.batch.scratch_size
        self._kept_at = -(-(self.n_places + n_heads) // self.lanes) * self.lanes
        self.sums_size = self._kept_at + self.n_places // self.lanes // 8 + 1  # a byte of marks for each vector

    def add_up(self, module: ir.Module) -> ir.Function:
        """Each statement for all samples, some at a time, then the sums over these."""
        calls = [*self.batch.calls(), *self._sums()]
        whole = ir.Function(module, ADD_UP, "add_up")
        builder = ir.IRBuilder(whole.append_basic_block())
        *memories, sums, order, m = whole.args
        self.batch.run(
            module, builder, memories, m, lambda i: builder.load(builder.gep(order, [i])), calls, lambda start: sums
        )
        builder.ret_void()
        return whole

    def _sums(self) -> list[Call]:
        """What adds up the delivered numbers."""
        memory, calls, totals = self.batch.memory, [], []
        for statement, output in self.batch.delivered:
            start = output.start - self.n_heads
            if statement.size > 1:
                target = memory.total(start, output.strides, statement.dims)
                calls.append(Call(write_sum, (memory.nest(statement, target),)))
            else:
                place = self.places[start] if start >= 0 else self.n_places + output.start
                totals.append(memory.nest(statement, Site("sum", place, (), 0)))
        return [*calls, Call(write_totals, tuple(totals))] if totals else calls

    def take_head(self, builder: Any, sums: Any, i: int) -> Any:
        """The sum of an output, which is set to 0."""
        place = builder.gep(sums, [WORD(self.n_places + i)])
        total = builder.load(place)
        builder.store(DOUBLE(0.0), place)
        return total

    def take_gradient(self, builder: Any, sums: Any, group: Any) -> Lanes:
        """The sums of a vector of parameters, which are set to 0 if the next batch is added to them."""
        place = builder.gep(sums, [builder.mul(group, WORD(self.lanes))])
        total = load_vector(builder, place, self.lanes)
        if self.batch.memory.adds:
            store_vector(builder, ir.Constant(total.type, None), place)
        return Lanes(builder, total)

    def kept(self, builder: Any, sums: Any, group: Any) -> Bits | None:
        """Those that are marked, a bit a lane: the rest pads an axis to whole vectors."""
        marks = builder.bitcast(builder.gep(sums, [WORD(self._kept_at)]), BYTE.as_pointer())
        bits = builder.trunc(builder.load(builder.gep(marks, [group])), ir.IntType(self.lanes))
        return Bits(builder, builder.bitcast(bits, ir.VectorType(ir.IntType(1), self.lanes)))

    def mark(self, sums: Any) -> None:
        """Mark in the memory of the sums where the parameters stand."""
        marks = (ctypes.c_uint8 * (self.n_places // self.lanes)).from_address(
            ctypes.addressof(sums) + 8 * self._kept_at
        )
        for place in self.places:
            marks[place // self.lanes] |= 1 << place % self.lanes
