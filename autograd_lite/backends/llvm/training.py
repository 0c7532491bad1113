"""Mini-batch gradient descent as one native function: order, batches, gradients, the optimizer's step, the costs.

Three tapes say what is computed: `sample` the cost of one sample, `penalty` the regulariser of one parameter, `update`
what the optimizer makes of one parameter. Here are only the loops around them, the first with samples in the lanes and
the other two with parameters.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace

from llvmlite import ir

from autograd_lite import ops
from autograd_lite.backends import Batches
from autograd_lite.backends.llvm import descent
from autograd_lite.backends.llvm.lowering import Block
from autograd_lite.backends.llvm.machine import Doubles, Library, width
from autograd_lite.tape import Instruction, Tape


class Context(ctypes.Structure):
    """What the native function works on, as Python sees it: pointers to memory, counts, and running totals."""

    _fields_ = (
        [(name, ctypes.c_void_p) for name in descent.POINTERS]
        + [(name, ctypes.c_int64) for name in descent.COUNTS]
        + [(name, ctypes.c_double) for name in descent.TOTALS]
    )


class Training:
    """The native function, and the memory it works on: a `Trainer`."""

    MAX_EPOCHS = 4096

    def __init__(self, sample: Tape, penalty: Tape, update: Tape, batches: Batches) -> None:
        n_parameters, n_states = len(sample.labels) - batches.width, len(update.outputs) - 1
        sample = _weighted(sample).adjoint(output=0, n_gradients=n_parameters)
        batch_size, penalty = batches.size, penalty.adjoint()
        lanes = min(width(), 1 << (batch_size - 1).bit_length())  # the whole vector, or as much as a batch fills
        block = Block.of(sample, n_parameters, lanes, adds=True, fuse=True)
        module = ir.Module()
        function, scratch_size = block.define(module)
        one_step = descent.step(module, penalty, update, n_parameters, n_states, lanes)
        descent.advance(module, block, function, one_step)
        self._library = Library(module)
        self._advance = self._library.function("advance", ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)
        padded = -(-n_parameters // width()) * width()
        self._memory = {
            "parameters": Doubles(padded),
            "states": Doubles(padded * n_states),
            "settings": Doubles(len(update.labels) - 2 - n_states),
            "sums": Doubles((descent.N_BEFORE_GRADIENT + padded) * lanes),
            "packed": Doubles((len(sample.labels) - n_parameters) * lanes),
            "scratch": Doubles(scratch_size),
            "costs": Doubles(self.MAX_EPOCHS),
            "rights": Doubles(self.MAX_EPOCHS),
        }
        self.parameters = self._memory["parameters"].part(0, n_parameters)
        self.states = [self._memory["states"].part(padded * k, n_parameters) for k in range(n_states)]
        self.settings = self._memory["settings"].array
        self.order = (ctypes.c_int64 * batches.n)(*range(batches.n))
        self._buffer = batches.rows  # kept, because only its address is used
        self._rows = (ctypes.c_double * len(batches.rows)).from_buffer(batches.rows)
        self.context = Context(
            **{name: memory.address for name, memory in self._memory.items()},
            rows=ctypes.addressof(self._rows), order=ctypes.addressof(self.order), n_rows=batches.n,
            batch_size=batch_size, shuffles=batches.shuffler is not None,
            generator=batches.shuffler.state if batches.shuffler is not None else 0,
        )  # fmt: skip

    def load(self, parameters: Sequence[float], states: Sequence[Sequence[float]]) -> None:
        """Set the numbers that the next batch starts from."""
        self.parameters[:] = list(parameters)
        for memory, state in zip(self.states, states, strict=True):
            memory[:] = list(state)

    def advance(self, n_batches: int) -> tuple[list[tuple[float, float]], bool]:
        """Do this many batches: the summed cost and the right answers of each epoch that ended, and whether all went
        well. Otherwise a batch's cost was inf or nan, and parameters and states are as they were before that batch."""
        self.context.epochs_done = 0
        done = self._advance(ctypes.addressof(self.context), n_batches)
        costs, rights = (self._memory[name].array[: self.context.epochs_done] for name in ("costs", "rights"))
        return list(zip(costs, rights, strict=True)), done == n_batches

    def batch(self) -> list[int]:
        """The rows of the batch that comes next."""
        start = self.context.start
        return list(self.order[start : start + self.context.batch_size])


def _weighted(sample: Tape) -> Tape:
    """The tape with one more input, by which the outputs are multiplied: 1, or 0 where a lane has no sample."""
    weight, n = len(sample.labels), len(sample.labels) + len(sample.constants) + len(sample.instructions) + 1

    def moved(i: int) -> int:
        return i if i < weight else i + 1

    steps = [Instruction(step.op, tuple(map(moved, step.arguments))) for step in sample.instructions]
    products = [Instruction(ops.multiply, (moved(output), weight)) for output in sample.outputs]
    return replace(
        sample,
        labels=(*sample.labels, "weight"),
        example=(*sample.example, 1.0),
        instructions=(*steps, *products),
        outputs=tuple(range(n, n + len(products))),
        n_primal=len(steps) + len(products),
    )
