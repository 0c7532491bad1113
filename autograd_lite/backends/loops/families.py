"""Families: the inputs of a tape as scalars, vectors and matrices, by their labels and the shape of the arguments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from autograd_lite.backends.loops.runs import Ref
from autograd_lite.labels import sentence
from autograd_lite.tape import Tape

PLACED = re.compile(r"(.*?)\[(\d+(?:,\d+)*)\]")
LETTERED = re.compile(r"([A-Za-z]+)(\d*)")


# A loop, how often it runs, and how far a ref goes from one time to the next. The loop of a sum has the number RUN.
Move = tuple[int, int, int]
RUN = -1


class Family(NamedTuple):
    """Inputs of one name: its label, its shape, and whether it has an input for every place of the shape."""

    label: str
    shape: tuple[int, ...]
    is_whole: bool

    @property
    def layer(self) -> int | None:
        """The number behind the letter."""
        found = LETTERED.fullmatch(self.label)
        return int(found[2]) if found and found[2] else None


class Inputs(NamedTuple):
    """For each input of a tape the number of its family and its place there."""

    families: tuple[Family, ...]
    places: tuple[tuple[int, tuple[int, ...]], ...]

    def family(self, position: int) -> Family:
        """The family of the input at this position."""
        return self.families[self.places[position][0]]

    def steps(self, start: int, moves: Sequence[Move]) -> dict[int, tuple[int, ...]] | None:
        """How far each move goes along each axis of a family; None where it leaves the family or its grid."""
        n = len(self.places)
        if not all(0 <= start + stride < n for _, _, stride in moves):
            return None
        number, origin = self.places[start]
        steps = {
            loop: tuple(a - b for a, b in zip(self.places[start + stride][1], origin, strict=False))
            for loop, _, stride in moves
        }
        for index in product(*[range(count) for _, count, _ in moves]):
            position, expected = start, list(origin)
            for i, (loop, _, stride) in zip(index, moves, strict=True):
                position += i * stride
                expected = [a + i * b for a, b in zip(expected, steps[loop], strict=False)]
            if not 0 <= position < n or self.places[position] != (number, tuple(expected)):
                return None
        return steps


def moves(ref: Ref, delta: int, dims: Sequence[int], count: int) -> list[Move]:
    """The loops along which a ref moves."""
    found = [(d, n, stride) for d, (n, stride) in enumerate(zip(dims, ref.strides, strict=True)) if stride]
    return found + [(RUN, count, delta)] * bool(delta and count > 1)


def families(tape: Tape) -> Inputs:
    """The families of a tape's inputs: by their labels, w1[3,0], or by where they stood in the arguments."""
    named = _by_arguments(tape) if tape.arguments else _numbered([_by_label(label) for label in tape.labels])
    counts = Counter(named)
    members: dict[str, list[tuple[int, ...]]] = {}
    places = []
    for name, index in named:
        known = members.setdefault(name, [])
        places.append((name, index if index or counts[name, index] == 1 else (len(known),)))
        known.append(places[-1][1])
    numbers = {name: i for i, name in enumerate(members)}
    return Inputs(
        tuple(_family(name, indices) for name, indices in members.items()),
        tuple((numbers[name], index) for name, index in places),
    )


def _numbered(named: Sequence[tuple[str, tuple[int, ...]]]) -> list[tuple[str, tuple[int, ...]]]:
    """The same, but where a place comes again another array begins: each layer's w[0,0] … is w1, w2, w3."""
    met: dict[str, set[tuple[int, ...]]] = {}
    copies: Counter[str] = Counter()
    found = []
    for name, index in named:
        known = met.setdefault(name, set())
        if index and index in known:
            copies[name] += 1
            known.clear()
        known.add(index)
        found.append((name, copies[name] + 1, index))
    several = {name for name, n in copies.items() if name.isalpha() and met.keys().isdisjoint(_names(name, n + 1))}
    return [(f"{name}{copy}" if name in several else name, index) for name, copy, index in found]


def _names(name: str, count: int) -> list[str]:
    return [f"{name}{k}" for k in range(1, count + 1)]


def _family(name: str, indices: Sequence[tuple[int, ...]]) -> Family:
    if len({len(index) for index in indices}) != 1:
        return Family(name, (), False)
    shape = tuple(1 + max(column) for column in zip(*indices, strict=True))
    size = 1
    for extent in shape:
        size *= extent
    return Family(name, shape, size == len(set(indices)) == len(indices))


def _by_label(label: object) -> tuple[str, tuple[int, ...]]:
    text = sentence(str(label), 40) or "input"
    found = PLACED.fullmatch(text)
    if not found or not found[1]:
        return text, ()
    return found[1], tuple(int(i) for i in found[2].split(","))


def _by_arguments(tape: Tape) -> list[tuple[str, tuple[int, ...]]]:
    """`record` labels the numbers of an argument from first to last; its structure says where each stands."""
    paths = [path for argument in tape.arguments for path in _paths(argument)]
    names = [_by_label(label)[0] for label in tape.labels]
    named = []
    for name, path in zip(names, paths, strict=True):
        keys = [str(key) for key in path if not isinstance(key, int)]
        named.append((".".join([name, *keys]), tuple(key for key in path if isinstance(key, int))))
    return named


def _paths(argument: Any) -> list[tuple[Any, ...]]:
    """The way to each number in a nested argument: positions, and the keys of dicts as text."""
    found: list[tuple[Any, ...]] = []
    stack: list[tuple[Any, tuple[Any, ...]]] = [(argument, ())]
    while stack:
        x, path = stack.pop()
        if isinstance(x, dict):
            stack += [(value, (*path, str(key))) for key, value in reversed(x.items())]
        elif isinstance(x, (list, tuple)):
            stack += [(value, (*path, i)) for i, value in reversed(list(enumerate(x)))]
        else:
            found.append(path)
    return found
