"""What a box that stands for many Values says: δ and σ′ of a neuron, gradient norms of a layer, dead units.

A unit's results are the z and a that `nn` enclosed: the z is the one whose parents are no results, and the a, where
there is one, is σ of it. δ is the gradient at z and σ′ the partial ∂a/∂z. A unit is dead if σ′ is 0 for every sample,
saturated if it is below 0.01 everywhere (leaky ReLU's smaller slope, 0.01, is not).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from autograd_lite import ops
from autograd_lite.pictures.boxes import rounded
from autograd_lite.pictures.diagram import Box, Member
from autograd_lite.scopes import Part
from autograd_lite.telling.provenance import SATURATED
from autograd_lite.value import Value

Rows = list[tuple[str, str]]


@dataclass
class Unit:
    """A neuron in all samples: its δ, and its σ′ where an activation follows z."""

    deltas: list[float | None] = field(default_factory=list)
    slopes: list[float] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Answer "dead", "saturated" or "" for a unit that learns."""
        if any(map(math.isnan, self.slopes)):
            return ""
        largest = max(map(abs, self.slopes), default=1.0)
        return "dead" if largest == 0.0 else "saturated" if largest < SATURATED else ""


def rows(box: Box, place: Mapping[Value, str], roots: Set[Value] = frozenset()) -> tuple[int, Rows]:
    """How many copies a box stands for, and what it says: rows of a name and a number."""
    if not box.scope:
        return _of_alike(box)
    outputs = [entry.data for entry in box.members if entry.node in roots]
    output = [("data", _range(outputs))] if outputs else []
    damage = _damage(box.members)
    units = _units(box.members, place)
    if box.scope in units:
        unit = units[box.scope]
        return len(unit.deltas), output + _of_unit(unit) + damage
    copies = max((len(unit.deltas) for unit in units.values()), default=1)
    return copies, output + _of_units(box, units) + damage


def _of_alike(box: Box) -> tuple[int, Rows]:
    """The totals of a box without a scope, from where to where they go; of a sum also how many terms it has."""
    shown = totals(box)
    if box.results:
        return 1, [("Values", f"{len(box.members):,}"), *_ranges(shown)]
    is_sum = len(shown) < len(box.members) and not box.is_loss
    return len(shown), ([("terms", f"{_n_terms(box) // len(shown):,}")] if is_sum else []) + _ranges(shown)


def _n_terms(box: Box) -> int:
    """How many terms the sums in a box add up; the 0 that a sum is begun with is none."""
    inside = {member.node for member in box.members}
    terms = [parent for node in inside for parent in node.parents if parent not in inside]
    return sum(not (term.op is None and term.data == 0.0) for term in terms)


def strength(box: Box, place: Mapping[Value, str]) -> float | None:
    """How large the gradient is that a box shows: ‖δ‖ of a unit, ‖∂C/∂p‖ of what has parameters, the largest |grad|."""
    if not box.scope:
        return greatest(abs(float(entry.grad)) for entry in totals(box) if entry.grad is not None)
    units = _units(box.members, place)
    if box.scope in units:
        return norm(units[box.scope].deltas)
    return norm(entry.grad for entry in _parameters(box) or box.members)


def totals(box: Box) -> list[Member]:
    """What a box without a scope shows: of a part its results, of sums and of a loss only the totals, else all."""
    if box.results:
        return box.results
    if box.members[0].node.op is not ops.add and not box.is_loss:
        return box.members
    inside = {entry.node for entry in box.members}
    partial = {parent for node in inside for parent in node.parents if parent in inside}
    return [entry for entry in box.members if entry.node not in partial]


def _damage(members: Iterable[Member]) -> Rows:
    """How many Values have no number as data or gradient: a norm or a count alone could hide it."""
    found = sum(member.is_damaged for member in members)
    return [("nan", f"{found:,}")] if found else []


def _units(members: Sequence[Member], place: Mapping[Value, str]) -> dict[str, Unit]:
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
        found = [("δ", rounded(unit.deltas[0])), *(("σ′", rounded(slope)) for slope in unit.slopes)]
    else:
        found = [("‖δ‖", rounded(norm(unit.deltas)))]
        if unit.slopes:
            found.append(("mean σ′", rounded(sum(unit.slopes) / len(unit.slopes))))
    return [*found, ("", unit.state)] if unit.state else found


def _of_units(box: Box, units: Mapping[str, Unit]) -> Rows:
    """Counts and norms of a layer, a model or a scope of the user's."""
    parameters = _parameters(box)
    states = [unit.state for unit in units.values()]
    found = [("neurons", f"{len(units):,}")] if units else [("Values", f"{len(box.members):,}")]
    if parameters:
        found += [
            ("parameters", f"{len(parameters):,}"),
            ("‖∂C/∂p‖", rounded(norm(entry.grad for entry in parameters))),
        ]
    if units:
        found.append(("‖δ‖", rounded(norm(delta for unit in units.values() for delta in unit.deltas))))
    elif not parameters:
        found.append(("‖grad‖", rounded(norm(entry.grad for entry in box.members))))
    if any(unit.slopes for unit in units.values()):
        found += [("dead", f"{states.count('dead'):,}"), ("saturated", f"{states.count('saturated'):,}")]
    return found


def _parameters(box: Box) -> list[Member]:
    return [entry for entry in box.members if entry.node.kind == "parameter" and entry.node.op is None]


def _ranges(members: Sequence[Member]) -> Rows:
    """From where to where data and grad of alike Values go."""
    return [("data", _range([entry.data for entry in members])), ("grad", _range([entry.grad for entry in members]))]


def _range(numbers: Sequence[float | None]) -> str:
    known = [float(x) for x in numbers if x is not None]
    if not known:
        return "–"
    ordered = [x for x in known if not math.isnan(x)]
    n_nan = len(known) - len(ordered)
    if not ordered:
        return "nan"
    low, high = rounded(min(ordered)), rounded(max(ordered))
    spread = low if low == high else f"{low} … {high}"
    return f"{spread}, nan ×{n_nan:,}" if n_nan else spread


def greatest(sizes: Iterable[float]) -> float | None:
    """The largest, nan if one is, or None where there is none."""
    known = list(sizes)
    return math.nan if any(map(math.isnan, known)) else max(known, default=None)


def norm(numbers: Iterable[float | None]) -> float | None:
    """√Σx², nan if one is, or None where no number is known."""
    known = [float(x) for x in numbers if x is not None]
    if any(map(math.isnan, known)):
        return math.nan  # hypot(inf, nan) is inf
    return math.hypot(*known) if known else None
