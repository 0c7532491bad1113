"""`Value`: one scalar of a computation graph, with Python's operators, and `backward()`.

Every operation computes its number and its local derivatives at once, from the op's row in the table, and remembers
its parents. `backward()` then needs no rule of any op: it sorts the graph and lets `propagate` apply the chain rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NoReturn

from autograd_lite import ops, written
from autograd_lite.by_hand import Step, push_by_hand
from autograd_lite.errors import ALLOWED, as_float, shown
from autograd_lite.graph import begin_pass, propagate, toposort
from autograd_lite.modes import current
from autograd_lite.op import Number
from autograd_lite.ops import Op
from autograd_lite.reading import Readable, tell
from autograd_lite.selection import factors

_new = object.__new__
_methods: dict[Op, Callable[..., Value]] = {}  # those of one or two inputs, for who calls the op as a function
_mode = current.get


def _method(op: Op) -> Callable[..., Value]:
    """The method of `Value` that applies an op to self, and to Values or numbers where the op has further inputs."""

    def general(self: Value, *others: Number) -> Value:
        result: Value = op(self, *others)
        return result

    method: Callable[..., Value] = general if op.variadic or op.arity > 2 else written.method(op, globals())
    names = ["self", "other", "third", *("…" for _ in range(3, op.arity))][: op.arity]
    method.__name__, method.__qualname__ = op.name, f"Value.{op.name}"
    method.__doc__ = f"The Value {op.text_of(len(names)).format(*names)}."
    return method


def _reflected(op: Op, method: Callable[..., Value]) -> Callable[..., Value]:
    """The method for a plain number on the left of an infix op: `2 - v`."""

    def reflected(self: Value, other: Number) -> Value:
        mode = _mode()
        if mode is not None and not mode.is_bare:
            return Value._apply(op, other, self)
        node = method(_constant(other, op), self)
        if mode is None:
            node._first_partial = None
        return node

    return reflected


class Value(Readable):
    """One scalar in a computation graph: a number, the op that made it, and the gradient that reached it.

    `data` is the number (a double) and `label` a name for pictures and tables. `grad` is ∂root/∂self, 0.0 where no
    `backward()` has reached it. `op`, `parents` and `partials` say where it came from; a leaf has `op=None` and no
    parents. Order, truth and equality with a number are by `data`; equality with a Value, and hash, by identity.

    Raises TypeError if `data` is not a real number.
    """

    __slots__ = ()
    # NumPy's operators step aside, so that np.float64(2) * v is a Value and an array * v an error.
    __array_ufunc__ = None
    kind = "input"

    def __new__(cls, *args: object, **kwargs: object) -> Value:
        """A leaf; what ops make has no room for a person's own attributes, which would cost each node time."""
        return _new(Leaf if cls is Value else cls)

    def __init__(self, data: Any, label: str = "") -> None:
        self._data = data if type(data) is float else as_float(data, "Value")
        if not isinstance(label, str):
            raise TypeError(f"Value: expected label to be a str, got {shown(label)}")
        self.label = label
        self._set_edges(None, (), ())
        mode = _mode()
        if mode is not None:
            self._scope = mode.scope

    @property
    def scope(self) -> str:
        """The path of the scope it was made in, or of the neuron whose result or parameter it is; "" for none."""
        return getattr(self, "_scope", "")

    @scope.setter
    def scope(self, path: str) -> None:
        self._scope = path

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The parents, by the name that programs written for micrograd know them by."""
        return self.parents

    @property
    def _op(self) -> str:
        """The symbol of the op, "" for a leaf, as programs written for micrograd ask for it."""
        return "" if self.op is None else self.op.symbol

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Value:
        """The result of an op on Values and numbers, as the current mode has it; numbers become `Constant` leaves."""
        mode = _mode()
        if (mode is None or mode.is_bare) and op in _methods and isinstance(inputs[0], Value):
            return _methods[op](*inputs)
        parents = [x if isinstance(x, Value) else _constant(x, op) for x in inputs]
        make = made if mode is None or mode.make is None else mode.make
        return make(op, parents)

    def backward(self) -> None:
        """Set `grad` to ∂self/∂node in every node below self.

        Leaves add up what successive passes bring, until `zero_grad()`; the gradients of interior nodes are the
        pass's own.
        """
        mode = _mode()
        if mode is not None and mode.check_backward is not None:
            mode.check_backward(self)
        propagate(begin_pass(self))

    def backward_step(self) -> list[Step]:
        """Push this node's gradient to its parents by hand, root first; the `Step`s that this made.

        Raises RuntimeError while the gradient is not complete, because a node that uses this one has not pushed yet.
        """
        tell("what {} hands on", self)
        return push_by_hand(self)

    # ---- operators ----

    __add__ = _method(ops.add)
    __sub__ = _method(ops.subtract)
    __mul__ = _method(ops.multiply)
    __truediv__ = _method(ops.divide)
    __pow__ = _method(ops.power)
    __neg__ = _method(ops.negate)
    __abs__ = abs = _method(ops.absolute)
    __rsub__ = _reflected(ops.subtract, __sub__)
    __rmul__ = _reflected(ops.multiply, __mul__)
    __rtruediv__ = _reflected(ops.divide, __truediv__)
    __rpow__ = _reflected(ops.power, __pow__)

    def __pos__(self) -> Value:
        return self

    def __radd__(self, other: Number) -> Value:
        # sum(values) starts from the int 0; the formula has no such term, and neither has the graph.
        if type(other) is int and other == 0:
            return self
        return Value._apply(ops.add, other, self)

    if TYPE_CHECKING:  # what Node says of parents, and one method a row of the table, added below

        @property
        def parents(self) -> tuple[Value, ...]:
            """The inputs of the op, in order, duplicates kept; empty for a leaf."""

        def __getattr__(self, name: str) -> Callable[..., Value]: ...

    # ---- copying ----

    def __copy__(self) -> Value:
        return self._clone(self.parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in toposort(self):
            if id(node) not in memo:
                memo[id(node)] = node._clone([memo[id(parent)] for parent in node.parents])
                memo[id(node)]._scope = deepcopy(node.scope, memo)  # a copied model is another model
        copied: Value = memo[id(self)]
        return copied

    def _clone(self, parents: Sequence[Value]) -> Value:
        """A Value with the same number, gradient, label and op, on the given parents."""
        if self.op is None:
            tell("a copy of {}", self)
        node = _new(type(self))
        node._set_edges(self.op, parents, self.factors)
        node._data, node._grad, node.label = self._data, self._grad, self.label
        node._scope = self.scope
        if hasattr(self, "__dict__"):
            node.__dict__.update(self.__dict__)
        return node

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("Value: a graph is not pickled; copy.deepcopy copies it, nn.save writes a model's numbers")


class Leaf(Value):
    """A Value that a person made, on which they may hang attributes of their own, as optimizers written by hand do."""

    __slots__ = ("__dict__",)


class Empty(Readable):
    """A node that says nothing yet: Python's own constructor makes it, which is faster than `object.__new__`."""

    __slots__ = ()
    __new__, __init__ = object.__new__, object.__init__


class Result(Empty, Value):
    """What an op made; of another kind than a leaf, so that Python asks the left one to compare, as is written."""

    __slots__ = ()


class Bare(Empty, Value):
    """What an op made under `no_grad`: a number, no op and no edges, so that these need not be stored."""

    __slots__ = ()
    op = _visit = _first = _second = _first_partial = _second_partial = None
    _rest = ()

    def _set_edges(self, op: Op | None, parents: Sequence[Any], factors: Sequence[Number]) -> None:
        """Have no gradient yet: there are no edges to set."""
        self._grad = None


Leaf.__name__ = Result.__name__ = Bare.__name__ = "Value"  # as which an error or a repr shows them


class Constant(Value):
    """A number that stands in a formula as such, lifted to a leaf: the 2 of `2 * x`."""

    __slots__ = ()
    kind = "constant"


class Variable(Value):
    """What a derivative that is being taken is taken by: made for one run of a function, and nobody else's."""

    __slots__ = ()


def made(op: Op, parents: list[Value], kind: type[Value] | None = None) -> Value:
    """The result of an op on Values; without a memory of them under `no_grad`."""
    data = [parent._data for parent in parents]
    out = op.forward(*data)
    mode = _mode()
    if mode is None or mode.records:
        node: Value = _new(kind or Result)
        found = factors(op, op.partials(*data, out))
        # A number that stands in the formula is no variable: no gradient goes there.
        node._set_edges(op, parents, [None if type(p) is Constant else x for p, x in zip(parents, found, strict=True)])
    else:
        tell(f"{op.name} under no_grad", *parents)
        node = _new(kind or Bare)
        node._set_edges(None, (), ())
    node._data, node.label = out, ""
    if mode is not None:
        node._scope = mode.scope
    return node


def _number(x: object, op: Op) -> float:
    return x if type(x) is float else as_float(x, op.symbol, f"a Value or {ALLOWED}")


def _constant(x: object, op: Op) -> Value:
    """A number that stands in a formula, as a leaf."""
    node = _new(Constant)
    node._data = _number(x, op)
    node.label = ""
    node.op = node._grad = node._visit = node._first = node._second = node._first_partial = node._second_partial = None
    node._rest = ()
    return node


def add_method(op: Op) -> None:
    """Make an op a method of `Value`."""
    method = _method(op)
    setattr(Value, op.name, method)
    if op.arity < 3 and not op.variadic:
        _methods[op] = method


for _op in ops.FUNCTIONS.values():
    add_method(_op)


def zero_grad(root: Value) -> None:
    """Clear the gradient of root and of every node below it: `grad` reads 0.0 again, as if no pass had reached it."""
    if not isinstance(root, Value):
        raise TypeError(f"zero_grad: expected a Value, got {shown(root)}")
    for node in toposort(root):
        node._grad = None
