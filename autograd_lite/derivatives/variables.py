"""Variables: `running` puts them in the place of numbers and evaluates f; from that `Evaluation` derivatives come.

A variable is a leaf of its own; afterwards it is joined to the Value that it stands for, so that the answer is a
function of that. The checks of arguments and results that all derivatives share stand here, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from autograd_lite import ops
from autograd_lite.derivatives.linearize import columns, pull, push
from autograd_lite.errors import ALLOWED, as_float, is_real, shown
from autograd_lite.graph import toposort
from autograd_lite.modes import enable_grad, recording
from autograd_lite.op import Number
from autograd_lite.reading import tell
from autograd_lite.structure import describe, flatten, rebuild
from autograd_lite.value import Constant, Value, Variable

Argnums = int | Sequence[int]


@dataclass(frozen=True)
class Evaluation:
    """What evaluating f made: variables in, Values out, and the structures that the two came in.

    `as_values` says whether numbers come out as Values; else they come out as floats.
    """

    name: str
    inputs: list[Variable]
    outputs: list[Value]
    arguments: Any
    result: Any
    as_values: bool

    @property
    def value(self) -> Any:
        """What f returned."""
        return self.like_result(float_or_value(y, self.as_values) for y in self.outputs)

    def like_arguments(self, xs: Iterable[Any]) -> Any:
        """Something for each input, in the structure of the arguments that the derivative is taken by."""
        return rebuild(self.arguments, iter(xs))

    def like_result(self, xs: Iterable[Any]) -> Any:
        """Something for each output, in the structure of f's result."""
        return rebuild(self.result, iter(xs))

    def pull(self, cotangents: Sequence[Number]) -> list[Number]:
        """The cotangents of the inputs, from those of the outputs."""
        as_values = self._as_values(cotangents)
        pulled = pull(self.outputs, self.inputs, cotangents, as_values and recording())
        return [float_or_value(x, as_values) for x in pulled]

    def push(self, outputs: Sequence[Value], tangents: Sequence[Number]) -> list[Number]:
        """The tangents of some outputs, from those of the inputs."""
        as_values = self._as_values(tangents)
        pushed = push(outputs, self.inputs, tangents, as_values and recording())
        return [float_or_value(y, as_values) for y in pushed]

    def gradient(self) -> list[Value]:
        """The gradient of the only output, as Values that can be differentiated."""
        self.check_scalar()
        with enable_grad():
            pulled = pull(self.outputs, self.inputs, [1.0], create_graph=True)
        return [x if isinstance(x, Value) else Constant(x) for x in pulled]

    def rows(self) -> Iterator[list[Number]]:
        """The Jacobian of the outputs, row by row, each pulled back along the part of the graph below its output."""
        for y in self.outputs:
            pulled = pull([y], self.inputs, [1.0], self.as_values and recording())
            yield [float_or_value(x, self.as_values) for x in pulled]

    def columns(self, outputs: Sequence[Value]) -> Iterator[list[Number]]:
        """The Jacobian of some outputs, row by row, all columns pushed forward in one sweep."""
        for row in columns(outputs, self.inputs, self.as_values and recording()):
            yield [float_or_value(x, self.as_values) for x in row]

    def check_scalar(self) -> None:
        """Raise TypeError unless f returned one number."""
        if isinstance(self.result, (list, tuple, dict)):
            raise TypeError(f"{self.name}: expected f to return one number, got {shown(self.result)}; see jacobian")

    def _as_values(self, seeds: Iterable[Number]) -> bool:
        return self.as_values or any(isinstance(seed, Value) for seed in seeds)


@contextmanager
def running(
    name: str, f: Callable[..., Any], args: Sequence[Any], argnums: Argnums = 0, kwargs: Mapping[str, Any] = {}
) -> Iterator[Evaluation]:
    """Evaluate f on variables in the place of the numbers in the chosen arguments.

    For the length of the block the graph ends at the variables. Then each is joined to what it stands for, by a
    multiplication by 1, so that the answer is a function of that; a variable without a parent is one in use.
    """
    positions = _positions(name, argnums, len(args))
    arguments = tuple(args[i] for i in positions)
    given = [_leaf(x, name) for x in flatten(arguments, name)]
    inputs = [Variable(x.data, x.label) if isinstance(x, Value) else Variable(x) for x in given]
    replaced = list(args)
    for i, argument in zip(positions, rebuild(arguments, iter(inputs)), strict=True):
        replaced[i] = argument
    with enable_grad():
        result = f(*replaced, **kwargs)
    outputs = [output(y, name) for y in flatten(result, f"{name}: the result of f")]
    as_values = any(isinstance(x, Value) for x in flatten([*args, *kwargs.values()], name))
    as_values = as_values or _closes_over_variables(outputs, inputs)
    if not as_values:
        tell(f"what {name} makes of numbers", *outputs)
    chosen = arguments[0] if isinstance(argnums, int) else arguments
    yield Evaluation(name, inputs, outputs, chosen, result, as_values)
    for variable, x in zip(inputs, given, strict=True):
        parents = (x if isinstance(x, Value) else Constant(x), Constant(1.0))
        variable._set_edges(ops.multiply, parents, (1.0 if isinstance(x, Value) else None, None))


def _closes_over_variables(outputs: Iterable[Value], inputs: Iterable[Value]) -> bool:
    """Whether a variable of another derivative, which is being taken outside, reaches the outputs."""
    own = set(inputs)
    return any(type(x) is Variable and x.op is None and x not in own for x in toposort(*outputs))


def float_or_value(x: Number, as_value: bool) -> Number:
    """The number x, a float or a Value, as the one or the other; under `no_grad` a Value is a leaf."""
    if not as_value:
        return x.data if isinstance(x, Value) else x
    kept = isinstance(x, Value) and type(x) is not Constant and recording()
    return x if kept else Value(x.data if isinstance(x, Value) else x)


def matching(where: str, like: Any, x: Any) -> list[Number]:
    """The leaves of x, Values and floats; raises ValueError unless x has the structure of `like`."""
    leaves = [_leaf(leaf, where) for leaf in flatten(x, where)]
    flatten(like, where)
    if describe(like) != describe(x):
        raise ValueError(f"{where}: expected a structure like {describe(like)}, got {describe(x)}")
    return leaves


def check_function(name: str, f: object, argnums: Any = 0) -> None:
    """Raise TypeError unless f can be called and argnums is an int or several."""
    if not callable(f):
        raise TypeError(f"{name}: expected a function, got {shown(f)}")
    several = isinstance(argnums, (list, tuple, range)) and len(argnums) > 0
    if not all(type(i) is int for i in (argnums if several else [argnums])):
        raise TypeError(f"{name}: expected argnums to be an int or a tuple of ints, got {shown(argnums)}")


def _positions(name: str, argnums: Argnums, count: int) -> list[int]:
    """Argument numbers counted from 0; −1 is the last."""
    positions = [argnums] if isinstance(argnums, int) else list(argnums)
    if not count:
        raise ValueError(f"{name}: expected an argument to differentiate by, got none")
    for i in positions:
        if not -count <= i < count:
            raise ValueError(f"{name}: expected argnums from {-count} to {count - 1}, got {i}")
    if len({i % count for i in positions}) < len(positions):
        raise ValueError(f"{name}: expected each argument once in argnums, got {shown(argnums)}")
    return [i % count for i in positions]


def _leaf(x: Any, where: str) -> Value | float:
    return x if isinstance(x, Value) else as_float(x, where, f"a Value or {ALLOWED}")


def output(y: object, name: str) -> Value:
    """What a function returned, as a Value; raises TypeError for what is no number."""
    if isinstance(y, Value):
        return y
    if not is_real(y):
        raise TypeError(f"{name}: expected f to return Values, or lists, tuples or dicts of them, got {shown(y)}")
    return Constant(as_float(y, name))
