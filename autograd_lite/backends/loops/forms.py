"""Numbered trees as trees on refs, which is what a statement has."""

from __future__ import annotations

from collections.abc import Iterator

from autograd_lite.backends.loops.folding import LEAF, Trees
from autograd_lite.backends.loops.runs import Ref, Run, Tree


class Forms:
    """Numbered trees as trees on refs."""

    def __init__(self, trees: Trees) -> None:
        self.trees = trees

    def run(self, tree: int, count: int, refs: list[tuple[Ref, int]]) -> Run:
        """The run of a numbered tree on these refs with their deltas, equal ones once."""
        places = {ref: i for i, ref in enumerate(dict.fromkeys(refs))}
        names = iter([places[ref] for ref in refs])
        kept = list(places)
        return Run(self._tree(tree, names), count, tuple(ref for ref, _ in kept), tuple(delta for _, delta in kept))

    def _tree(self, number: int, names: Iterator[int]) -> Tree:
        if number == LEAF:
            return int(next(names))
        op, parts = self.trees.forms[number]
        return (op, *[self._tree(part, names) for part in parts])
