"""`Compiled`: a tape made callable by a backend, with the arguments and results in the shapes of the recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from autograd_lite.backends import python
from autograd_lite.scalars import as_float, shown
from autograd_lite.structure import describe, flatten, rebuild
from autograd_lite.tape import Tape
from autograd_lite.value import Value

BACKENDS = {"python": python.program}


class Compiled:
    """A recorded function that runs without a graph: `f(*args)`, `f.value_and_grad(*args)`, `f.map(rows)`.

    `backend` says what runs it. Raises ValueError for arguments of another structure than those of the recording.
    """

    def __init__(self, tape: Tape, backend: str = "auto") -> None:
        if backend not in ("auto", *BACKENDS):
            raise ValueError(f"compile: expected backend to be auto or {', '.join(BACKENDS)}, got {shown(backend)}")
        self.backend = "python" if backend == "auto" else backend
        self.tape = tape
        self._takes_numbers = not any(isinstance(x, (list, tuple, dict)) for x in tape.arguments)
        self._program = BACKENDS[self.backend](tape.simplified())

    @cached_property
    def _with_gradient(self) -> Any:
        return BACKENDS[self.backend](self.tape.adjoint())

    def __call__(self, *args: Any) -> Any:
        """The function's value."""
        return rebuild(self.tape.result, iter(self._program(*self._flat(args))))

    def value_and_grad(self, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """The value and the gradient: one an argument, in the argument's structure. For one output."""
        value, *gradient = self._with_gradient(*self._flat(args))
        return rebuild(self.tape.result, iter([value])), rebuild(self.tape.arguments, iter(gradient))

    def map(self, rows: Iterable[Iterable[float]]) -> list[Any]:
        """The value for each row; a row has the inputs one after the other, as many as the recording had."""
        results = []
        for i, row in enumerate(rows):
            numbers = [as_float(x, f"map: rows[{i}]") for x in row]
            if len(numbers) != len(self.tape.labels):
                raise ValueError(f"map: expected {len(self.tape.labels)} numbers in rows[{i}], got {len(numbers)}")
            results.append(rebuild(self.tape.result, iter(self._program(*numbers))))
        return results

    def _flat(self, args: tuple[Any, ...]) -> Sequence[float]:
        if self._takes_numbers and len(args) == len(self.tape.labels) and all(type(x) is float for x in args):
            return args
        flat = flatten(args, "compiled")
        expected, got = describe(self.tape.arguments), describe(args)
        if expected != got:
            raise ValueError(f"compiled: expected arguments like {shown(expected)}, got {shown(got)}")
        return [x.data if isinstance(x, Value) else as_float(x, "compiled") for x in flat]
