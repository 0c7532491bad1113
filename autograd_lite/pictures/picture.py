"""`Picture`: a diagram with all that its drawing depends on, what its boxes are called, and how large gradients are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autograd_lite import ops
from autograd_lite.ops import FUNCTION, PREFIX, SUM
from autograd_lite.pictures.alike import LOSS
from autograd_lite.pictures.diagram import Box, Diagram, Link, Member
from autograd_lite.pictures.styles import Style, scope_title
from autograd_lite.pictures.summaries import greatest, strength, totals
from autograd_lite.telling.formula import needs_brackets
from autograd_lite.value import Value

COUNTED_LINKS, COUNTED_LINKS_OPENED = 16, 40  # more numbers than this beside the links would push the boxes apart


@dataclass
class Picture:
    """A diagram and all that its drawing depends on: labels, roots, style, notes, and the states of a backward pass."""

    diagram: Diagram
    roots: frozenset[Value]
    style: Style
    labels: Mapping[Value, str]
    notes: tuple[str, ...] = ()
    node_states: Mapping[Value, str] = field(default_factory=dict)
    edge_states: Mapping[tuple[Value, int], str] = field(default_factory=dict)
    fits_screen: bool = False
    placeholders: Mapping[Value, str] = field(default_factory=dict)  # texts that keep the room for a grad

    def __post_init__(self) -> None:
        members = [entry for found in self.diagram.boxes for entry in found.members]
        self.sizes = {entry.node: abs(float(entry.grad)) for entry in members if entry.grad is not None}
        self.strengths = [strength(found, self.diagram.place) for found in self.diagram.boxes]
        self.largest = _largest(size for size in self.strengths if size is not None)
        self.largest_weight = _largest(size for link in self.diagram.links if (size := self.weight(link)) is not None)

    @cached_property
    def is_dense(self) -> bool:
        """Whether numbers beside the links would push the boxes apart; they are then tooltips of the SVG."""
        is_opened = any(found.around for found in self.diagram.boxes)
        limit = COUNTED_LINKS_OPENED if is_opened else COUNTED_LINKS
        return self.diagram.detail != "node" and len(self.diagram.links) > limit

    def weight(self, link: Link) -> float | None:
        """The largest gradient of a weight by which a use of a link multiplies, or which is itself what is used."""
        parents = [
            parent
            for node, i in link.uses
            if node.op is ops.multiply
            for parent in ((node.parents[i],) if _is_parameter(node.parents[i]) else node.parents)
        ]
        return greatest(self.sizes[p] for p in parents if _is_parameter(p) and p in self.sizes)


def _largest(sizes: Iterable[float]) -> float:
    """The largest of the sizes that are finite."""
    return max(filter(math.isfinite, sizes), default=0.0)


def _is_parameter(node: Value) -> bool:
    return node.op is None and node.kind == "parameter"


def box_title(found: Box, labels: Mapping[Value, str]) -> str:
    """The name of a box of many Values: the part of the program, or the label that they share."""
    if found.part:
        return f"part {found.part}"
    if found.is_loss:
        return LOSS
    return scope_title(found.scope) if found.scope else _common_label(found, labels)


def _common_label(found: Box, labels: Mapping[Value, str]) -> str:
    """The label that all members have, or the first and the last of the family."""
    own = list(dict.fromkeys(labels[member.node] for member in totals(found)))
    if len(own) == 1 or not found.is_leaf:
        return own[0] if len(own) == 1 else ""
    return f"{own[0]} … {own[-1]}"


def told_apart(diagram: Diagram, labels: Mapping[Value, str]) -> dict[Value, str]:
    """The labels with a number behind that of every further box of the same label: x[0], x[0]#2, x[0]#3.

    They are in the order of the computation: the step whose way to the root is longest is the first.
    """
    told = dict(labels)
    met: dict[str, int] = {}
    heights = diagram.heights
    for _, found in sorted(enumerate(diagram.boxes), key=lambda numbered: -heights[numbered[0]]):
        own = {member.label.strip() for member in totals(found)}
        if found.scope or len(own) > 1 or own == {""}:
            continue
        (label,) = own
        met[label] = met.get(label, 0) + 1
        if met[label] > 1:
            told |= {member.node: f"{labels[member.node]}#{met[label]}" for member in totals(found)}
    return told


# ---- formulas, for Values that have no label: `wx + b` ----

FORMULA_LIMIT = 40  # characters; what is longer stands as … in the formulas above it


def formulas(members: Sequence[Member]) -> dict[Value, str]:
    """The label of every Value, or its formula in the labels of the Values below; "" for one without either."""
    written: dict[Value, tuple[str, int]] = {}
    for node, label, data, _ in members:
        if label.strip() or node.op is None:
            name = " ".join(label.split()) or (f"{data:.4g}" if node.kind == "constant" else "")
            written[node] = name, _binding(name) if label.strip() else FUNCTION if data >= 0.0 else PREFIX
        else:
            written[node] = _formula(node, written)
    return {node: "" if formula == "…" else formula for node, (formula, _) in written.items()}


def _formula(node: Value, written: Mapping[Value, tuple[str, int]]) -> tuple[str, int]:
    """The op applied to the formulas of the parents, and how tightly it binds."""
    op = node.op
    assert op is not None
    inputs = [(name or "?", binding) for name, binding in (written[parent] for parent in node.parents)]
    names = [
        f"({name})" if needs_brackets(op, i, binding) or _misread(node, i, name) else name
        for i, (name, binding) in enumerate(inputs)
    ]
    formula = _product(*names) if op is ops.multiply else op.text_of(len(names)).format(*names).replace(" - ", " − ")
    return (formula, op.precedence) if len(formula) <= FORMULA_LIMIT else ("…", FUNCTION)


def _binding(label: str) -> int:
    """How tightly a label binds: one with a blank or an operator in it, outside of brackets, like a sum."""
    bare = re.sub(r"\[[^\[\]]*\]|\([^()]*\)", "", label)
    return SUM if re.search(r"[\s+\-−*/·×÷^=<>]", bare) else FUNCTION


def _misread(node: Value, i: int, name: str) -> bool:
    """Whether an operand would be read wrongly without brackets: a sign behind an operator, a quotient as a factor."""
    op, operand = node.op, node.parents[i]
    if op is None or op.precedence == FUNCTION:
        return False
    return (name.startswith("-") and (i > 0 or op is ops.negate)) or (
        op is ops.multiply and operand.op is ops.divide and not operand.label.strip()
    )


def _product(left: str, right: str) -> str:
    """A product as it's written by hand: wx for single letters, w·x otherwise."""
    single = re.compile(r"[^\W\d_]|\d+(\.\d+)?")
    return left + right if single.fullmatch(left) and re.fullmatch(r"[^\W\d_]", right) else f"{left}·{right}"
