"""A batch of samples by straight-line code: one lane a sample, a block of them at a time.

`sums` holds a vector for each of the first outputs and one a parameter; of these the lanes are added up for a step.
"""

from __future__ import annotations

from typing import Any

from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.assembly import DOUBLE, SHORT, WORD, Function, Module, vector
from autograd_lite.backends.llvm.context import ADD_UP, GIVE, N_HEADS, function
from autograd_lite.backends.llvm.counting import copy, counted, minimum
from autograd_lite.backends.llvm.lanes import Bits
from autograd_lite.backends.llvm.lowering import Block
from autograd_lite.backends.llvm.moving import sum_of_lanes
from autograd_lite.tape import Tape

GIVEN = 64  # vectors of parameters whose sums are given at once


class Straight:
    """The sums of a tape over samples; a sample weighs 1, and a lane that has none weighs 0."""

    def __init__(self, tape: Tape, n_shared: int, batch_size: int, n_targets: int = 0) -> None:
        self.n_targets = n_targets
        self.lanes = min(
            machine.width(), 1 << (batch_size - 1).bit_length()
        )  # the whole vector, or as much as a batch fills
        self.block = Block.of(tape, n_shared, self.lanes, adds=True, fuse=True)
        self.places = range(n_shared)
        self.n_places = self.n_parameters = -(-n_shared // machine.width()) * machine.width()
        self._given = -(-(N_HEADS + self.n_places) * self.lanes // machine.width()) * machine.width()
        self.sums_size = self._given + GIVEN * machine.width()  # the sums, and those of them that are given
        self._packed = (len(tape.labels) - n_shared + 1) * self.lanes  # the numbers of a sample and its weight
        self.scratch_size = self._packed + self.block.n_slots * self.lanes

    def add_up(self, module: Module) -> Function:
        """The samples block by block; lanes past the end compute the last sample once more, with weight 0."""
        block = self.block.define(module)
        whole, builder, fields = function(module, "add_up", ADD_UP)
        _, order, m = whole.args
        parameters, rows, packed, sums = (fields[name] for name in ("parameters", "rows", "scratch", "sums"))
        scratch = builder.gep(packed, [WORD(self._packed)])
        lanes, n_inputs = WORD(self.lanes), self._packed // self.lanes - 1 - self.n_targets
        with counted(builder, builder.sdiv(builder.add(m, WORD(self.lanes - 1)), lanes)) as i:
            first = builder.mul(i, lanes)
            with counted(builder, lanes) as lane:
                position = builder.add(first, lane)
                index = builder.load(builder.gep(order, [minimum(builder, position, builder.sub(m, WORD(1)))]))
                target = builder.gep(packed, [lane])
                row = builder.gep(rows, [builder.mul(index, WORD(n_inputs))])
                copy(builder, row, 1, target, self.lanes, WORD(n_inputs))
                if self.n_targets:
                    row = builder.gep(fields["targets"], [builder.mul(index, WORD(self.n_targets))])
                    behind = builder.gep(target, [WORD(n_inputs * self.lanes)])
                    copy(builder, row, 1, behind, self.lanes, WORD(self.n_targets))
                weight = builder.uitofp(builder.icmp_signed("<", position, m), DOUBLE)
                builder.store(weight, builder.gep(target, [WORD((n_inputs + self.n_targets) * self.lanes)]))
            builder.call(block, [parameters, packed, sums, scratch])
        builder.ret_void()
        return whole

    def take_head(self, builder: Any, sums: Any, i: int) -> Any:
        """The sum of the lanes of the i-th vector, which is set to 0."""
        kind = vector(self.lanes)
        place = builder.gep(builder.bitcast(sums, kind.as_pointer()), [WORD(i)])
        total = builder.load(place)
        builder.store(kind.zero, place)
        return sum_of_lanes(builder, total)

    def give(self, module: Module) -> Function:
        """The sums, some vectors at a time."""
        whole, builder, fields = function(module, "give", GIVE)
        context, _, take = whole.args
        sums, n_groups = fields["sums"], self.n_places // machine.width()
        given = builder.gep(sums, [WORD(self._given)])
        kind = vector(machine.width())
        with counted(builder, WORD(-(-n_groups // GIVEN))) as i:
            first = builder.mul(i, WORD(GIVEN))
            n = minimum(builder, WORD(GIVEN), builder.sub(WORD(n_groups), first))
            with counted(builder, n) as k:
                gradient = self._taken(builder, sums, builder.add(first, k))
                builder.store(gradient, builder.gep(builder.bitcast(given, kind.as_pointer()), [k]))
            builder.call(take, [context, given, first, n])
        builder.ret_void()
        return whole

    def _taken(self, builder: Any, sums: Any, group: Any) -> Any:
        """One number a parameter of the group: the sum of its lanes, which are set to 0."""
        lanes, size = machine.width(), self.lanes
        kind = vector(lanes)
        gradients = builder.bitcast(builder.gep(sums, [WORD(N_HEADS * size)]), kind.as_pointer())
        places = [builder.gep(gradients, [builder.add(builder.mul(group, WORD(size)), WORD(k))]) for k in range(size)]
        rows = [builder.load(place, align=8) for place in places]
        for place in places:
            builder.store(kind.zero, place, align=8)
        even, odd = (vector(lanes, SHORT)([SHORT(i) for i in range(first, 2 * lanes, 2)]) for first in (0, 1))
        while len(rows) > 1:  # neighbouring lanes of two vectors are added up, and the two become one
            rows = [
                builder.fadd(builder.shuffle_vector(a, b, even), builder.shuffle_vector(a, b, odd))
                for a, b in zip(rows[::2], rows[1::2], strict=True)
            ]
        return rows[0]

    def kept(self, builder: Any, sums: Any, group: Any) -> Bits | None:
        """All of them: what lies behind the last parameter has no gradient."""
        return None

    def mark(self, sums: Any) -> None:
        """Nothing is to be marked."""
