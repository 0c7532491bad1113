"""Python's + − × and sign for numbers of any kind that can apply an op, so that the rules of the table take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite import ops


class Operators:
    """The operators that a rule of the table may use, each the row of that name, applied by `_apply`."""

    __slots__ = ()
    _apply: Callable[..., Any]

    def __add__(self, other: Any) -> Any:
        return self._apply(ops.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return self._apply(ops.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return self._apply(ops.subtract, self, other)

    def __rsub__(self, other: Any) -> Any:
        return self._apply(ops.subtract, other, self)

    def __mul__(self, other: Any) -> Any:
        return self._apply(ops.multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self._apply(ops.multiply, other, self)

    def __neg__(self) -> Any:
        return self._apply(ops.negate, self)
