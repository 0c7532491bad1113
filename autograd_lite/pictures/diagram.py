"""What a picture shows: boxes of Values, links between boxes, and whether they fit a screen."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_lite.value import Value

READABLE_BOXES, READABLE_LINKS, READABLE_POINTS = 64, 400, 1600  # on one screen, drawn from left to right
TALLEST = {"node": 25, "neuron": 20}  # boxes above each other within 1,000 points
# From one rank to the next, as measured; among many links the ranks stand further apart.
RANK_POINTS = {"node": 165, "neuron": 205, "layer": 172, "model": 172, "part": 172}
CROWDED_LINKS, CROWDED_POINTS = 100, 255


class Member(NamedTuple):
    """A Value with its label, data and grad as they were when it was drawn."""

    node: Value
    label: str
    data: float
    grad: float | None

    @property
    def is_damaged(self) -> bool:
        """Whether its number or its gradient is nan."""
        return math.isnan(self.data) or (self.grad is not None and math.isnan(self.grad))


@dataclass
class Box:
    """What is drawn as one: the Values inside, the scope that it stands for ("" for none) and the one around it.

    `is_loss` marks the box of what comes after a model. A box that gathers others without a scope has `results`,
    the Values that the rest of the graph, or the reader, uses; `part` is its number where it is a stretch of a program.
    """

    members: list[Member]
    scope: str = ""
    around: str = ""
    is_loss: bool = False
    results: list[Member] = field(default_factory=list)
    part: int = 0

    @property
    def is_part(self) -> bool:
        """Whether it stands for a part of a program rather than for Values that are alike."""
        return self.is_loss or bool(self.scope or self.results)

    @property
    def is_leaf(self) -> bool:
        """Whether no op made what is in it."""
        return not self.is_part and self.members[0].node.op is None

    @property
    def is_result(self) -> bool:
        """Whether it is what one op made."""
        return not self.is_part and self.members[0].node.op is not None

    @property
    def is_damaged(self) -> bool:
        """Whether there is a nan among its numbers."""
        return any(member.is_damaged for member in self.members)

    @property
    def kind(self) -> str:
        """Which of the shapes it has: "scope", "interior", or what kind of leaf."""
        if self.is_part:
            return "scope"
        return "interior" if self.is_result else self.members[0].node.kind


@dataclass
class Link:
    """An edge of the picture: the uses of Values that it stands for, each as (user, position among its parents)."""

    source: int
    target: int
    uses: list[tuple[Value, int]]


@dataclass
class Diagram:
    """What a picture shows: boxes, links between their numbers, and the level of detail."""

    boxes: list[Box]
    links: list[Link]
    detail: str
    place: dict[Value, str]

    @property
    def is_readable(self) -> bool:
        """Whether it fits a screen."""
        ranks = Counter(self.ranks)
        is_crowded = len(self.links) > CROWDED_LINKS and self.detail != "node"
        width = len(ranks) * (CROWDED_POINTS if is_crowded else RANK_POINTS[self.detail])
        fits = width <= READABLE_POINTS and max(ranks.values()) <= TALLEST.get(self.detail, READABLE_BOXES)
        return fits and len(self.boxes) <= READABLE_BOXES and len(self.links) <= READABLE_LINKS

    @property
    def length(self) -> int:
        """The ranks that all links cross together, by which the time of a layout grows."""
        rank = self.ranks
        return sum(abs(rank[link.target] - rank[link.source]) for link in self.links)

    @property
    def passes_boxes(self) -> bool:
        """Whether a link leads past a whole rank of boxes, as one that skips a layer does."""
        rank = self.ranks
        return any(rank[link.target] - rank[link.source] != 1 for link in self.links)

    @property
    def heights(self) -> list[int]:
        """How many links lead from each box to a root, at most: what is computed earlier has the longer way."""
        height = [0] * len(self.boxes)
        rank = self.ranks
        for link in sorted(self.links, key=lambda link: -rank[link.target]):
            height[link.source] = max(height[link.source], height[link.target] + 1)
        return height

    @property
    def ranks(self) -> list[int]:
        """The rank of each box, from 0: one further than all that lead to it, a leaf's just before its first user."""
        rank = [0] * len(self.boxes)
        for link in self.links:
            rank[link.target] = max(rank[link.target], rank[link.source] + 1)
        first_use: dict[int, int] = {}
        for link in self.links:
            first_use[link.source] = min(first_use.get(link.source, rank[link.target]), rank[link.target])
        for i, box in enumerate(self.boxes):
            if i in first_use and box.members[0].node.op is None:
                rank[i] = first_use[i] - 1
        return rank
