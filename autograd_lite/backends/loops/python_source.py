"""Statements as Python: a comprehension for each, with dot products and totals over slices.

    z1 = [dot(b, w1[2 * i : 2 * i + 2], x) for i, b in zip(range(16), b1)]
    a1 = [tanh(p) for p in z1]

`dot` and `total` add from left to right, as the graph does: the built-in sum() compensates from Python 3.12 on, and
its answers would differ. What is short is written out. Every other op is a call of its row's function of floats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograd_lite import ops
from autograd_lite.backends.loops.naming import Arrays, Place, Target, outgoing
from autograd_lite.backends.loops.runs import Run, Tree
from autograd_lite.backends.loops.slices import indexed, joined, sliced, upward
from autograd_lite.backends.loops.statements import Statement
from autograd_lite.backends.loops.writing import ROWS, variables
from autograd_lite.ops import Op

SHORT = 3  # a run of so many terms is written out

# The ops that Python's own operators compute as IEEE 754 does, with how tightly they bind.
INFIX = {ops.add: ("{} + {}", 0), ops.subtract: ("{} - {}", 0), ops.multiply: ("{} * {}", 1), ops.negate: ("-{}", 2)}
CALL = 3

HELPERS = '''
def dot(start, a, b):
    """start + Σ a·b, added up from left to right."""
    for p, q in zip(a, b):
        start += p * q
    return start


def total(start, terms):
    """start + Σ terms, added up from left to right."""
    for term in terms:
        start += term
    return start
'''

Text = tuple[str, int]  # a piece of source, and how tightly it binds


def lines(arrays: Arrays, calls: Mapping[Op, str] | None = None) -> list[str]:
    """The assignments of a program, one a statement, in order; `calls` says what an op is called if not by its name."""
    made: set[str] = set()
    found = []
    for statement in arrays.loops.statements:
        name = arrays.computed[statement.storage]
        sign = "+=" if name in made else "="
        made.add(name)
        found.append(f"{name} {sign} {_Writer(arrays, statement, calls or {}).right()}")
    return found


def stores(arrays: Arrays, target: Target) -> list[str]:
    """The assignments that put the outputs where they go, a slice for each stretch of them."""
    found = []
    for place, made, dims in outgoing(arrays, target):
        found += _stored(arrays, place, made, dims) if isinstance(made, Place) else [_filled(arrays, place, made, dims)]
    return found


def _filled(arrays: Arrays, place: Place, number: float, dims: tuple[int, ...]) -> str:
    """One number in all of a stretch."""
    if not dims:
        return f"{item(arrays, place)} = {literal(number)}"
    (count,) = dims
    shown = sliced(place.array, place.start, place.strides[0], count, arrays.size(place.array))
    return f"{shown} = [{literal(number)}] * {count}"


def _stored(arrays: Arrays, place: Place, made: Place, dims: tuple[int, ...]) -> list[str]:
    if not dims:
        is_list = arrays.size(place.array) == 1 and place.array not in arrays.scalars
        return [
            f"{place.array} = [{item(arrays, made)}]" if is_list else f"{item(arrays, place)} = {item(arrays, made)}"
        ]
    place, made, dims = joined(*upward(place, made, dims[-1]), dims)
    *outer, inner = dims
    names = [ROWS[d] for d in range(len(outer))]
    lines, indent = [], ""
    for name, count in zip(names, outer, strict=True):
        lines.append(f"{indent}for {name} in range({count}):")
        indent += "    "

    def stretch(x: Place) -> str:
        step, moves = x.strides[-1], list(zip(x.strides, names, strict=False))
        if not step:
            number = f"{x.array}[{indexed(x.start, moves)}]" if outer else item(arrays, x)
            return f"[{number}] * {inner}"
        if not outer:
            return sliced(x.array, x.start, step, inner, arrays.size(x.array))
        low, high = sorted((x.start, x.start + step * (inner - 1)))
        by = f" : {abs(step)}" if abs(step) > 1 else ""
        return f"{x.array}[{indexed(low, moves)} : {indexed(high + 1, moves)}{by}]{'[::-1]' if step < 0 else ''}"

    return [*lines, f"{indent}{stretch(place)} = {stretch(made)}"]


def item(arrays: Arrays, place: Place) -> str:
    """One number: an item of an array, or what has a name of its own."""
    return place.array if place.array in arrays.scalars else f"{place.array}[{place.start}]"


class _Writer:
    """Writes the right-hand side of a statement."""

    def __init__(self, arrays: Arrays, statement: Statement, calls: Mapping[Op, str]) -> None:
        self.arrays, self.statement, self.calls = arrays, statement, calls
        self.names = variables(statement)
        self.elements: list[dict[Place, str]] = [{} for _ in statement.dims]  # what each loop walks over
        self.needs_index = [False] * len(statement.dims)
        letters = (x for x in ELEMENTS if x not in {*arrays.computed.values(), *arrays.inputs, *arrays.tables})
        self.letters = letters

    def right(self) -> str:
        """The whole right-hand side."""
        body = self._joined()
        if not self.statement.dims:
            return body if self.arrays.loops.sizes[self.statement.storage] == 1 else f"[{body}]"
        loops = " ".join(self._loop(d) for d in range(len(self.statement.dims)))
        return f"[{body} {loops}]"

    def _joined(self) -> str:
        """The terms of a result, joined by the fold."""
        statement = self.statement
        if statement.fold is not ops.add:
            return f"{self._call(statement.fold)}({', '.join(map(self._arguments, statement.runs))})"
        text: Text | None = None
        for run in statement.runs:
            if run.count <= SHORT:
                for k in range(run.count):
                    term = self._tree(run.tree, [self._read(run, r, k) for r in range(len(run.refs))])
                    text = term if text is None else (f"{_within(text, 0)} + {_within(term, 1)}", 0)
            else:
                text = (self._long(text[0] if text else "-0.0", run), CALL)
        return text[0] if text else "-0.0"

    def _arguments(self, run: Run) -> str:
        """The terms of a run as arguments of a call."""
        if run.count == 1:
            return self._tree(run.tree, [self._read(run, r, 0) for r in range(len(run.refs))])[0]
        return f"*{self._terms(run)}"

    def _long(self, start: str, run: Run) -> str:
        """A run added to what stands before it."""
        moving = [r for r, delta in enumerate(run.deltas) if delta]
        if run.tree == (ops.multiply, 0, 1) and len(moving) == 2:
            return f"dot({start}, {self._slice(run, 0)}, {self._slice(run, 1)})"
        if run.tree == (ops.multiply, 0, 0) and len(moving) == 1:
            return f"dot({start}, {self._slice(run, 0)}, {self._slice(run, 0)})"
        return f"total({start}, {self._terms(run)})"

    def _terms(self, run: Run) -> str:
        """The terms of a run, one after the other."""
        moving = [r for r, delta in enumerate(run.deltas) if delta]
        if not moving:
            term = self._tree(run.tree, [self._read(run, r, 0) for r in range(len(run.refs))])[0]
            return f"[{term}] * {run.count}"
        if run.tree == 0:
            return self._slice(run, 0)
        letters = {r: next(self.letters) for r in moving}
        read = [(letters[r], CALL) if r in letters else self._read(run, r, 0) for r in range(len(run.refs))]
        term = self._tree(run.tree, read)[0]
        slices = [self._slice(run, r) for r in moving]
        source = slices[0] if len(slices) == 1 else f"zip({', '.join(slices)})"
        return f"[{term} for {', '.join(letters.values())} in {source}]"

    # ---- what is read ----

    def _place(self, run: Run, r: int) -> Place:
        return self.arrays.place(run.refs[r], run.deltas[r], self.statement.dims, run.count)

    def _read(self, run: Run, r: int, k: int) -> Text:
        """One number: a literal, the element of a loop, or an item of an array."""
        constant = self.arrays.constant(run.refs[r])
        if constant is not None:
            return literal(constant), CALL
        place = self._place(run, r)
        if place.array in self.arrays.scalars:
            return place.array, CALL
        place = Place(place.array, place.start + k * place.delta, place.strides, 0)
        moving = [d for d, stride in enumerate(place.strides) if stride]
        if len(moving) == 1:
            known = self.elements[moving[0]]
            if place not in known:
                known[place] = next(self.letters)
            return known[place], CALL
        return f"{place.array}[{self._affine(place)}]", CALL

    def _slice(self, run: Run, r: int) -> str:
        """The numbers that a run reads from one array, one after the other."""
        place = self._place(run, r)
        lowest = place.start + sum(
            min(0, stride * (count - 1)) for stride, count in zip(place.strides, self.statement.dims, strict=True)
        )
        size = self.arrays.size(place.array)
        if not any(place.strides):
            return sliced(place.array, place.start, place.delta, run.count, size)
        if place.delta > 0:
            start = self._affine(place)
            stop = self._affine(place._replace(start=place.start + place.delta * (run.count - 1) + 1))
            step = f" : {place.delta}" if place.delta > 1 else ""
            return f"{place.array}[{start} : {stop}{step}]"
        if lowest + place.delta * (run.count - 1) + place.delta >= 0:
            stop = self._affine(place._replace(start=place.start + place.delta * run.count))
            return f"{place.array}[{self._affine(place)} : {stop} : {place.delta}]"
        first = self._affine(place._replace(start=place.start + place.delta * (run.count - 1)))
        stop = self._affine(place._replace(start=place.start + 1))
        step = f" : {-place.delta}" if place.delta < -1 else ""
        return f"{place.array}[{first} : {stop}{step}][::-1]"

    def _affine(self, place: Place) -> str:
        """The place with the loops' variables, which the loops then have to count."""
        for d, stride in enumerate(place.strides):
            self.needs_index[d] = self.needs_index[d] or bool(stride)
        return indexed(place.start, list(zip(place.strides, self.names, strict=True)))

    def _loop(self, d: int) -> str:
        """One loop of a comprehension: over the elements that it walks along, and a count where an index needs it."""
        count = self.statement.dims[d]
        walked = self.elements[d]
        names = list(walked.values())
        sources = [sliced(p.array, p.start, p.strides[d], count, self.arrays.size(p.array)) for p in walked]
        if self.needs_index[d] or not names:
            names.insert(0, self.names[d] if self.needs_index[d] else "_")
            sources.insert(0, f"range({count})")
        if len(names) == 1:
            return f"for {names[0]} in {sources[0]}"
        return f"for {', '.join(names)} in zip({', '.join(sources)})"

    # ---- expressions ----

    def _call(self, op: Op) -> str:
        return self.calls.get(op, op.name)

    def _tree(self, tree: Tree, leaves: Sequence[Text]) -> Text:
        if isinstance(tree, int):
            return leaves[tree]
        op, *parts = tree
        texts = [self._tree(part, leaves) for part in parts]
        if op not in INFIX:
            return f"{self._call(op)}({', '.join(text for text, _ in texts)})", CALL
        form, binds = INFIX[op]
        return form.format(*[_within(text, binds + (i > 0)) for i, text in enumerate(texts)]), binds


def _within(text: Text, binds: int) -> str:
    """A piece in brackets if it binds more loosely than that."""
    return text[0] if text[1] >= binds else f"({text[0]})"


def literal(x: float) -> str:
    """A double as source that gives the same double; a sign is bracketed."""
    return repr(x) if x > 0.0 or repr(x) == "0.0" else f"({x!r})" if not math.isnan(x) else "nan"


ELEMENTS = [*"pqrsuvgh", *(f"{letter}{n}" for n in range(1, 20) for letter in "pqrsuvgh")]
