"""The tape: a graph written down as a straight-line program, and the program of its gradients.

`trace` writes a graph down as instructions, one an op. The adjoint program is a tape as well: an `Entry` is a number
that is not computed yet, the table's partials run on entries, and `sweep` adds up what they hand on, so nothing is
differentiated by a second rule. A backend, or the printer, interprets nothing but the instructions.
"""

from __future__ import annotations

import html
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite import ops
from autograd_lite.graph import Node, edges, interior, sweep, toposort
from autograd_lite.operators import Operators
from autograd_lite.ops import Op
from autograd_lite.printing import listing
from autograd_lite.selection import factors
from autograd_lite.value import Value


@dataclass(frozen=True)
class Instruction:
    """One step of a tape: an op and the numbers that it is applied to."""

    op: Op
    arguments: tuple[int, ...]


@dataclass(frozen=True)
class Tape:
    """A straight-line program on numbered doubles.

    Numbers 0 … n−1 are the inputs, then come the constants, then the result of each instruction, which refers only to
    what comes before it. `outputs` are the numbers that are asked for; the first `n_primal` instructions compute the
    function, the rest of an adjoint program its gradient. `labels` and `example` say what the inputs were called, and
    were, at recording; `arguments` and `result` have the shapes that callers pass and get. The last `n_gradients`
    outputs are the gradient by as many of the first inputs.
    """

    labels: tuple[str, ...]
    constants: tuple[float, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    n_primal: int
    example: tuple[float, ...]
    arguments: Any = None
    result: Any = None
    n_gradients: int = 0

    def run(self, inputs: Sequence[float]) -> list[float]:
        """All numbers of the program for these inputs, one instruction after the other."""
        numbers = [*inputs, *self.constants]
        for instruction in self.instructions:
            numbers.append(instruction.op.forward(*[numbers[i] for i in instruction.arguments]))
        return numbers

    def adjoint(self, output: int | None = None, n_gradients: int | None = None) -> Tape:
        """The program that gives the outputs and then the gradient of one of them, one number an input.

        `output` says which, where there are several; `n_gradients` asks for the gradient by the first inputs only.
        Raises ValueError for a tape of several outputs when none is chosen.
        """
        if output is None and len(self.outputs) != 1:
            raise ValueError(f"Tape.adjoint: expected a tape with 1 output, got {len(self.outputs)}")
        writer = _Writer()
        inputs, entries = writer.replay(self)
        root = entries[self.outputs[output or 0]]
        order = interior([root])
        for entry in order:
            entry._set_edges(entry.op, entry.parents, factors(entry.op, entry.op.partials(*entry.parents, entry)))
        arrived = sweep(reversed(order), {root: 1.0}, edges)
        gradients = [writer.lift(arrived.get(x, 0.0)) for x in inputs[:n_gradients]]
        tape = writer.tape(self, [*(entries[i] for i in self.outputs), *gradients])
        return replace(tape, n_gradients=len(gradients))

    def simplified(self) -> Tape:
        """The same program with each computation once, no multiplication by 1 and nothing that is not used.

        The result is the same to the bit. The gradient of the simplified program would not be: where two equal nodes
        have become one, it adds up in another order; so `adjoint` starts from the tape as it was recorded.
        """
        writer = _Writer()
        _, entries = writer.replay(self)
        return writer.tape(self, [entries[i] for i in self.outputs])

    def inlined(self, has: Callable[[Op], bool]) -> Tape:
        """The same program by ops that `has` knows: every other one that has a definition is written out by it."""
        writer = _Writer(has)
        _, entries = writer.replay(self)
        return writer.tape(self, [entries[i] for i in self.outputs])

    def compile(self, backend: str = "auto", exact: bool = True) -> Any:
        """A callable that replays the tape: `f(*args)`, `f.value_and_grad(*args)`, `f.map(rows)`.

        `backend` is "python", "llvm" (native code; the `jit` extra), or "auto": whatever is fastest and installed, for
        one call of a short program generated Python, for rows native code, compiled when they first come. `exact`
        results are the eager engine's to the bit for + − × ÷ and comparisons, and within 1 ulp for elementary
        functions (silu, gelu and logaddexp are several); `exact=False` lets llvm round a product together with the
        sum that it goes into.
        Raises ValueError for an unknown backend, ImportError for one that is not installed.
        """
        return OFFERS["compile"](self, backend, exact)

    def loops(self) -> Any:
        """The same program with its loops found again: statements on arrays, which print as equations.

        Those of `tape.adjoint()` are the closed form of the gradient: BP1–BP4, where the tape is that of a net.
        """
        return OFFERS["loops"](self)

    def source(self, language: str = "python") -> str:
        """The program as one file to keep, with its gradient if it has one output: "python", "c", "javascript", "llvm".

        It needs nothing but the language's own library. Python and C have an array for each name among the labels.
        Raises ValueError for an unknown language, naming those that there are, and for an op without a definition.
        """
        text: str = OFFERS["source"](self, language)
        return text

    def __str__(self) -> str:
        return listing(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


# What the rooms above make of a tape: each enters its function here when it is imported, as the package does.
OFFERS: dict[str, Callable[..., Any]] = {}


class Entry(Operators, Node):
    """A number of a tape that is being written: a node of the graph, and the place where its result will stand.

    Two nodes that compute the same have one place, but remain two nodes, so that gradients are added up in the order
    in which the eager engine adds them.
    """

    __slots__ = ("place", "writer")

    place: int
    writer: _Writer

    @staticmethod
    def _apply(op: Op, *inputs: Any) -> Entry:
        writer = next(x.writer for x in inputs if isinstance(x, Entry))
        return writer.emit(op, *[writer.lift(x) for x in inputs])


class _Writer:
    """Writes instructions: each computation once, no multiplication by 1, and in the end nothing that is not used."""

    def __init__(self, has: Callable[[Op], bool] = lambda op: True) -> None:
        self.has = has
        # What stands at each place: None for an input, a float for a constant, or an instruction on places.
        self.places: list[float | Instruction | None] = []
        self.known: dict[Any, int] = {}
        self.n_primal = 0

    def replay(self, tape: Tape) -> tuple[list[Entry], list[Entry]]:
        """Entries for the inputs, and for all numbers of a tape."""
        inputs = [self._entry(self._place(None, object())) for _ in tape.labels]
        entries = [*inputs, *map(self.constant, tape.constants)]
        for i, instruction in enumerate(tape.instructions):
            if i == tape.n_primal:
                self.n_primal = len(self.places)
            entries.append(self.emit(instruction.op, *[entries[i] for i in instruction.arguments]))
        if tape.n_primal >= len(tape.instructions):
            self.n_primal = len(self.places)
        return inputs, entries

    def lift(self, x: Any) -> Entry:
        """x as an entry; a number becomes a constant."""
        return x if isinstance(x, Entry) else self.constant(float(x))

    def constant(self, x: float) -> Entry:
        """A constant; two of the same bits are one."""
        return self._entry(self._place(x, struct.pack("<d", x)))

    def emit(self, op: Op, *inputs: Entry) -> Entry:
        """The result of an op. Exact: x·1 is x, and the same op on the same places is the same number."""
        if op.definition is not None and not self.has(op):
            return self.lift(op.definition(*inputs))
        places = tuple(entry.place for entry in inputs)
        place = self._place(Instruction(op, places), (op, places))
        if op is ops.multiply:
            one = self.known.get(struct.pack("<d", 1.0))
            if one in places:
                place = places[1 - places.index(one)]
        entry = self._entry(place)
        entry._set_edges(op, inputs, [None] * len(inputs))
        return entry

    def _place(self, content: float | Instruction | None, key: Any) -> int:
        if key not in self.known:
            self.known[key] = len(self.places)
            self.places.append(content)
        return self.known[key]

    def _entry(self, place: int) -> Entry:
        entry = Entry()
        entry._set_edges(None, (), ())
        entry.place, entry.writer = place, self
        return entry

    def tape(self, like: Tape, outputs: Sequence[Entry]) -> Tape:
        """The program for these outputs, numbered anew: inputs, then the constants and instructions that are used."""
        used = {entry.place for entry in outputs}
        for place in range(len(self.places) - 1, -1, -1):
            content = self.places[place]
            if place in used and isinstance(content, Instruction):
                used.update(content.arguments)
        inputs = [place for place, content in enumerate(self.places) if content is None]
        constants = [p for p in sorted(used) if isinstance(self.places[p], float)]
        steps = [p for p in sorted(used) if isinstance(self.places[p], Instruction)]
        number = {place: i for i, place in enumerate([*inputs, *constants, *steps])}
        contents: Iterator[Any] = (self.places[p] for p in steps)
        return replace(
            like,
            constants=tuple(c for p in constants if isinstance(c := self.places[p], float)),
            instructions=tuple(Instruction(step.op, tuple(number[a] for a in step.arguments)) for step in contents),
            outputs=tuple(number[entry.place] for entry in outputs),
            n_primal=sum(place < self.n_primal for place in steps),
        )


def trace(outputs: Sequence[Value], inputs: Sequence[Value]) -> Tape:
    """The tape of the graph below `outputs` as a function of the leaves `inputs`; all other leaves are constants."""
    numbers: dict[Value, int] = {x: i for i, x in enumerate(inputs)}
    nodes = [node for node in toposort(*outputs) if node not in numbers]
    leaves = [node for node in nodes if node.op is None]
    steps = [node for node in nodes if node.op is not None]
    numbers.update({node: i for i, node in enumerate([*leaves, *steps], start=len(inputs))})
    return Tape(
        labels=tuple(x.label for x in inputs),
        constants=tuple(node._data for node in leaves),
        instructions=tuple(Instruction(node.op, tuple(numbers[p] for p in node.parents)) for node in steps),
        outputs=tuple(numbers[y] for y in outputs),
        n_primal=len(steps),
        example=tuple(x._data for x in inputs),
    )
