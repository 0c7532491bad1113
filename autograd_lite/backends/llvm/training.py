"""Mini-batch gradient descent as one native function: order, batches, gradients, the optimizer's step, the costs.

Three tapes say what is computed: `sample` the cost of one sample with its gradient, `penalty` the regulariser of one
parameter with its derivative, `update` what the optimizer makes of one parameter. Here are only the loops around
them, the first with samples in the lanes and the other two with parameters.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from autograd_lite.backends import Batches, Doubles
from autograd_lite.backends.llvm import context, descent, machine
from autograd_lite.backends.llvm.assembly import Module
from autograd_lite.backends.llvm.machine import Library
from autograd_lite.backends.llvm.moving import Moving
from autograd_lite.backends.llvm.rolled import Rolled
from autograd_lite.backends.llvm.rows import rolled
from autograd_lite.backends.llvm.straight import Straight
from autograd_lite.backends.loops.unrolling import straddle
from autograd_lite.tape import Tape


class Context(ctypes.Structure):
    """What the native function works on, as Python sees it: pointers to memory, counts, and running totals."""

    _fields_ = (
        [(name, ctypes.c_void_p) for name in context.POINTERS]
        + [(name, ctypes.c_int64) for name in context.COUNTS]
        + [(name, ctypes.c_double) for name in context.TOTALS]
    )


class Training:
    """The native function, and the memory it works on: a `Trainer`."""

    MAX_EPOCHS = 4096

    def __init__(self, sample: Tape, penalty: Tape, update: Tape, batches: Batches, clip: Tape | None = None) -> None:
        n_parameters, n_states = len(sample.outputs) - context.N_HEADS, len(update.outputs) - 1
        n_settings = len(update.labels) - 2 - n_states
        self.sums, batches = sums_of(sample, n_parameters, batches)
        module = Module(context.CONTEXT)
        moving = Moving(penalty, update, n_states, self.sums)
        add_up, give = self.sums.add_up(module), self.sums.give(module)
        descent.advance(module, self.sums, add_up, descent.step(module, moving, give, clip), n_settings)
        descent.single(module, self.sums, add_up, give, moving.read(module))
        self._library = Library(module)
        self._advance = self._library.function("advance", ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)
        self._single = self._library.function("single", None, ctypes.c_void_p, ctypes.c_int64)
        n_places = self.sums.n_places
        self._memory = {
            "parameters": machine.Doubles(self.sums.n_parameters),
            "states": machine.Doubles(n_places * n_states),
            "settings": machine.Doubles(n_settings),
            "ahead": machine.Doubles(n_settings * self.MAX_EPOCHS),
            "gradient": machine.Doubles(n_places),
            "sums": machine.Doubles(self.sums.sums_size),
            "scratch": machine.Doubles(self.sums.scratch_size),
            "costs": machine.Doubles(self.MAX_EPOCHS),
            "rights": machine.Doubles(self.MAX_EPOCHS),
        }
        self.sums.mark(self._memory["sums"].array)
        self._parts = [self._memory["parameters"].part(0, n_places)]
        self._parts += [self._memory["states"].part(n_places * k, n_places) for k in range(n_states)]
        self.settings = self._memory["settings"].array
        self.order = (ctypes.c_int64 * batches.n)(*range(batches.n))
        self._rows, self._targets = _array(batches.rows), _array(batches.targets)
        self.context = Context(
            **{name: memory.address for name, memory in self._memory.items()},
            rows=ctypes.addressof(self._rows), targets=ctypes.addressof(self._targets),
            order=ctypes.addressof(self.order), n_rows=batches.n,
            batch_size=batches.size, shuffles=batches.shuffler is not None,
            generator=batches.shuffler.state if batches.shuffler is not None else 0,
            epoch=batches.shuffler.epoch if batches.shuffler is not None else 0,
        )  # fmt: skip

    @property
    def parameters(self) -> list[float]:
        """The numbers of the parameters now."""
        return self._read(self._parts[0])

    @property
    def states(self) -> list[list[float]]:
        """What the optimizer keeps for each parameter now."""
        return [self._read(part) for part in self._parts[1:]]

    def _read(self, part: Any) -> list[float]:
        numbers = part[:]
        return [numbers[place] for place in self.sums.places]

    def load(self, parameters: Sequence[float], states: Sequence[Sequence[float]]) -> None:
        """Set the numbers that the next batch starts from."""
        for part, numbers in zip(self._parts, [parameters, *states], strict=True):
            for place, number in zip(self.sums.places, numbers, strict=True):
                part[place] = number

    def plan(self, ahead: Sequence[Sequence[float]]) -> None:
        """The settings of the epochs that follow on the one that is under way, in the next `advance`."""
        self.context.n_ahead = len(ahead)
        flat = [number for row in ahead for number in row]
        self._memory["ahead"].array[: len(flat)] = flat

    def advance(self, n_batches: int) -> tuple[list[tuple[float, float]], bool]:
        """Do this many batches: the summed cost and the right answers of each epoch that ended, and whether all went
        well. Otherwise a batch's cost was inf or nan, and parameters and states are as they were before that batch."""
        self.context.epochs_done = 0
        done = self._advance(ctypes.addressof(self.context), n_batches)
        costs, rights = (self._memory[name].array[: self.context.epochs_done] for name in ("costs", "rights"))
        return list(zip(costs, rights, strict=True)), done == n_batches

    def gradient(self, index: int) -> tuple[float, list[float]]:
        """The cost of one sample and its gradient by the parameters as they stand."""
        self._single(ctypes.addressof(self.context), index)
        return self._memory["costs"].array[0], self._read(self._memory["gradient"].array)

    def batch(self) -> list[int]:
        """The rows of the batch that comes next."""
        start = self.context.start
        return list(self.order[start : start + self.context.batch_size])


def sums_of(tape: Tape, n_parameters: int, batches: Batches) -> tuple[context.Sums, Batches]:
    """How batches of samples of a tape are added up: by loops if most of it is loops, else by straight-line code.

    With it the samples as that code reads them: a loop over inputs and targets wants them in one row.
    """
    loops = rolled(tape)
    n_targets = len(batches.targets) // batches.n
    crosses = loops is not None and straddle(loops.reads(), len(tape.labels) - n_targets)
    if n_targets and (crosses or _are_askew(batches)):
        batches, n_targets = batches.joined(), 0
    if loops is None:
        return Straight(tape, n_parameters, batches.size, n_targets), batches
    return Rolled(loops, n_parameters, context.N_HEADS, batches.size, n_targets), batches


def _are_askew(batches: Batches) -> bool:
    """Whether rows and targets are not a whole number of doubles away from each other."""
    rows, targets = (ctypes.addressof(_array(numbers)) for numbers in (batches.rows, batches.targets))
    return (targets - rows) % 8 != 0


def _array(numbers: Doubles) -> Any:
    """The memory of some numbers, as ctypes sees it."""
    return (ctypes.c_double * len(numbers)).from_buffer(numbers) if len(numbers) else (ctypes.c_double * 1)()
