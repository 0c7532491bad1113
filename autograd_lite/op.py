"""`Op`: a row of the table of operations, and `TABLE`, which holds them by name.

Calling a row applies it: floats give a float, a `Value` (or a tape's entry, or whatever else can apply an op) among
the inputs gives one of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from autograd_lite.errors import as_float

__all__ = ["TABLE", "Number", "Op"]

# What a rule computes with: a float, a Value, a place on a tape, a name in a source. They share Python's operators and
# no class, so mypy is told nothing more.
Number: TypeAlias = Any

Interval = tuple[float, float]

# How tightly an op binds when it is written down, loosest first.
SUM, PRODUCT, PREFIX, POWER, FUNCTION = range(5)


class _Help:
    """The `__doc__` of rows: that of the class on the class, and on a row what it is, as help(tanh) shows it."""

    def __init__(self, doc: str | None) -> None:
        self._doc = doc

    def __get__(self, op: Op | None, owner: type) -> str | None:
        return self._doc if op is None else OFFERS["help"](op)


# What is told about a row belongs to a room above, which offers it here when the package is imported.
OFFERS: dict[str, Callable[[Op], str]] = {}


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation: its name, its value, its local derivatives, and how it is written.

    `forward` takes and returns floats; `partials(*inputs, out)` and the `definition` in terms of other rows, where
    there is one, take numbers of any kind. `text` and `latex` are templates with one `{}` an input; `domain` has one
    interval an input, inside which the op is smooth almost everywhere and from which tests sample. A `variadic` op
    takes any number of inputs in the place of its last `{}`; its `domain` has as many intervals as tests try. An op
    that `selects` hands nothing to an input toward which its partial is 0, whatever arrives (selection.py). `meaning`
    says in a few plain words what the op gives. `told` is the formula that stands for a part of a rule when it is read.
    """

    name: str
    symbol: str
    forward: Callable[..., float]
    partials: Callable[..., tuple[Number, ...]]
    text: str
    latex: str
    domain: tuple[Interval, ...]
    precedence: int
    definition: Callable[..., Number] | None = None
    variadic: bool = False
    selects: bool = False
    meaning: str = ""
    told: Callable[..., Number] | None = None

    @property
    def arity(self) -> int:
        """The number of inputs, of a variadic op that of its `domain`; an application's is that of its inputs."""
        return len(self.domain)

    @property
    def stands(self) -> bool:
        """Whether this is the row of its name: one that was defined anew since is not."""
        return TABLE.get(self.name) is self or PARTS.get(self.name) is self

    def takes(self, n: int) -> bool:
        """Whether the op can be applied to n inputs."""
        return n >= self._slots if self.variadic else n == len(self.domain)

    @property
    def _slots(self) -> int:
        """The number of places in the templates."""
        return self.text.count("{}")

    def text_of(self, n: int) -> str:
        """The template of the op on n inputs, with n places."""
        return _widened(self.text, n - self._slots) if self.variadic else self.text

    def latex_of(self, n: int) -> str:
        """The template in LaTeX, with n places."""
        return _widened(self.latex, n - self._slots) if self.variadic else self.latex

    def flat(self, n: int) -> tuple[bool, ...]:
        """For each of n inputs whether the rule states its partial as the number 0, as a comparison's does.

        Such an edge is none: 0 times an infinite gradient would be nan.
        """
        return _flat(self, n)

    def __call__(self, *inputs: Number) -> Number:
        """Apply the op: numbers give a float, a `Value` (or a tape entry) among the inputs gives one of its kind."""
        if len(inputs) != len(self.domain) and not self.takes(len(inputs)):
            count = f"{self._slots} argument(s) or more" if self.variadic else f"{self.arity} argument(s)"
            raise TypeError(f"{self.name}: expected {count}, got {len(inputs)}")
        others = False
        for x in inputs:
            if type(x) is not float:
                apply = getattr(type(x), "_apply", None)
                if apply is not None:
                    return apply(self, *inputs)
                others = True
        return self.forward(*[as_float(x, self.name) for x in inputs] if others else inputs)

    @property
    def __name__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def __copy__(self) -> Op:
        return self

    def __deepcopy__(self, memo: object) -> Op:
        return self

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        """A row is pickled as its name: there is one of it."""
        if not self.stands:
            raise ValueError(f"pickle: expected the op {self.name} as the table has it now; it was defined anew since")
        return named, (self.name,)


def named(name: str) -> Op:
    """The row of this name; raises ValueError where there is none, as in a process that has not defined it."""
    if name not in TABLE and name not in PARTS:
        raise ValueError(f"pickle: expected a name in the table of operations, got {name!r}; define() it first")
    return TABLE[name] if name in TABLE else PARTS[name]


Op.__doc__ = _Help(Op.__doc__)  # type: ignore[assignment]

# The table of operations: every row by its name, those of `define` too.
TABLE: dict[str, Op] = {}

# Parts of rules that are rows of their own, so that what is told and what is computed may differ (composite.part).
PARTS: dict[str, Op] = {}


def _widened(template: str, more: int) -> str:
    """The template with so many further places beside its last."""
    head, _, tail = template.rpartition("{}")
    return head + ", ".join(["{}"] * (more + 1)) + tail


class _Unknown:
    """A number of which nothing is known, to tell a partial that is one from one that is the number 0."""

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> _Unknown:
        return UNKNOWN

    def _operated(self, *others: Number) -> _Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _operated
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _operated


UNKNOWN = _Unknown()


@cache
def _flat(op: Op, n: int) -> tuple[bool, ...]:
    partials = op.partials(*[UNKNOWN] * n, UNKNOWN)
    return tuple(type(partial) is float and partial == 0.0 for partial in partials)
