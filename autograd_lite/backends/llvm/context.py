"""The struct that training works on: Python fills it in and reads it (`training.py`), native code goes by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from autograd_lite.backends.llvm.assembly import DOUBLE, SHORT, VOID, WORD, Function, FunctionType, Module, Struct
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.lanes import Bits
from autograd_lite.backends.llvm.lowering import DOUBLES

POINTERS = [
    "parameters",
    "states",
    "settings",
    "ahead",
    "gradient",
    "sums",
    "scratch",
    "rows",
    "targets",
    "costs",
    "rights",
    "order",
]
COUNTS = ["n_rows", "batch_size", "shuffles", "generator", "epoch", "n_ahead", "epochs_done", "start"]
# Of the epoch: cost, right. Of the batch: its samples, the sums of penalties and of squared gradients, and what the
# gradient is multiplied by.
TOTALS = ["cost", "right", "count", "penalty", "squares", "factor"]
FIELDS = [*POINTERS, *COUNTS, *TOTALS]
N_HEADS = 2  # the outputs cost and right, before the gradient

CONTEXT = Struct(
    "context",
    [
        *[WORD.as_pointer() if name == "order" else DOUBLES for name in POINTERS],
        *[WORD for _ in COUNTS],
        *[DOUBLE for _ in TOTALS],
    ],
)

# add_up(context, order, m): the outputs for samples order[0 … m−1], added to the sums.
ADD_UP = FunctionType(VOID, [CONTEXT.as_pointer(), WORD.as_pointer(), WORD])
# take(context, gradients, first, n): n vectors of summed gradients, those of the parameters from vector `first` on.
TAKE = FunctionType(VOID, [CONTEXT.as_pointer(), DOUBLES, WORD, WORD])
# give(context, m, take): the sums over the last m samples to `take`, each vector once; what was added up is 0 again.
GIVE = FunctionType(VOID, [CONTEXT.as_pointer(), WORD, TAKE.as_pointer()])


class Fields:
    """`fields["start"]` emits the load of a field of the context, an assignment its store."""

    def __init__(self, builder: Any, pointer: Any) -> None:
        self._builder, self._pointer = builder, pointer

    def place(self, name: str) -> Any:
        """Where a field is."""
        return self._builder.gep(self._pointer, [SHORT(0), SHORT(FIELDS.index(name))])

    def __getitem__(self, name: str) -> Any:
        return self._builder.load(self.place(name))

    def __setitem__(self, name: str, value: Any) -> None:
        self._builder.store(value, self.place(name))


class Sums(Protocol):
    """A tape summed over samples: its first outputs are `N_HEADS` numbers, the others a gradient by the parameters.

    Parameters stand in `n_places`, a whole number of vectors; the memory of the parameters
    has `n_parameters` doubles, that of the sums `sums_size`, and `scratch_size` more are wanted.
    """

    n_places: int
    n_parameters: int
    scratch_size: int
    sums_size: int

    @property
    def places(self) -> Sequence[int]:
        """Where each parameter stands."""

    def add_up(self, module: Module) -> Function:
        """The function `ADD_UP`."""

    def give(self, module: Module) -> Function:
        """The function `GIVE`, to be called once after `ADD_UP`, before any parameter has changed."""

    def take_head(self, builder: Any, sums: Any, i: int) -> Any:
        """One of the first outputs, summed; its sum is 0 again."""

    def kept(self, builder: Any, sums: Any, group: Any) -> Bits | None:
        """Which lanes of a vector hold parameters; the others stay 0. None if it does not matter."""

    def mark(self, sums: Any) -> None:
        """Write into the memory of the sums what the code wants to find there."""


def function(module: Module, name: str, kind: FunctionType) -> tuple[Function, Any, Fields]:
    """A new function of a context and more, its builder, and the fields of its context."""
    made = Function(module, kind, name)
    builder = Builder(made.append_basic_block())
    return made, builder, Fields(builder, made.args[0])


def hurry(function: Function) -> None:
    """Compile a function with little care, as it hardly ever runs: compiling it takes longer than all its runs."""
    function.attributes += ["noinline", "optnone"]
