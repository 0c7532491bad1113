"""Python's operators for numbers of any kind that can apply an op, so that rules and definitions take them."""

from __future__ import annotations

from collections.abc import Callable

from autograd_lite.op import TABLE, Number


class Operators:
    """The operators that a rule or a definition may use, each the row of that name, applied by `_apply`."""

    __slots__ = ()
    _apply: Callable[..., Number]

    def __add__(self, other: Number) -> Number:
        return self._apply(TABLE["add"], self, other)

    def __radd__(self, other: Number) -> Number:
        return self._apply(TABLE["add"], other, self)

    def __sub__(self, other: Number) -> Number:
        return self._apply(TABLE["subtract"], self, other)

    def __rsub__(self, other: Number) -> Number:
        return self._apply(TABLE["subtract"], other, self)

    def __mul__(self, other: Number) -> Number:
        return self._apply(TABLE["multiply"], self, other)

    def __rmul__(self, other: Number) -> Number:
        return self._apply(TABLE["multiply"], other, self)

    def __truediv__(self, other: Number) -> Number:
        return self._apply(TABLE["divide"], self, other)

    def __rtruediv__(self, other: Number) -> Number:
        return self._apply(TABLE["divide"], other, self)

    def __pow__(self, other: Number) -> Number:
        return self._apply(TABLE["power"], self, other)

    def __rpow__(self, other: Number) -> Number:
        return self._apply(TABLE["power"], other, self)

    def __abs__(self) -> Number:
        return self._apply(TABLE["abs"], self)

    def __neg__(self) -> Number:
        return self._apply(TABLE["negate"], self)

    def __pos__(self) -> Number:
        return self
