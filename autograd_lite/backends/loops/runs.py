"""Runs: terms of one form that differ by a fixed step, and the places that they read.

A tree is an expression over the refs of its run: a ref's number, or an op and the trees that it is applied to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

INPUTS, CONSTANTS = 0, 1  # the numbers of the arrays that no statement computes

Tree = int | tuple[Any, ...]


@dataclass(frozen=True)
class Ref:
    """A place in an array that moves with the loops of its statement: start + Σ strides[d] · i[d]."""

    array: int
    start: int
    strides: tuple[int, ...]

    def at(self, index: Sequence[int]) -> int:
        """The place for these values of the loops' variables."""
        return self.start + sum(stride * i for stride, i in zip(self.strides, index, strict=True))

    def ends(self, axes: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """The first and the last place that it comes to along these axes, each a stride and an extent."""
        ways = [stride * (extent - 1) for stride, extent in axes]
        return self.start + sum(way for way in ways if way < 0), self.start + sum(way for way in ways if way > 0)


@dataclass(frozen=True)
class Run:
    """`count` terms of one form: `tree` on the refs, each of which moves on by its delta from term to term.

    `tree` is the number of a ref, or a tuple of an op and the trees that it is applied to.
    """

    tree: Tree
    count: int
    refs: tuple[Ref, ...]
    deltas: tuple[int, ...]

    @property
    def size(self) -> int:
        """The instructions of one term."""
        return operations(self.tree)


def operations(tree: Tree) -> int:
    """The number of ops in a tree."""
    return 0 if isinstance(tree, int) else 1 + sum(map(operations, tree[1:]))


def contiguous(dims: Sequence[int]) -> tuple[int, ...]:
    """The strides of numbers that stand side by side, the last loop the fastest."""
    return tuple(prod(dims[d + 1 :]) for d in range(len(dims)))
