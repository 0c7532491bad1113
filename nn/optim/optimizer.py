"""`Optimizer`: the numbers that a rule goes by, the numbers that it keeps for each parameter, and a step with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from autograd_lite import Value
from autograd_lite.errors import as_flag, as_float, shown
from autograd_lite.graph import reached
from autograd_lite.op import Number

Moved: TypeAlias = tuple[Number, list[Number]]  # a parameter after a step, and its state

# What a setting of this name may be: at least the first number, below the second. Others may be any finite number.
RANGES = {
    "lr": (0.0, math.inf), "momentum": (0.0, math.inf), "weight_decay": (0.0, math.inf), "eps": (5e-324, math.inf),
    "beta1": (0.0, 1.0), "beta2": (0.0, 1.0), "alpha": (0.0, 1.0),
}  # fmt: skip


class Optimizer:
    """What moves parameters by their gradients, by a `rule` that is stated once and runs on every backend.

    A subclass gives the numbers of the rule by name in `settings`, the numbers that the rule keeps for each parameter
    in `states`, by name with what they start from, and choices between formulas in `options`; each becomes an
    attribute. A parameter that is given twice is one.
    Raises TypeError for parameters that are no Values, ValueError for none of them or a number out of its range.
    """

    lr: float
    lr_factor: float = 1.0  # what a schedule makes of lr: rules get the product

    def __init__(
        self,
        params: Iterable[Value],
        settings: Mapping[str, float],
        states: Mapping[str, float] | None = None,
        options: Mapping[str, bool] | None = None,
    ) -> None:
        self.params = self._distinct(params)
        self._settings, self._states, self._options = tuple(settings), tuple(states or ()), tuple(options or ())
        for name, number in settings.items():
            setattr(self, name, self._checked(name, number))
        for name, start in (states or {}).items():
            setattr(self, name, [float(start)] * len(self.params))
        for name, chosen in (options or {}).items():
            setattr(self, name, as_flag(chosen, type(self).__name__, name))

    def _distinct(self, params: Iterable[Value]) -> list[Value]:
        name = type(self).__name__
        try:
            distinct = list(dict.fromkeys(params))
        except TypeError:
            hint = "; give model.parameters()" if hasattr(params, "parameters") else ""
            raise TypeError(f"{name}: expected Values as params, got {shown(params)}{hint}") from None
        for p in distinct:
            if not isinstance(p, Value):
                raise TypeError(f"{name}: expected Values as params, got {shown(p)}")
        if not distinct:
            raise ValueError(f"{name}: expected one parameter or more in params, got none")
        return distinct

    def _checked(self, name: str, number: object) -> float:
        """A setting, in its range."""
        where = f"{type(self).__name__}: {name}"
        setting = as_float(number, where)
        least, below = RANGES.get(name, (-math.inf, math.inf))
        if math.isfinite(setting) and least <= setting < below:
            return setting
        words = (
            "finite" if least < 0 else "above 0" if least > 0 else "0 or more" if below > 1 else "at least 0, below 1"
        )
        raise ValueError(f"{type(self).__name__}: expected {name} to be {words}, got {setting}")

    @property
    def settings(self) -> list[float]:
        """The numbers of the rule that one may change between two steps, lr times `lr_factor`."""
        return [getattr(self, name) * (self.lr_factor if name == "lr" else 1.0) for name in self._settings]

    @property
    def has_schedule(self) -> bool:
        """Whether `lr_factor` reaches the rule."""
        return "lr" in self._settings and type(self).settings is Optimizer.settings

    @property
    def states(self) -> list[list[float]]:
        """The numbers that are kept, a list with one for each parameter."""
        return [getattr(self, name) for name in self._states]

    def rule(self, settings: Sequence[Number], p: Number, gradient: Number, state: Sequence[Number]) -> Moved:
        """The parameter after a step, and its state. Floats or Values: native code is made of this rule as well."""
        raise NotImplementedError(f"{type(self).__name__}: a subclass of Optimizer has a rule")

    def step(self) -> None:
        """Move every parameter against its gradient; one that no gradient reached stays as it is."""
        settings, states = self.settings, self.states
        for i, p in enumerate(self.params):
            if reached(p):
                p.data, state = self.rule(settings, p.data, p.grad, [row[i] for row in states])
                for row, number in zip(states, state, strict=True):
                    row[i] = number

    def __repr__(self) -> str:
        """The settings, and how many parameters it moves."""
        chosen = ", ".join(f"{name}={getattr(self, name)!r}" for name in (*self._settings, *self._options))
        return f"{type(self).__name__}({len(self.params)} parameters, {chosen})"

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """All that a step depends on besides parameters and gradients: type, settings, and states by name."""
        settings = {name: getattr(self, name) for name in (*self._settings, *self._options)}
        return {
            "type": type(self).__name__,
            "settings": settings,
            "states": {name: list(getattr(self, name)) for name in self._states},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict()`; all or nothing.

        Raises TypeError or ValueError if it is of another type of optimizer, of other options or of another number of
        parameters.
        """
        own = self.state_dict()
        _check_keys("", state, own)
        if state["type"] != own["type"]:
            raise ValueError(f"load_state_dict: expected the state of {own['type']}, got one of {shown(state['type'])}")
        for part in ("settings", "states"):
            _check_keys(f" in {part}", state[part], own[part])
        for name in self._options:
            if state["settings"][name] is not own["settings"][name]:
                raise ValueError(f"load_state_dict: expected {name}={own['settings'][name]}, as here, got the other")
        settings = {name: self._checked(name, state["settings"][name]) for name in self._settings}
        states = {name: self._numbers(name, state["states"][name]) for name in self._states}
        for name, number in settings.items():
            setattr(self, name, number)
        for name, numbers in states.items():
            getattr(self, name)[:] = numbers

    def _numbers(self, name: str, given: Any) -> list[float]:
        """The state of this name, one number a parameter."""
        if not isinstance(given, (list, tuple)):
            raise TypeError(f"load_state_dict: expected {name} to be a list of numbers, got {shown(given)}")
        if len(given) != len(self.params):
            raise ValueError(f"load_state_dict: expected {len(self.params)} numbers as {name}, got {len(given)}")
        return [as_float(number, f"load_state_dict: {name}[{i}]") for i, number in enumerate(given)]


def _check_keys(where: str, given: Any, own: Mapping[str, Any]) -> None:
    if not isinstance(given, Mapping):
        raise TypeError(f"load_state_dict: expected a dict{where}, got {shown(given)}")
    if given.keys() != own.keys():
        raise ValueError(f"load_state_dict: expected {', '.join(own)}{where}, got {shown(list(given))}")
