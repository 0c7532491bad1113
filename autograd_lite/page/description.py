"""What a page knows of each node beside its numbers: names, formulas, rules, its part in a net, why it has no slope."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from autograd_lite.derivatives.anomaly import Traced
from autograd_lite.graph import uses
from autograd_lite.page.program import Program
from autograd_lite.scopes import Part, places
from autograd_lite.telling.mistakes import WRONG, slope_by_input
from autograd_lite.telling.names import Names
from autograd_lite.telling.paths import between, ledger
from autograd_lite.telling.provenance import Cause, find_cause
from autograd_lite.telling.steps import adjoints
from autograd_lite.value import Value

EXPLAINED_NODES = 250  # beyond it finding causes takes too long, and so do the wrong passes
RULE_LIMIT = 120  # characters

Json = dict[str, Any]


def describe(program: Program, y: Value) -> list[Json]:
    """For each node its label, name, op, parents, formula, rules, kind, scope and part in a net."""
    names, place = Names(program.nodes, y), places(program.nodes)
    numbers = {node: i for i, node in enumerate(program.nodes)}
    labels, equations = _labels(program.nodes, names), _equations(program.nodes, place)
    return [
        {
            "label": labels[node],
            "name": names[node].text,
            "op": node.op.name if node.op else "",
            "symbol": node.op.symbol if node.op else "",
            "kind": node.kind if node.op is None else "interior",
            "parents": [numbers[parent] for parent in node.parents],
            "formula": _cut(names.formula(node).text) if node.op else "",
            "rules": [_cut(names.rule(node, k).text) for k in range(len(node.parents))],
            "scope": place[node],
            "selects": bool(node.op and node.op.selects),
            "equation": equations.get(node, ""),
            "confused": text(_confused(node)),
            "place": _place(node),
        }
        for node in program.nodes
    ]


def _place(node: Value) -> str:
    """The file and line that made a node, if it knows them; without the folders, which are no reader's business."""
    return os.path.basename(node.place) if isinstance(node, Traced) else ""


def _confused(node: Value) -> float | None:
    """The slope of a function of one number, if its rule is given the input where it takes the output."""
    if node.op is None or len(node.parents) != 1:
        return None
    (z,) = node.parents
    return slope_by_input(node.op, z.data)


def _cut(text: str) -> str:
    return text if len(text) <= RULE_LIMIT else text[: RULE_LIMIT - 1] + "…"


def _labels(nodes: Sequence[Value], names: Names) -> dict[Value, str]:
    """The labels that the page's API knows: a node's own, made unique; a leaf without one gets its name."""
    taken = {node.label for node in nodes}
    given: set[str] = set()
    labels: dict[Value, str] = {}
    for node in nodes:
        label = node.label or (_unused(names[node].text, taken | given) if node.op is None else "")
        if label in given:
            label = _unused(label, taken | given)
        if label:
            given.add(label)
        labels[node] = label
    return labels


def _unused(label: str, taken: set[str]) -> str:
    count = 2
    found = label
    while found in taken:
        found, count = f"{label}#{count}", count + 1
    return found


def _equations(nodes: Sequence[Value], place: Mapping[Value, str]) -> dict[Value, str]:
    """Which of BP1 … BP4 gives the gradient of a node: δ of the last layer, δ of one before, a weight's, a bias's."""
    found: dict[Value, str] = {}
    leads_to_unit: set[Value] = set()
    used = uses(nodes)
    for node in reversed(nodes):
        users = {user for user, _ in used[node]}
        if is_pre_activation(node, place):
            found[node] = "BP2" if users & leads_to_unit else "BP1"
            leads_to_unit.add(node)
        elif users & leads_to_unit and not (node.op is None and node.kind != "input"):
            leads_to_unit.add(node)
        elif node.kind == "parameter" and node.op is None and isinstance(node.scope, Part):
            found[node] = "BP3" if any(user.op and user.op.name == "multiply" for user in users) else "BP4"
    return found


def is_pre_activation(node: Value, place: Mapping[Value, str]) -> bool:
    """Whether the node is the z of a neuron: a result that it marked as its own and no function of another such."""
    if node.op is None or not isinstance(node.scope, Part):
        return False
    first = node.parents[0]
    return not (first.op is not None and isinstance(first.scope, Part) and place[first] == place[node])


def causes(program: Program, y: Value) -> dict[int, Json]:
    """Why the gradient of a node is 0, nan or infinite, by its number; none for a large graph.

    A cause is data, for a sentence in either language: its kind, the node it happens at, the edge whose slope is to
    blame, the numbers that meet there.
    """
    if len(program.nodes) > EXPLAINED_NODES:
        return {}
    gradients, names = adjoints(y), Names(program.nodes, y)
    numbers = {node: i for i, node in enumerate(program.nodes)}
    found: dict[int, Json] = {}
    for i, node in enumerate(program.nodes):
        gradient = gradients.get(node)
        if node is y or gradient is None or (gradient != 0.0 and math.isfinite(gradient)):
            continue
        nodes = between(y, node)
        if nodes:
            found[i] = _cause(find_cause(nodes, gradients, ledger(nodes, 3), names), numbers)
    return found


def _cause(cause: Cause, numbers: Mapping[Value, int]) -> Json:
    return {
        "kind": cause.kind,
        "node": None if cause.node is None else numbers[cause.node],
        "edge": [numbers[node] for node in cause.edge] if cause.edge else None,
        "numbers": [text(x) for x in cause.numbers],
    }


def slips(program: Program, y: Value) -> list[Json]:
    """The gradients of each classic wrong pass, one a node, null where it reaches none; no passes for a large graph."""
    if len(program.nodes) > EXPLAINED_NODES:
        return []
    found = []
    for name, (says, run) in WRONG.items():
        gradients = run(y)
        found.append({"name": name, "says": says, "gradients": [text(gradients.get(node)) for node in program.nodes]})
    return found


def text(x: float | None) -> float | str | None:
    """A number as JSON has it, and as text where JSON has none: "nan", "inf", "-inf"."""
    return x if x is None or math.isfinite(x) else repr(x)
