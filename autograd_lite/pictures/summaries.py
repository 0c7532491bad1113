"""What a box that stands for many Values says: δ and σ′ of a neuron, gradient norms of a layer, dead units.

A unit's results are the z and a that `nn` enclosed: the z is the one whose parents are no results, and the a, where
there is one, is σ of it. δ is the gradient at z and σ′ the partial ∂a/∂z. A unit is dead if σ′ is 0 for every sample,
saturated if it is below 0.01 everywhere (leaky ReLU's smaller slope, 0.01, is not).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd_lite.pictures.boxes import number
from autograd_lite.pictures.levels import Box, Entry
from autograd_lite.scopes import Part
from autograd_lite.value import Value

SATURATED = 0.01

Rows = list[tuple[str, str]]


@dataclass
class Unit:
    """A neuron in all samples: its δ, and its σ′ where an activation follows z."""

    deltas: list[Any] = field(default_factory=list)
    slopes: list[float] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Answer "dead", "saturated" or "" for a unit that learns."""
        largest = max(map(abs, self.slopes), default=1.0)
        return "dead" if largest == 0.0 else "saturated" if largest < SATURATED else ""


def rows(box: Box, place: Mapping[Value, str]) -> tuple[int, Rows]:
    """How many copies a box stands for, and what it says: rows of a name and a number."""
    if not box.scope:
        return len(box.members), _ranges(box.members)
    units = _units(box.members, place)
    if box.scope in units:
        unit = units[box.scope]
        return len(unit.deltas), _of_unit(unit)
    copies = max((len(unit.deltas) for unit in units.values()), default=1)
    return copies, _of_units(box, units)


def _units(members: Sequence[Entry], place: Mapping[Value, str]) -> dict[str, Unit]:
    """The units among the members, by their paths."""
    results = {e.node: e for e in members if e.node.op is not None and _is_nn(e.node)}
    units: dict[str, Unit] = {}
    for node, entry in results.items():
        unit = units.setdefault(place[node], Unit())
        if node.parents[0] in results and place[node.parents[0]] == place[node]:
            unit.slopes.append(node.partials[0])
        else:
            unit.deltas.append(entry.grad)
    return units


def _is_nn(node: Value) -> bool:
    """Whether it is a result that a neuron marked as its own."""
    return isinstance(node.scope, Part)


def _of_unit(unit: Unit) -> Rows:
    """δ and σ′ of one sample, or the norm of δ and the mean σ′ of many."""
    if len(unit.deltas) == 1:
        found = [("δ", number(unit.deltas[0])), *(("σ′", number(slope)) for slope in unit.slopes)]
    else:
        found = [("‖δ‖", number(norm(unit.deltas)))]
        if unit.slopes:
            found.append(("mean σ′", number(sum(unit.slopes) / len(unit.slopes))))
    return [*found, ("", unit.state)] if unit.state else found


def _of_units(box: Box, units: Mapping[str, Unit]) -> Rows:
    """Counts and norms of a layer, a model or a scope of the user's."""
    parameters = [entry for entry in box.members if entry.node.kind == "parameter" and entry.node.op is None]
    states = [unit.state for unit in units.values()]
    found = [("neurons", f"{len(units):,}")] if units else [("Values", f"{len(box.members):,}")]
    if parameters:
        found += [
            ("parameters", f"{len(parameters):,}"),
            ("‖∂C/∂p‖", number(norm(entry.grad for entry in parameters))),
        ]
    if units:
        found.append(("‖δ‖", number(norm(delta for unit in units.values() for delta in unit.deltas))))
    elif not parameters:
        found.append(("‖grad‖", number(norm(entry.grad for entry in box.members))))
    if any(unit.slopes for unit in units.values()):
        found += [("dead", f"{states.count('dead'):,}"), ("saturated", f"{states.count('saturated'):,}")]
    return found


def _ranges(members: Sequence[Entry]) -> Rows:
    """From where to where data and grad of alike Values go."""
    return [("data", _range([entry.data for entry in members])), ("grad", _range([entry.grad for entry in members]))]


def _range(numbers: Sequence[Any]) -> str:
    known = [float(x) for x in numbers if x is not None]
    if not known:
        return "–"
    low, high = number(min(known)), number(max(known))
    return low if low == high else f"{low} … {high}"


def norm(numbers: Iterable[Any]) -> float | None:
    """√Σx², or None where no number is known."""
    known = [float(x) for x in numbers if x is not None]
    return math.hypot(*known) if known else None
