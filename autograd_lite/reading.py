"""Reading a Value: its number, its gradient, its order, truth and text.

What is read leaves the graph: the program that a recording writes down has it as the number that it was. So every
read is told to whoever watches, as a recording does. The engine itself reads the slots `_data` and `_grad`, unseen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from types import FrameType
from typing import Any, NoReturn

from autograd_lite.errors import ALLOWED, as_float, is_real, shown
from autograd_lite.graph import Node
from autograd_lite.modes import current
from autograd_lite.op import Number

__all__ = ["bare_numbers"]

_mode = current.get

OURS = ("autograd_lite", "nn")  # the packages whose code reads and computes as the engine itself does


# What to write instead: of a number that is read, of one that is printed, and of one that another program makes.
CHOOSE = "where(), maximum(), minimum(), equal() and pick() choose anew at every replay"
PRINT = "a print shows it at recording alone: take it out, or return the Value and print that"
CALL = "call the function itself, which keeps the graph"


def tell(what: str, *operands: Number, remedy: str = CHOOSE) -> None:
    """Tell whoever watches that the numbers of the operands leave the graph; `what` has a {} for each of these."""
    mode = _mode()
    if mode is not None and mode.watch is not None:
        mode.watch(what, sys._getframe(1), *operands, remedy=remedy)


def _read(what: str, *operands: Number, remedy: str = CHOOSE) -> None:
    """Tell of a read by a person's program; what the engine and nn read for a check decides nothing about that."""
    reader: FrameType | None = sys._getframe(1)
    while reader is not None and reader.f_globals is globals():
        reader = reader.f_back
    if reader is not None and not is_ours(reader):
        tell(what, *operands, remedy=remedy)


def bare_numbers(*groups: Sequence[Any]) -> list[list[float]] | None:
    """The numbers of Values for a sum of which the result alone is seen, as within `no_grad`; else None.

    None, too, if one is no Value, or of a person's own class: what it does in a sum is its own.
    """
    mode = _mode()
    if mode is None or not mode.is_bare:
        return None
    kinds: set[Any] = {type(x) for group in groups for x in group}
    if not all(map(_is_plain, kinds)):
        return None
    return [[x._data for x in group] for group in groups]


@lru_cache(maxsize=64)
def _is_plain(kind: type) -> bool:
    """Whether numbers of a class compute as the engine has it."""
    return issubclass(kind, Readable) and _top(kind.__module__) in OURS


def is_ours(frame: FrameType) -> bool:
    """Whether the code of a frame belongs to autograd_lite or nn."""
    return top(frame) in OURS


def top(frame: FrameType) -> str:
    """The top-level name of the module that a frame runs in."""
    return _top(str(frame.f_globals.get("__name__", "")))


def _top(module: str) -> str:
    return module.partition(".")[0]


class Readable(Node):
    """A node that holds a number, and how that is read from outside."""

    __slots__ = ("_data", "_scope", "label")  # `_scope` is filled only where there is one

    _data: float
    _scope: str
    label: str

    @property
    def data(self) -> float:
        """The number; setting it later does not change what was already computed from it."""
        if _mode() is not None:
            _read("data of {}", self)
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if _mode() is not None:
            tell("the number set as the data of {}", self)
        self._data = data if type(data) is float else as_float(data, "Value.data")

    @property
    def grad(self) -> float:
        """∂root/∂self, 0.0 where no pass has reached it; setting it to None says that none has."""
        if _mode() is not None:
            _read("grad of {}", self)
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = None if grad is None else as_float(grad, "Value.grad", f"{ALLOWED}, or None to clear it")

    @property
    def partials(self) -> tuple[Number, ...]:
        """The local derivatives ∂self/∂parent, fixed when the op ran; None toward a number that stands in the formula.

        Toward an input in which an op is flat, as a comparison is, it is 0.
        """
        if _mode() is not None:
            _read("a partial of {}", self)
        return super().partials

    # ---- order and truth ----

    def __lt__(self, other: Number) -> bool:
        return self._data < _compared(self, "<", other)

    def __le__(self, other: Number) -> bool:
        return self._data <= _compared(self, "<=", other)

    def __gt__(self, other: Number) -> bool:
        return self._data > _compared(self, ">", other)

    def __ge__(self, other: Number) -> bool:
        return self._data >= _compared(self, ">=", other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Readable) or not is_real(other):
            return self is other or NotImplemented
        _read(f"{{}} == {other}", self)
        return bool(self._data == other)

    def __ne__(self, other: object) -> bool:
        if isinstance(other, Readable) or not is_real(other):
            return self is not other and NotImplemented
        _read(f"{{}} != {other}", self)
        return bool(self._data != other)

    __hash__ = Node.__hash__

    def __bool__(self) -> bool:
        _read("bool({})", self)
        return self._data != 0.0

    # ---- text and conversion ----

    def __repr__(self) -> str:
        _read("the text of {}", self, remedy=PRINT)
        label = f", label={self.label!r}" if self.label else ""
        grad = 0.0 if self._grad is None else self._grad
        return f"{type(self).__name__}(data={self._data}, grad={grad}{label})"

    def __format__(self, form: str) -> str:
        """The number in this format; without one, what `str` gives."""
        if not form:
            return str(self)
        _read(f"format({{}}, {form!r})", self, remedy=PRINT)
        return format(self._data, form)

    def __round__(self, digits: int | None = None) -> Any:
        """The number, rounded."""
        _read("round({})" if digits is None else f"round({{}}, {digits})", self)
        return round(self._data, digits)

    def __float__(self) -> NoReturn:
        raise TypeError(
            f"float: expected a number, got {shown(self)}; its number is .data, and functions on Values are "
            "autograd_lite's: autograd_lite.sin(v), not math.sin(v)"
        )

    def __int__(self) -> NoReturn:
        raise TypeError(f"int: expected a number, got {shown(self)}; its number is .data: int(v.data)")


def _compared(v: Readable, sign: str, other: Number) -> float:
    """The number on the right of a comparison."""
    _read(f"{{}} {sign} {{}}", v, other)
    return other._data if isinstance(other, Readable) else as_float(other, sign, f"a Value or {ALLOWED}")
