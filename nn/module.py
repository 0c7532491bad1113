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
        """Forget the gradients of all parameters: `None`, "not computed"."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter by its path."""
        return {path: parameter.data for path, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter from a `state_dict()`; all or nothing.

        Raises ValueError if the paths are not the model's own, TypeError if a number is none.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict: expected a dict of numbers by path, got {shown(state)}")
        parameters = dict(self.named_parameters())
        for problem, paths in (("no value for", parameters.keys() - state), ("no such", state.keys() - parameters)):
            if paths:
                raise ValueError(
                    f"load_state_dict: {problem} parameter {min(paths, key=str)!r} ({len(paths)} such); "
                    "the model and the state must have the same shape"
                )
        numbers = {path: as_float(number, f"load_state_dict: {path}") for path, number in state.items()}
        for path, number in numbers.items():
            parameters[path].data = number
