"""`Compiled`: a tape made callable by a backend, with the arguments and results in the shapes of the recording."""

from __future__ import annotations

import html
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from autograd_lite.backends import Program, choose, find
from autograd_lite.errors import as_flag, as_float, shown
from autograd_lite.labels import sentence
from autograd_lite.reading import CALL, tell
from autograd_lite.structure import describe, flatten, rebuild
from autograd_lite.tape import OFFERS, Tape
from autograd_lite.value import Value

# Up to how many instructions one call of generated Python takes less time than one of native code, which starts late.
SHORT = 200


class Compiled:
    """A recorded function that runs without a graph: `f(*args)`, `f.value_and_grad(*args)`, `f.map(rows)`.

    Each of the three is compiled when it is first called. `backend` says what runs it. With "auto" a call of a short
    program runs as generated Python, everything else on the fastest backend that has the ops. Raises ValueError for
    arguments of another structure than those of the recording or a backend that lacks an op, TypeError for what is no
    number.
    """

    def __init__(self, tape: Tape, backend: str = "auto", exact: bool = True) -> None:
        if backend != "auto":
            backend = choose(backend, "compile")
        self.tape, self.backend, self.exact = tape, backend, as_flag(exact, "compile", "exact")
        self._takes_numbers = not any(isinstance(x, (list, tuple, dict)) for x in tape.arguments)
        if backend != "auto" and not find(backend).supports(tape):
            _ = self._value  # so that an op which the backend lacks is named now

    @cached_property
    def _value(self) -> Program:
        """What runs one call."""
        return self._once(self.tape.simplified())

    @cached_property
    def _with_gradient(self) -> Program:
        """What runs one call with its gradient."""
        return self._once(self.tape.adjoint())

    @cached_property
    def _rows(self) -> Program:
        """What runs rows of inputs."""
        if self.backend != "auto":
            return self._value
        tape = self.tape.simplified()
        return find(choose("auto", "compile", needs=[tape])).program(tape, self.exact)

    def _once(self, tape: Tape) -> Program:
        """A program for single calls."""
        if self.backend != "auto":
            name = self.backend
        else:
            name = "python" if len(tape.instructions) <= SHORT else choose("auto", "compile", needs=[tape])
        return find(name).program(tape, self.exact)

    def __call__(self, *args: Any) -> Any:
        """The function's value."""
        return rebuild(self.tape.result, iter(self._value.run(*self._flat(args))))

    def value_and_grad(self, *args: Any) -> tuple[Any, tuple[Any, ...]]:
        """The value and the gradient: one for each argument, in its structure. Only for one output."""
        if len(self.tape.outputs) != 1:
            raise ValueError(
                f"value_and_grad: expected a function of 1 output, got {len(self.tape.outputs)}; record one of them"
            )
        value, *gradient = self._with_gradient.run(*self._flat(args))
        return rebuild(self.tape.result, iter([value])), rebuild(self.tape.arguments, iter(gradient))

    def map(self, rows: Any) -> Any:
        """The value for each row of inputs, which stand one after the other, as many as the recording had.

        Rows of numbers give a list of values in the structure of the recording's result. A buffer of doubles (an
        `array`, a `memoryview`, a NumPy array, flat or with a row for each input row) is read where it is, if it is
        contiguous and can be written to, else copied once. It gives a memoryview: a number for each row if the result
        is one, else a row of the result's numbers.
        """
        n_inputs, n_outputs = len(self.tape.labels), len(self.tape.outputs)
        buffer = _buffer(rows, n_inputs)
        numbers, n = self._numbers(rows) if buffer is None else (buffer, len(buffer) // n_inputs)
        results = memoryview(array("d", bytes(8 * n * n_outputs)))
        if n and n_outputs:
            self._rows.map(numbers, results, n)
        if buffer is None:
            leaves = iter(results.tolist())
            return [rebuild(self.tape.result, leaves) for _ in range(n)]
        is_number = not isinstance(self.tape.result, (list, tuple, dict))
        return results if is_number or not results else results.cast("B").cast("d", (n, n_outputs))

    def _numbers(self, rows: Iterable[Iterable[Any]]) -> tuple[memoryview, int]:
        """The numbers of all rows, and how many rows there are."""
        if not hasattr(rows, "__iter__") or getattr(rows, "ndim", 1) == 0:
            raise TypeError(f"map: expected rows of numbers, got {shown(rows)}")
        numbers, n = array("d"), 0
        for n, row in enumerate(rows, start=1):
            try:
                found = [as_float(x, "map") for x in row]
            except TypeError:
                raise TypeError(f"map: expected a row of numbers in rows[{n - 1}], got {shown(row)}") from None
            if len(found) != len(self.tape.labels):
                raise ValueError(f"map: expected {len(self.tape.labels)} numbers in rows[{n - 1}], got {len(found)}")
            numbers.extend(found)
        return memoryview(numbers or array("d", [0.0])), n

    def _flat(self, args: tuple[Any, ...]) -> Sequence[float]:
        if self._takes_numbers and len(args) == len(self.tape.labels) and all(type(x) is float for x in args):
            return args
        flat = flatten(args, "compiled")
        expected, got = describe(self.tape.arguments), describe(args)
        if expected != got:
            raise ValueError(f"compiled: expected arguments of the structure {_cut(expected)}, got {_cut(got)}")
        values = [x for x in flat if isinstance(x, Value)]
        if values:
            tell("what a compiled program makes of {}", *values, remedy=CALL)
        return [x.data if isinstance(x, Value) else as_float(x, "compiled") for x in flat]

    def __repr__(self) -> str:
        inputs = _cut(", ".join(sentence(label, 24) or "input" for label in self.tape.labels))
        return f"Compiled({inputs}: {len(self.tape.instructions):,} instructions, backend={self.backend!r})"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}\n\n{html.escape(str(self.tape))}</pre>"

    def __reduce__(self) -> tuple[object, ...]:
        """A copy, or what a pickle gives, is compiled anew."""
        return Compiled, (self.tape, self.backend, self.exact)


OFFERS["compile"] = Compiled


# The languages that a tape can be written in: the module that writes it, and the function there.
LANGUAGES = {
    "python": ("standalone", "standalone"), "c": ("c", "standalone"), "javascript": ("javascript", "standalone"),
    "llvm": ("llvm", "source"),
}  # fmt: skip


def source(tape: Tape, language: str = "python") -> str:
    """The tape in another language. Raises ValueError for an unknown one."""
    if not isinstance(language, str) or language not in LANGUAGES:
        raise ValueError(f"Tape.source: expected one of {', '.join(LANGUAGES)}, got {shown(language)}")
    module, function = LANGUAGES[language]
    text: str = getattr(find(module), function)(tape)
    return text


OFFERS["source"] = source


def _cut(structure: str) -> str:
    return structure if len(structure) <= 60 else structure[:59] + "…"


def _buffer(rows: Any, n_inputs: int) -> Any:
    """The doubles of a buffer as a flat memoryview that can be written to; None for what is no buffer of doubles."""
    try:
        view = memoryview(rows)
    except TypeError:
        return None
    if view.format != "d" or view.ndim not in (1, 2) or not n_inputs:
        return None
    shape = tuple(view.shape or ())
    if shape[1] != n_inputs if len(shape) == 2 else shape[0] % n_inputs:
        raise ValueError(f"map: expected rows of {n_inputs} numbers, got a buffer of shape {shape}")
    if view.readonly or not view.c_contiguous:
        view = memoryview(bytearray(view.tobytes()))
    return view.cast("B").cast("d") if view.nbytes else memoryview(array("d"))
