"""`Module`: what has parameters. A model is a tree of modules, and this is the walk over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd_lite import Value
from autograd_lite.scalars import as_float, shown


class Parameter(Value):
    """A leaf that training changes: a weight or a bias."""

    __slots__ = ()
    kind = "parameter"


class Module:
    """A part of a model. Its parameters are the `Parameter`s in its attributes, and in the modules and lists there."""

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter with its path, like `layers.0.neurons.2.w.1`, in the order in which they were assigned."""
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            path, found = stack.pop()
            if isinstance(found, Parameter):
                yield path, found
                continue
            if isinstance(found, Module):
                children: Any = vars(found).items()
            elif isinstance(found, (list, tuple)):
                children = enumerate(found)
            else:
                continue
            stack += [(f"{path}.{name}" if path else str(name), child) for name, child in children][::-1]

    def parameters(self) -> list[Parameter]:
        """Every parameter of the model once, in a fixed order, also one that stands in several places."""
        return list(dict.fromkeys(parameter for _, parameter in self.named_parameters()))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: `grad` reads 0.0, as if no pass had reached them."""
        for parameter in self.parameters():
            parameter.grad = None

    def tensors(self) -> dict[str, Any]:
        """What `state_dict` and files call the parameters: nested lists of them by name, here each by its path."""
        return dict(self.named_parameters())

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
