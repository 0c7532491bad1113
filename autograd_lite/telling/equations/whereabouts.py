"""Whereabouts: where the results of arrays stand once some of these are in parts, and how statements refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograd_lite.backends.loops.runs import CONSTANTS, INPUTS, Ref, Run
from autograd_lite.backends.loops.statements import Copy, Statement
from autograd_lite.telling.equations.cutting import Axes, places


class Refused(Exception):  # noqa: N818  (no error: it is caught)
    """An array has to stay whole: what reads it could not be written with its parts."""

    def __init__(self, array: int) -> None:
        super().__init__(array)
        self.array = array


class Whereabouts:
    """For each array that is divided, `owners` has the part in which each result stands now, by its new number.

    `positions` says where in that part, and `numbers` what arrays that are whole are called.
    """

    def __init__(self) -> None:
        self.owners: dict[int, Sequence[int]] = {}
        self.positions: dict[int, Sequence[int]] = {}
        self.numbers = {INPUTS: INPUTS, CONSTANTS: CONSTANTS}

    def moved(self, array: int, before: Sequence[Statement], after: Sequence[Statement]) -> None:
        """Note that some statements now make what others made, in one array."""
        stood, stands = _results(before), _results(after)
        if len({statement.storage for statement in after}) == 1 and stood == stands:
            self.numbers[array] = after[0].storage
            return
        places = [(statement.storage, statement.base + i) for statement in after for i in range(statement.size)]
        where = dict(zip(stands, places, strict=True))
        self.owners[array], self.positions[array] = zip(*map(where.__getitem__, stood), strict=True)

    def statement(self, statement: Statement) -> Statement:
        """The statement with what it reads where that stands now. Raises Refused."""
        return replace(statement, runs=tuple(self._run(run, statement.dims) for run in statement.runs))

    def copy(self, copy: Copy) -> Copy:
        """The copy of what stands elsewhere now. Raises Refused."""
        return replace(copy, ref=self._ref(copy.ref, [(copy.ref.strides[0], copy.count)]))

    def _run(self, run: Run, dims: Sequence[int]) -> Run:
        found = [
            self._ref(ref, [*zip(ref.strides, dims, strict=True), (delta, run.count)])
            for ref, delta in zip(run.refs, run.deltas, strict=True)
        ]
        refs = tuple(replace(ref, strides=ref.strides[:-1]) for ref in found)
        return replace(run, refs=refs, deltas=tuple(ref.strides[-1] for ref in found))

    def _ref(self, ref: Ref, axes: Axes) -> Ref:
        """What a ref reads along these axes where it stands now, with a stride for each."""
        if ref.array not in self.owners:
            return Ref(self.numbers[ref.array], ref.start, tuple(stride for stride, _ in axes))
        owners, positions = self.owners[ref.array], self.positions[ref.array]
        old, start = places(ref.start, axes), positions[ref.start]
        steps = tuple(positions[ref.start + stride] - start if extent > 1 else 0 for stride, extent in axes)
        new = places(start, [(step, extent) for step, (_, extent) in zip(steps, axes, strict=True)])
        if new != [positions[place] for place in old] or len({owners[place] for place in old}) > 1:
            raise Refused(ref.array)
        return Ref(owners[ref.start], start, steps)


def _results(statements: Sequence[Statement]) -> list[int]:
    """The tape's numbers of what some statements compute, in order."""
    return [number for statement in statements for number in statement.numbers]
