"""The LLVM backend: a tape as native code for many rows, in loops where most of it is loops, else straight on."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.assembly import VOID, WORD, Function, FunctionType, Module
from autograd_lite.backends.llvm.batch import Batch
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.counting import copy, counted, minimum
from autograd_lite.backends.llvm.lowering import DOUBLES, Block, stays, supports
from autograd_lite.backends.llvm.machine import Doubles, Library
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.statements import Loops
from autograd_lite.collector import uncollected
from autograd_lite.tape import Tape

# rows(parameters, rows, results, scratch, n): the outputs for n rows of inputs.
ROWS = FunctionType(VOID, [DOUBLES] * 4 + [WORD])

ROLLED = 0.7  # the share of a tape that has to be loops
FEW_STATEMENTS = 400  # more than these have to stand for many instructions each
MANY_INSTRUCTIONS = 50

FEW, MANY = 4, 1 << 30  # rows that are computed one after the other; any number of rows


def rolled(tape: Tape) -> Loops | None:
    """The loops of a tape if it is worth running as loops."""
    if not all(supports(op, n) for op, n in tape.instructions.kinds):
        return None
    loops = recover(tape.inlined(stays))
    n = len(loops.statements)
    pays = n <= FEW_STATEMENTS or n * MANY_INSTRUCTIONS <= len(tape.instructions)
    return loops if loops.coverage > ROLLED and pays else None


class Program:
    """A tape that runs: `run` gives the outputs for one number an input, `map` for rows of them.

    The first inputs may be `shared`: numbers that stay, so that only the others are in the rows. Loops are compiled for
    few rows, one after the other, or for many, several at once, when these are first wanted.
    """

    def __init__(self, tape: Tape, exact: bool = True, shared: Sequence[float] = ()) -> None:
        self._tape, self._n_shared, self._fuse = tape, len(shared), not exact
        self._row = ctypes.c_double * (len(tape.labels) - len(shared))
        self._results = ctypes.c_double * len(tape.outputs)
        with uncollected():
            self._loops = rolled(tape)
            rows = rows_of(tape, self._loops, len(shared), not exact)
            self._places, self._parameters = rows.places, Doubles(rows.n_parameters)
            self.share(shared)
            if self._loops is None:
                self._few = self._many = Native(rows, self._parameters)

    @cached_property
    def _few(self) -> Native:
        return self._native(1)

    @cached_property
    def _many(self) -> Native:
        return self._native(MANY)

    @uncollected()
    def _native(self, n: int) -> Native:
        return Native(rows_of(self._tape, self._loops, self._n_shared, self._fuse, n), self._parameters)

    def share(self, numbers: Sequence[float]) -> None:
        """Set the inputs that all rows share anew."""
        for place, number in zip(self._places, numbers, strict=True):
            self._parameters.array[place] = number

    def run(self, *numbers: float) -> tuple[float, ...]:
        """The outputs for one row."""
        row, results = self._row(*numbers), self._results()
        self._few.run(row, results, 1)
        return tuple(results)

    def map(self, rows: memoryview, results: memoryview, n: int) -> None:
        """Fill `results` with the outputs for n rows of inputs; both are flat buffers of doubles, one can write to."""
        row, result = ((ctypes.c_double * len(buffer)).from_buffer(buffer) for buffer in (rows, results))
        (self._few if n <= FEW else self._many).run(row, result, n)


class Native:
    """Rows as machine code, and the memory that it works in."""

    def __init__(self, rows: Rows | RolledRows, parameters: Doubles) -> None:
        module = Module()
        rows.define(module)
        self._library, self._parameters = Library(module), parameters
        self._rows = self._library.function("rows", None, *[ctypes.c_void_p] * 4, ctypes.c_int64)
        self._scratch_size, self._memory = rows.scratch_size, Doubles(rows.scratch_size)
        self._busy = threading.Lock()

    def run(self, rows: Any, results: Any, n: int) -> None:
        """One call at a time has the memory that is there; another, of a thread or a signal handler, gets its own."""
        if not self._busy.acquire(blocking=False):
            self._call(rows, results, Doubles(self._scratch_size), n)
            return
        try:
            self._call(rows, results, self._memory, n)
        finally:
            self._busy.release()

    def _call(self, rows: Any, results: Any, scratch: Doubles, n: int) -> None:
        places = (self._parameters.address, ctypes.addressof(rows), ctypes.addressof(results), scratch.address)
        self._rows(*places, n)


def rows_of(tape: Tape, loops: Loops | None, n_shared: int, fuse: bool, n: int = MANY) -> Rows | RolledRows:
    """What writes the function `rows` of a tape and its loops, if it has any, for up to n rows at once."""
    return Rows(tape, n_shared, fuse) if loops is None else RolledRows(loops, n_shared, fuse, n)


def module_of(tape: Tape, exact: bool) -> Module:
    """The IR of the function `rows`."""
    module = Module()
    rows_of(tape, rolled(tape), 0, not exact).define(module)
    return module


class Rows:
    """Rows by straight-line code, a block of them at a time, one a lane."""

    def __init__(self, tape: Tape, n_shared: int, fuse: bool) -> None:
        self.block = Block.of(tape, n_shared, lanes=machine.width(), adds=False, fuse=fuse)
        self.places, self.n_parameters = range(n_shared), n_shared
        self._n_inputs, self._n_outputs = len(tape.labels) - n_shared, len(tape.outputs)
        self.scratch_size = (self._n_inputs + self._n_outputs + self.block.n_slots) * self.block.lanes

    def define(self, module: Module) -> None:
        """Write the function `rows`."""
        function, n_lanes = self.block.define(module), self.block.lanes
        rows_function = Function(module, ROWS, "rows")
        parameters, rows, results, sample, n = rows_function.args
        builder, lanes = Builder(rows_function.append_basic_block()), WORD(n_lanes)
        outputs = builder.gep(sample, [WORD(self._n_inputs * n_lanes)])
        scratch = builder.gep(outputs, [WORD(self._n_outputs * n_lanes)])
        with counted(builder, builder.sdiv(builder.add(n, WORD(n_lanes - 1)), lanes)) as i:
            start = builder.mul(i, lanes)
            with counted(builder, lanes) as lane:  # lanes past the end compute the last row once more
                index = minimum(builder, builder.add(start, lane), builder.sub(n, WORD(1)))
                row = builder.gep(rows, [builder.mul(index, WORD(self._n_inputs))])
                copy(builder, row, 1, builder.gep(sample, [lane]), n_lanes, WORD(self._n_inputs))
            builder.call(function, [parameters, sample, outputs, scratch])
            with counted(builder, minimum(builder, lanes, builder.sub(n, start))) as lane:
                result = builder.gep(results, [builder.mul(builder.add(start, lane), WORD(self._n_outputs))])
                copy(builder, builder.gep(outputs, [lane]), n_lanes, result, 1, WORD(self._n_outputs))
        builder.ret_void()


class RolledRows:
    """Rows by the statements of a rolled tape, some rows at a time; n is how many there are at the most."""

    def __init__(self, loops: Loops, n_shared: int, fuse: bool, n: int) -> None:
        self.batch = Batch(loops, n_shared, n_samples=n, fuse=fuse)
        self.places, self.n_parameters = self.batch.places, self.batch.n_parameters
        self.scratch_size = self.batch.scratch_size

    def define(self, module: Module) -> None:
        """Write the function `rows`."""
        batch, n_outputs = self.batch, len(self.batch.loops.tape.outputs)
        calls = batch.calls()
        for statement, output in batch.delivered:
            target = batch.memory.delivered(output if statement.size > 1 else replace(output, strides=()), n_outputs)
            calls.append(batch.call(batch.memory.nest(statement, target)))
        whole = Function(module, ROWS, "rows")
        builder = Builder(whole.append_basic_block())
        parameters, rows, results, scratch, n = whole.args

        def results_from(start: Any) -> Any:
            return builder.gep(results, [builder.mul(start, WORD(n_outputs))])

        batch.run(module, builder, (parameters, rows, scratch), n, lambda i: i, calls, results_from)
        builder.ret_void()
