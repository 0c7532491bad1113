"""The LLVM backend: a tape as native code, several rows at once, one lane of the processor's vectors a row."""

from __future__ import annotations

import ctypes
import threading
from typing import Any

from llvmlite import ir

from autograd_lite.backends.llvm.counting import copy, counted, minimum
from autograd_lite.backends.llvm.lanes import WORD
from autograd_lite.backends.llvm.lowering import DOUBLES, Block
from autograd_lite.backends.llvm.machine import Doubles, Library, width
from autograd_lite.tape import Tape


class Program:
    """A tape that runs: `run` gives the outputs for one number an input, `map` for rows of them."""

    def __init__(self, tape: Tape, exact: bool = True) -> None:
        module, block, scratch_size = module_of(tape, exact)
        self._library = Library(module)
        self._rows = self._library.function("rows", None, *[ctypes.c_void_p] * 5, ctypes.c_int64)
        sizes = (len(tape.labels) * block.lanes, len(tape.outputs) * block.lanes, scratch_size)
        self._sizes, self._memory = sizes, [Doubles(size) for size in sizes]
        self._busy = threading.Lock()
        self._row, self._results = ctypes.c_double * len(tape.labels), ctypes.c_double * len(tape.outputs)

    def run(self, *numbers: float) -> tuple[float, ...]:
        """The outputs for one row."""
        row, results = self._row(*numbers), self._results()
        self._run(row, results, 1)
        return tuple(results)

    def map(self, rows: memoryview, results: memoryview, n: int) -> None:
        """Fill `results` with the outputs for n rows of inputs; both are flat buffers of doubles, one can write to."""
        row, result = ((ctypes.c_double * len(buffer)).from_buffer(buffer) for buffer in (rows, results))
        self._run(row, result, n)

    def _run(self, rows: Any, results: Any, n: int) -> None:
        """One call at a time has the memory that is there; another, of a thread or a signal handler, gets its own."""
        if not self._busy.acquire(blocking=False):
            self._call(rows, results, [Doubles(size) for size in self._sizes], n)
            return
        try:
            self._call(rows, results, self._memory, n)
        finally:
            self._busy.release()

    def _call(self, rows: Any, results: Any, memory: list[Doubles], n: int) -> None:
        self._rows(ctypes.addressof(rows), ctypes.addressof(results), *(doubles.address for doubles in memory), n)


def module_of(tape: Tape, exact: bool) -> tuple[ir.Module, Block, int]:
    """The IR of a tape's function of rows, with its block, and the number of doubles that this wants as scratch."""
    block = Block.of(tape, n_shared=0, lanes=width(), adds=False, fuse=not exact)
    module = ir.Module()
    function, scratch_size = block.define(module)
    _rows_function(module, block, function)
    return module, block, scratch_size


def _rows_function(module: ir.Module, block: Block, function: ir.Function) -> None:
    """rows(rows, results, sample, outputs, scratch, n): the block, for as many rows as there are."""
    rows_function = ir.Function(module, ir.FunctionType(ir.VoidType(), [DOUBLES] * 5 + [WORD]), "rows")
    rows, results, sample, outputs, scratch, n = rows_function.args
    n_inputs, n_outputs, lanes = len(block.tape.labels), len(block.tape.outputs), WORD(block.lanes)
    builder = ir.IRBuilder(rows_function.append_basic_block())
    n_blocks = builder.sdiv(builder.add(n, WORD(block.lanes - 1)), lanes)
    with counted(builder, n_blocks) as i:
        start = builder.mul(i, lanes)
        with counted(builder, lanes) as lane:  # lanes past the end compute the last row once more
            index = minimum(builder, builder.add(start, lane), builder.sub(n, WORD(1)))
            row = builder.gep(rows, [builder.mul(index, WORD(n_inputs))])
            copy(builder, row, 1, builder.gep(sample, [lane]), block.lanes, WORD(n_inputs))
        builder.call(function, [sample, sample, outputs, scratch])
        with counted(builder, minimum(builder, lanes, builder.sub(n, start))) as lane:
            result = builder.gep(results, [builder.mul(builder.add(start, lane), WORD(n_outputs))])
            copy(builder, builder.gep(outputs, [lane]), block.lanes, result, 1, WORD(n_outputs))
    builder.ret_void()
