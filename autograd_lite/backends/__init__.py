"""Backends: interpreters of a tape that run it faster than Python objects can, behind one written protocol.

A backend is a module with the four functions of `Backend`. To add one, write that module here and name it in
`BACKENDS`; `Tape.compile`, `fit` and the tests, which run over that table, then know it.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import MutableSequence, Sequence
from typing import Protocol, cast

from autograd_lite.backends.batches import Batches as Batches
from autograd_lite.backends.batches import Doubles as Doubles
from autograd_lite.backends.batches import Epochs as Epochs
from autograd_lite.backends.batches import Shuffler as Shuffler
from autograd_lite.backends.batchwise import Batchwise as Batchwise
from autograd_lite.collector import uncollected
from autograd_lite.errors import shown
from autograd_lite.tape import Tape

__all__ = [
    "BACKENDS",
    "Backend",
    "Batches",
    "Batchwise",
    "Doubles",
    "Epochs",
    "Program",
    "Shuffler",
    "Trainer",
    "choose",
    "find",
]

# The module of each backend, fastest first, and the package that it needs.
BACKENDS = {"llvm": "llvmlite", "python": ""}
LEAST = {"llvmlite": (0, 45)}  # the first version of a package that will do


class Program(Protocol):
    """A tape that runs."""

    def share(self, numbers: Sequence[float]) -> None:
        """Set the inputs that all rows share anew."""

    def run(self, *numbers: float) -> Sequence[float]:
        """The outputs for one number an input."""

    def map(self, rows: memoryview, results: memoryview, n: int) -> None:
        """Fill `results` with the outputs for n rows of inputs; both are flat buffers of doubles."""


class Trainer(Protocol):
    """Mini-batch gradient descent that is under way.

    `parameters` and `states` (for each number that the optimizer keeps, one a parameter) are what `advance` goes on
    from, and what it leaves; `settings`, the optimizer's, may be set anew between two calls. `MAX_EPOCHS` is how many
    epochs one call may finish.
    """

    MAX_EPOCHS: int

    @property
    def parameters(self) -> Sequence[float]:
        """The parameters' numbers."""

    @property
    def states(self) -> Sequence[Sequence[float]]:
        """The optimizer's numbers."""

    @property
    def settings(self) -> MutableSequence[float]:
        """What may be set anew."""

    def plan(self, ahead: Sequence[Sequence[float]]) -> None:
        """Set the settings of the epochs that follow on the one under way in the next `advance`, at most `MAX_EPOCHS`;
        after them, or without any, they stay."""

    def load(self, parameters: Sequence[float], states: Sequence[Sequence[float]]) -> None:
        """Set the numbers that the next batch starts from."""

    def advance(self, n_batches: int) -> tuple[Epochs, bool]:
        """Do this many batches: the epochs that ended, costs as they were before each batch's step, and whether all
        went well. Otherwise a batch's cost was inf or nan, and all is as it was before that batch."""

    def batch(self) -> list[int]:
        """The samples of the batch that comes next."""

    def gradient(self, index: int) -> tuple[float, Sequence[float]]:
        """The cost of one sample and its gradient by the parameters as they stand, by the code that trains."""


class Backend(Protocol):
    """What a backend can do; each function may ask for the tapes' adjoints, and writes out by definition (see
    `Tape.inlined`) what it has no code for."""

    def supports(self, tape: Tape) -> bool:
        """Whether it has all the ops that the tape needs."""

    def program(self, tape: Tape, exact: bool = True, shared: Sequence[float] = ()) -> Program:
        """The tape, ready to run; without `exact` a product may be rounded together with the sum that it goes into.

        Its first inputs may be `shared`: numbers that stay, so that only the others are in the rows.
        """

    def trainer(self, sample: Tape, penalty: Tape, update: Tape, batches: Batches, clip: Tape | None = None) -> Trainer:
        """Gradient descent on the mean cost of the samples plus the sum of the parameters' penalties.

        `sample` has the inputs parameters, numbers of one sample, and the outputs cost, right; `penalty` is of one
        parameter; `update` has the inputs settings, parameter, gradient, states, and the outputs parameter, states.
        `clip` makes of the sum of a gradient's squares, penalty included, what it is multiplied by before the update.
        """

    def source(self, tape: Tape) -> str:
        """The code that it would run."""


@uncollected()
def find(name: str) -> Backend:
    """The backend of this name; its modules, which are read when it is first wanted, stay."""
    return cast(Backend, importlib.import_module(f"autograd_lite.backends.{name}"))


def choose(asked: object, function: str, *others: str, needs: Sequence[Tape] = ()) -> str:
    """The name of the backend to use, of `BACKENDS` or of the others; "auto" is the fastest that has what tapes need.

    Raises ValueError for an unknown name or a backend that lacks an op, ImportError for one whose extra is missing.
    """
    if asked == "auto":
        return next(name for name in BACKENDS if _installed(name) and all(map(find(name).supports, needs)))
    names = [*others, *sorted(BACKENDS, reverse=True)]
    if asked not in names:
        raise ValueError(f"{function}: expected backend to be auto, {', '.join(names)}, got {shown(asked)}")
    if not _installed(asked):
        raise ImportError(
            f"{function}: backend={asked!r} needs {_needed(asked)}: pip install 'autograd-lite[jit]'",
            name=BACKENDS[asked],
        )
    return str(asked)


def _needed(name: str) -> str:
    """The package that a backend needs, in words."""
    package = BACKENDS[name]
    return f"{package} {'.'.join(map(str, LEAST[package]))} or later"


def _installed(name: str) -> bool:
    """Whether what a backend needs is there, and new enough."""
    package = BACKENDS.get(name)
    if not package:
        return True
    if importlib.util.find_spec(package) is None:
        return False
    version: str = importlib.import_module(package).__version__
    return tuple(map(int, re.findall(r"\d+", version)[:2])) >= LEAST[package]
