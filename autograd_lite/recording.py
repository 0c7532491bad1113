"""`record`: the graph of what a function computes, written down as a tape, and a warning for what the tape cannot keep.

A tape has operations on numbers and nothing else. Whatever a function decides by reading a number, and whatever it
takes from elsewhere, stands in the tape as it was at recording. Reads are noticed (reading.py) and count if what was
read depends on an input: a number that is the same for all inputs is no news. What no read shows, such as a random
number, a counter or an attribute that changes, is found by recording twice and comparing.
"""

from __future__ import annotations

import inspect
import pickle
import random
import struct
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import Any

from autograd_lite.collector import uncollected
from autograd_lite.errors import as_float, is_real, shown
from autograd_lite.graph import interior
from autograd_lite.modes import enable_grad, entered
from autograd_lite.op import Number
from autograd_lite.reading import is_ours, top
from autograd_lite.structure import flatten, rebuild
from autograd_lite.tape import Tape, holds, traced
from autograd_lite.value import Value, Variable

__all__ = ["PASS", "Fixed", "Watch", "difference", "examined", "record", "undrawn", "warn", "watching"]

# The remedy for a number that is fixed in a tape, in the words of an error.
PASS = "draw or read it outside, and pass it as an argument"


@dataclass(frozen=True)
class Fixed:
    """What a recording fixed, in a sentence with the remedy, and the file and line of the person's program."""

    sentence: str
    file: str
    line: int


class Watch:
    """Takes down what is read while a function is recorded, and where."""

    def __init__(self) -> None:
        self.reads: list[tuple[Fixed, list[Value]]] = []
        self.drew = False

    def __call__(self, what: str, reader: FrameType, *operands: Number, remedy: str) -> None:
        """Take down that the code in a frame reads the numbers of some Values, and what to write instead."""
        names = [(x.label or f"{x._data:.6g}") if isinstance(x, Value) else str(x) for x in operands]
        values = [x for x in operands if isinstance(x, Value)]
        sentence = f"{what.format(*names)} is fixed in the tape as it is now; {remedy}"
        self.reads.append((Fixed(sentence, *place(reader)), values))

    def fixed(self, inputs: Sequence[Value], f: Any) -> list[Fixed]:
        """What was fixed that depends on the inputs, each place once; random numbers are put down to f."""
        reached = set(inputs)
        for node in interior([value for _, values in self.reads for value in values]):
            if not reached.isdisjoint(node.parents):
                reached.add(node)
        found = [read for read, values in self.reads if not reached.isdisjoint(values)]
        if self.drew:
            found.append(Fixed(f"a random number is fixed in the tape as it was drawn; {PASS}", *_origin(f)))
        return list({(fixed.file, fixed.line): fixed for fixed in reversed(found)}.values())[::-1]


@contextmanager
def watching() -> Iterator[Watch]:
    """A block in which graphs are made and every read is taken down."""
    watch, states = Watch(), [get() for get, _ in _generators()]
    with undrawn(), entered(records=True, watch=watch):
        yield watch
        drawn = zip(states, _generators(), strict=False)
        watch.drew = any(pickle.dumps(get()) != pickle.dumps(state) for state, (get, _) in drawn)


@contextmanager
def undrawn() -> Iterator[None]:
    """A block after which `random` and `numpy.random` stand where they stood before: what runs next draws the same."""
    states = [(get(), put) for get, put in _generators()]
    try:
        yield
    finally:
        for state, put in states:
            put(state)


def _generators() -> list[tuple[Callable[[], Any], Callable[[Any], None]]]:
    """How the state of each generator is asked for, and set, from which a program draws without holding it."""
    numpy = sys.modules.get("numpy.random")
    return [
        (random.getstate, random.setstate),
        *([(partial(numpy.get_state, legacy=False), numpy.set_state)] if numpy else []),
    ]


def record(f: Callable[..., Any], *args: Any) -> Tape:
    """Run f on Values in the place of the numbers in args, and write down the graph of what it returns.

    Arguments and result are numbers, or nested lists, tuples or dicts of them. Other Values that f uses are constants
    of the tape. f runs twice. Where it reads a number that depends on an argument (a comparison, `==` with a number,
    `bool()`, `.data`, `.grad`, `.partials`, a copy, a call of a compiled program, `str()`, `format()`, `round()`),
    draws from `random` or `numpy.random`, or is not the same twice, a RuntimeWarning says what the tape has fixed, in
    which line of f. What is the same both times and another later, like the hour of a clock, nobody notices. Raises
    TypeError if f returns anything but Values and numbers.
    """
    tape, found = examined(f, *args)
    for fixed in found:
        warnings.warn_explicit(f"record: {fixed.sentence}", RuntimeWarning, fixed.file, fixed.line)
    return tape


def examined(f: Callable[..., Any], *args: Any) -> tuple[Tape, list[Fixed]]:
    """The tape that `record` makes, and what it has fixed, for those who do not only warn."""
    if not callable(f):
        raise TypeError(f"record: expected a function, got {shown(f)}")
    names = _names(f, args)
    numbers = [
        as_float(x._data if isinstance(x, Value) else x, f"record: {name}")
        for name, x in zip(names, flatten(args, "record"), strict=True)
    ]
    with watching() as watch:
        tape, inputs, constants = _tape(f, args, names, numbers)
    holds(*flatten(args, "record"), *constants)
    found = watch.fixed(inputs, f)
    if not found:
        with enable_grad():
            found = difference(tape, _tape(f, args, names, numbers)[0], f)
    return tape, found


def warn(message: str) -> None:
    """A RuntimeWarning at the line of the person's program that called."""
    warnings.warn_explicit(message, RuntimeWarning, *place(sys._getframe(1)))


@uncollected()
def _tape(
    f: Callable[..., Any], args: tuple[Any, ...], names: Sequence[str], numbers: Sequence[float]
) -> tuple[Tape, list[Variable], list[Value]]:
    """The tape of one run of f, the inputs that it ran on, and the leaves that are constants of it."""
    inputs = [Variable(x, name) for x, name in zip(numbers, names, strict=True)]
    result = f(*rebuild(args, iter(inputs)))
    leaves = flatten(result, "record: the result of f")
    for y in leaves:
        if not isinstance(y, Value) and not is_real(y):
            raise TypeError(f"record: expected f to return Values, or lists, tuples or dicts of them, got {shown(y)}")
    outputs = [y if isinstance(y, Value) else Value(y) for y in leaves]
    tape, constants = traced(outputs, inputs)
    tape = replace(tape, arguments=rebuild(args, iter(numbers)), result=rebuild(result, (y._data for y in outputs)))
    return tape, inputs, constants


def difference(first: Tape, second: Tape, f: Any) -> list[Fixed]:
    """What differs between two recordings of f with the same inputs: nothing, or one thing."""
    if (first.instructions, first.outputs) != (second.instructions, second.outputs):
        what = "which operations f does"
    else:
        pairs = zip(first.constants, second.constants, strict=True)
        different = [(a, b) for a, b in pairs if struct.pack("d", a) != struct.pack("d", b)]
        if not different:
            return []
        what = "a number that f takes from elsewhere, {} and then {},".format(*different[0])
    return [Fixed(f"{what} is not the same twice and is fixed in the tape as it was; {PASS}", *_origin(f))]


def place(frame: FrameType) -> tuple[str, int]:
    """The file and line of the innermost frame from here outward that is the person's own."""
    while frame.f_back is not None and (is_ours(frame) or top(frame) in sys.stdlib_module_names):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _origin(f: Any) -> tuple[str, int]:
    """Where f was written, or else who called."""
    code = getattr(f, "__code__", None) or getattr(type(f).__call__, "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else place(sys._getframe(1))


def _names(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """A label for each input: the parameter's name in f, with the position inside a nested argument."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names: list[str] = []
    for i, argument in enumerate(args):
        plain = i < len(parameters) and parameters[i].kind is not inspect.Parameter.VAR_POSITIONAL
        name = parameters[i].name if plain else f"x{i}"
        leaves = flatten(argument, "record")
        single = not isinstance(argument, (list, tuple, dict))
        names += [name] if single else [f"{name}[{k}]" for k in range(len(leaves))]
    return names
