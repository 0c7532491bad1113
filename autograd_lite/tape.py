"""The tape: a graph written down as a straight-line program, and the program of its gradients.

`trace` writes a graph down as instructions, one an op. The adjoint program is a tape as well: an `Entry` is a number
that is not computed yet, the table's partials run on entries, and `sweep` adds up what they hand on, so nothing is
differentiated by a second rule. A backend, or the printer, interprets nothing but the instructions.
"""

from __future__ import annotations

import html
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite import ops
from autograd_lite.graph import sweep, toposort
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
        entries = writer.replay(self)
        n_inputs, first = len(self.labels), len(self.labels) + len(self.constants)
        root = self.outputs[output or 0]
        edges: dict[int, list[tuple[int, Any]]] = {}
        for number in self._below(root):
            step = self.instructions[number - first]
            partials = step.op.partials(*[entries[argument] for argument in step.arguments], entries[number])
            pairs = zip(step.arguments, factors(step.op, partials), strict=True)
            edges[number] = [pair for pair in pairs if pair[1] is not None]
        arrived = sweep(reversed(edges), {root: 1.0}, lambda number: edges[number])
        wanted = range(n_inputs)[:n_gradients]
        tape = writer.tape(self, [*(entries[i] for i in self.outputs), *(arrived.get(i, 0.0) for i in wanted)])
        return replace(tape, n_gradients=len(wanted))

    def _below(self, root: int) -> list[int]:
        """The numbers of the instructions at or below a number, each after its arguments, as `interior` has them."""
        first = len(self.labels) + len(self.constants)
        entered, done, order = set[int](), set[int](), list[int]()
        stack = [root] if root >= first else []
        while stack:
            number = stack[-1]
            if number not in entered:
                entered.add(number)
                arguments = self.instructions[number - first].arguments
                waiting = [a for a in reversed(arguments) if a >= first and a not in done]
                if waiting:
                    stack += waiting
                    continue
            stack.pop()
            if number not in done:
                done.add(number)
                order.append(number)
        return order

    def simplified(self) -> Tape:
        """The same program with each computation once, no multiplication by 1 and nothing that is not used.

        The result is the same to the bit. The gradient of the simplified program would not be: where two equal nodes
        have become one, it adds up in another order; so `adjoint` starts from the tape as it was recorded.
        """
        writer = _Writer()
        entries = writer.replay(self)
        return writer.tape(self, [entries[i] for i in self.outputs])

    def inlined(self, has: Callable[[Op], bool]) -> Tape:
        """The same program by ops that `has` knows: every other one that has a definition is written out by it."""
        if all(has(op) or op.definition is None for op in {step.op for step in self.instructions}):
            return self
        writer = _Writer(has)
        entries = writer.replay(self)
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


ONE = struct.pack("<d", 1.0)


class Entry(Operators):
    """A number of a tape that is being written: the place where its result will stand."""

    __slots__ = ("place", "writer")

    def __init__(self, place: int, writer: _Writer) -> None:
        self.place, self.writer = place, writer

    @staticmethod
    def _apply(op: Op, *inputs: Any) -> Any:
        for x in inputs:
            if isinstance(x, Entry):
                return x.writer.emit(op, inputs)
        raise TypeError(f"{op.name}: expected an entry of a tape among its inputs")


class _Writer:
    """Writes instructions: each computation once, no multiplication by 1, and in the end nothing that is not used.

    Numbers of the tape that compute the same share a place; they remain different numbers to `adjoint`, so that
    gradients are added up in the order in which the eager engine adds them.
    """

    def __init__(self, has: Callable[[Op], bool] = lambda op: True) -> None:
        self.has = has
        # What stands at each place: None for an input, a float for a constant, or an op and its arguments' places.
        self.places: list[Any] = []
        self.known: dict[Any, int] = {}
        self.n_primal = 0

    def replay(self, tape: Tape) -> list[Entry]:
        """Entries for all numbers of a tape."""
        entries = [Entry(self._place(None, object()), self) for _ in tape.labels]
        entries += [Entry(self.lift(constant), self) for constant in tape.constants]
        for i, instruction in enumerate(tape.instructions):
            if i == tape.n_primal:
                self.n_primal = len(self.places)
            entries.append(self.emit(instruction.op, [entries[argument] for argument in instruction.arguments]))
        if tape.n_primal >= len(tape.instructions):
            self.n_primal = len(self.places)
        return entries

    def lift(self, x: Any) -> int:
        """The place of x; that of a number is a constant's, of which those of the same bits are one."""
        return x.place if isinstance(x, Entry) else self._place(float(x), struct.pack("<d", x))

    def emit(self, op: Op, inputs: Sequence[Any]) -> Entry:
        """The result of an op. Exact: x·1 is x, and the same op on the same places is the same number."""
        if op.definition is not None and not self.has(op):
            return Entry(self.lift(op.definition(*inputs)), self)
        places = tuple([x.place if type(x) is Entry else self.lift(x) for x in inputs])
        place = self._place((op, places), (op, places))
        if op is ops.multiply:
            one = self.known.get(ONE)
            if one in places:
                place = places[1 - places.index(one)]
        return Entry(place, self)

    def _place(self, content: Any, key: Any) -> int:
        place = self.known.get(key)
        if place is None:
            place = self.known[key] = len(self.places)
            self.places.append(content)
        return place

    def tape(self, like: Tape, outputs: Sequence[Any]) -> Tape:
        """The program for these outputs, numbered anew: inputs, then the constants and instructions that are used."""
        wanted = [self.lift(output) for output in outputs]
        used = set(wanted)
        for place in range(len(self.places) - 1, -1, -1):
            if place in used and isinstance(self.places[place], tuple):
                used.update(self.places[place][1])
        inputs = [place for place, content in enumerate(self.places) if content is None]
        constants = [p for p in sorted(used) if isinstance(self.places[p], float)]
        steps = [p for p in sorted(used) if isinstance(self.places[p], tuple)]
        number = {place: i for i, place in enumerate([*inputs, *constants, *steps])}
        return replace(
            like,
            constants=tuple(self.places[p] for p in constants),
            instructions=tuple(
                Instruction(op, tuple([number[a] for a in arguments]))
                for op, arguments in map(self.places.__getitem__, steps)
            ),
            outputs=tuple(number[place] for place in wanted),
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
