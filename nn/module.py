"""`Module`: what has parameters. A model is a tree of modules, and this is the walk over it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograd_lite import Value
from autograd_lite.errors import as_float, shown
from nn import prediction


class Parameter(Value):
    """A leaf that training changes: a weight or a bias; like any leaf it has room for a person's own attributes."""

    __slots__ = ("__dict__",)
    kind = "parameter"


class Module:
    """A part of a model.

    Its parameters are the `Parameter`s in its attributes and in the modules, lists, tuples and dicts there, to any
    depth. A leaf there that is a plain `Value` is a TypeError: nothing tells whether it is meant to be trained.
    """

    class_names: Sequence[str] | None = None  # what the classes of the training targets were called
    answers: str | None = None  # how the loss that it was trained with tells a right answer, a function of nn.answers
    history: Any = None  # the `History` of the last `fit`, also of one that Ctrl-C ended
    optimizer_state: dict[str, Any] | None = None  # the state_dict that stood in the model's file

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter with its path, like `layers.0.neurons.2.w.1`, in the order in which they were assigned.

        Raises TypeError for a plain `Value` that is a leaf, for a set that holds what has no order there, and for
        an object that has parameters and is no Module.
        """
        for path, name, parameter in self._walk():
            yield _joined(path, name), parameter

    def _walk(self) -> Iterator[tuple[str, Any, Parameter]]:
        """Every parameter, with the path of what it stands in and its name there."""
        stack: list[tuple[str, Any, Any, frozenset[int]]] = [("", "", self, frozenset())]
        while stack:
            outer, name, found, above = stack.pop()
            if isinstance(found, Parameter):
                yield outer, name, found
            elif id(found) not in above:  # a part that knows its whole
                path, inside = _joined(outer, name), above | {id(found)}
                children = list(self._within(path, found))
                leaves = [isinstance(child, Parameter) for _, child in children]
                n = leaves.index(False) if False in leaves else len(leaves)  # of a row of weights, all of them
                for name, child in children[:n]:
                    yield path, name, child
                stack += [(path, name, child, inside) for name, child in reversed(children[n:])]

    def _within(self, path: str, found: Any) -> Iterable[tuple[Any, Any]]:
        """What stands in a part of the model, by name; nothing where no parameter can be."""
        if isinstance(found, Module):
            return vars(found).items()
        if isinstance(found, Mapping):
            return found.items()
        if isinstance(found, (list, tuple, deque)):
            return enumerate(found)
        if getattr(getattr(found, "dtype", None), "kind", "") == "O":  # an array of NumPy, of objects
            return enumerate(found.tolist())
        if isinstance(found, Value) and found.op is None:
            raise TypeError(
                f"{type(self).__name__}.{path}: expected a Parameter, which is trained, or a number, which is not, "
                f"got a plain Value; write nn.Parameter({found.data!r}) or {found.data!r}"
            )
        if isinstance(found, (set, frozenset)) and any(isinstance(item, (Value, Module)) for item in found):
            raise TypeError(
                f"{type(self).__name__}.{path}: expected parameters in a list, tuple or dict, got {shown(found)}, "
                "which has no order"
            )
        if any(isinstance(item, Parameter) for item in getattr(found, "__dict__", {}).values()):
            raise TypeError(
                f"{type(self).__name__}.{path}: expected parameters in a Module, list, tuple or dict, "
                f"got {shown(found)}"
            )
        return ()

    def parameters(self) -> list[Parameter]:
        """Every parameter of the model once, in a fixed order, also one that stands in several places."""
        return list(dict.fromkeys([parameter for _, _, parameter in self._walk()]))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: `grad` reads 0.0, as if no pass had reached them."""
        for parameter in self.parameters():
            parameter.grad = None

    def predict(self, xs: Any) -> Any:
        """An answer for each row of xs: a list, or an array for one of NumPy; compiled where that pays.

        Of a model that `fit` trained to tell classes, the class: its name if the targets had names, else its index (for
        hinge −1 or 1). Of others the output, a number or a list. Raises ValueError for rows of unequal length.
        """
        return prediction.predict(self, xs)

    def predict_proba(self, xs: Any) -> Any:
        """The probability of each class for each row of xs, of two for a single output.

        Raises ValueError for a model that was not trained with cross_entropy, nll or binary_cross_entropy.
        """
        return prediction.predict_proba(self, xs)

    def score(self, xs: Any, ys: Any) -> float:
        """The share of right answers, ys being class indices or names, or r² of a model that gives measurements."""
        return prediction.score(self, xs, ys)

    def tensors(self) -> dict[str, Any]:
        """What `state_dict` and files call the parameters: nested lists of them by name, here each by its path.

        Raises ValueError if two have the same name, as with the keys "a.b" and "a" over "b", or 1 and "1".
        """
        named: dict[str, Parameter] = {}
        for path, parameter in self.named_parameters():
            if path in named:
                raise ValueError(f"{type(self).__name__}: expected names that differ, got two parameters {path!r}")
            named[path] = parameter
        return named

    def state_dict(self) -> dict[str, Any]:
        """The numbers of all parameters, by the names and in the shapes of `tensors`."""
        return {name: _numbers(tensor) for name, tensor in self.tensors().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Set every parameter from a `state_dict()`; all or nothing.

        Arrays of NumPy and tensors of PyTorch serve as lists. Raises ValueError if the names or lengths are not the
        model's own or give one parameter two numbers, TypeError if a number is none.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict: expected a dict of numbers by name, got {shown(state)}")
        tensors = self.tensors()
        for problem, names in (("no value for", tensors.keys() - state), ("no such", state.keys() - tensors.keys())):
            if names:
                raise ValueError(
                    f"load_state_dict: {problem} parameter {min(names, key=str)!r} ({len(names)} such); "
                    "the model and the state must have the same shape"
                )
        numbers: dict[Parameter, float] = {}
        for name, tensor in tensors.items():
            for where, parameter, number in _matched(tensor, state[name], f"load_state_dict: {name}"):
                if numbers.setdefault(parameter, number) != number:
                    raise ValueError(f"{where}: expected {numbers[parameter]}, as the same parameter has, got {number}")
        for parameter, number in numbers.items():
            parameter.data = number


def _joined(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _numbers(tensor: Any) -> Any:
    return [_numbers(item) for item in tensor] if isinstance(tensor, (list, tuple)) else tensor.data


def _matched(tensor: Any, given: Any, where: str) -> Iterator[tuple[str, Parameter, float]]:
    """Each parameter of a nested list with the number that stands in its place, and where that is."""
    given = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(tensor, (list, tuple)):
        yield where, tensor, as_float(given, where)
        return
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"{where}: expected a list of {len(tensor)}, got {shown(given)}")
    if len(given) != len(tensor):
        raise ValueError(f"{where}: expected a list of {len(tensor)}, got {len(given)}")
    for i, (inner, item) in enumerate(zip(tensor, given, strict=True)):
        yield from _matched(inner, item, f"{where}[{i}]")
