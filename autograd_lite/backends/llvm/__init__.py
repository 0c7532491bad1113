"""The LLVM backend: tapes as native code, several samples at once in the lanes of the processor's vectors."""

from collections.abc import Sequence

from autograd_lite.backends import Batches
from autograd_lite.backends.llvm import lowering
from autograd_lite.backends.llvm.rows import Program, module_of
from autograd_lite.backends.llvm.training import Training
from autograd_lite.tape import Tape


def supports(tape: Tape) -> bool:
    """Whether there is code for all ops of the tape, written out by their definitions where they have one."""
    return all(lowering.supports(op, n) for op, n in tape.instructions.kinds)


def program(tape: Tape, exact: bool = True, shared: Sequence[float] = ()) -> Program:
    """The tape as native code."""
    return Program(tape, exact, shared)


def trainer(sample: Tape, penalty: Tape, update: Tape, batches: Batches, clip: Tape | None = None) -> Training:
    """Gradient descent as one native function."""
    gradient = sample.adjoint(output=0, n_gradients=len(sample.labels) - batches.width, has=lowering.stays)
    return Training(gradient, penalty.adjoint(), update, batches, clip)


def source(tape: Tape) -> str:
    """The tape as LLVM IR, for the width of this processor's vectors."""
    return str(module_of(tape, exact=True))
