"""The tape: a graph written down as a straight-line program, and the program of its gradients.

`trace` writes a graph down as instructions, one an op. The adjoint program is a tape as well: an `Entry` is a number
that is not computed yet, the table's partials run on entries, and `sweep` adds up what they hand on, so nothing is
differentiated by a second rule. A backend, or the printer, interprets nothing but the instructions.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from operator import attrgetter
from typing import Any

from autograd_lite.adjoint import gradient
from autograd_lite.collector import uncollected
from autograd_lite.errors import as_int, shown
from autograd_lite.graph import interior, leaves
from autograd_lite.instructions import NONE
from autograd_lite.instructions import Instruction as Instruction
from autograd_lite.instructions import Instructions as Instructions
from autograd_lite.ops import Op
from autograd_lite.printing import listing
from autograd_lite.reading import CALL, tell
from autograd_lite.value import Value
from autograd_lite.writer import Writer

__all__ = ["traced"]


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
    instructions: Instructions
    outputs: tuple[int, ...]
    n_primal: int
    example: tuple[float, ...]
    arguments: Any = None
    result: Any = None
    n_gradients: int = 0

    def run(self, inputs: Sequence[float]) -> list[float]:
        """All numbers of the program for these inputs, one instruction after the other."""
        numbers = [*inputs, *self.constants]
        for op, arguments in self.instructions:
            numbers.append(op.forward(*[numbers[i] for i in arguments]))
        return numbers

    @uncollected()
    def adjoint(
        self, output: int | None = None, n_gradients: int | None = None, has: Callable[[Op], bool] = lambda op: True
    ) -> Tape:
        """The program that gives the outputs and then the gradient of one of them, one number an input.

        `output` says which, where there are several; `n_gradients` asks for the gradient by the first inputs only, and
        `has` for the program that `inlined` would make of it.
        Raises ValueError for a tape of several outputs when none is chosen.
        """
        if output is None and len(self.outputs) != 1:
            raise ValueError(f"Tape.adjoint: expected a tape with 1 output, got {len(self.outputs)}")
        chosen = 0 if output is None else as_int(output, "Tape.adjoint", "output", 0)
        if chosen >= len(self.outputs):
            raise ValueError(f"Tape.adjoint: expected output to be below {len(self.outputs)}, got {chosen}")
        n = len(self.labels) if n_gradients is None else as_int(n_gradients, "Tape.adjoint", "n_gradients", 0)
        wanted = range(len(self.labels))[:n]
        writer = Writer(has)
        places = writer.replay(self)
        found = gradient(self, writer, places, self.outputs[chosen], wanted)
        program = writer.program([*(places[i] for i in self.outputs), *found])
        return replace(self, **program, n_gradients=len(wanted))

    def simplified(self) -> Tape:
        """The same program with each computation once, no multiplication by 1 and nothing that is not used.

        The result is the same to the bit. The gradient of the simplified program would not be: where two equal nodes
        have become one, it adds up in another order; so `adjoint` starts from the tape as it was recorded.
        """
        return self._written()

    def inlined(self, has: Callable[[Op], bool]) -> Tape:
        """The same program by ops that `has` knows: every other one that has a definition is written out by it."""
        if all(has(op) or op.definition is None for op, _ in self.instructions.kinds):
            return self
        return self._written(has)

    @uncollected()
    def _written(self, has: Callable[[Op], bool] = lambda op: True) -> Tape:
        writer = Writer(has)
        places = writer.replay(self)
        return replace(self, **writer.program([places[i] for i in self.outputs]))

    def compile(self, backend: str = "auto", exact: bool = True) -> Any:
        """A callable that replays the tape: `f(*args)`, `f.value_and_grad(*args)`, `f.map(rows)`.

        `backend` is "python", "llvm" (native code; the `jit` extra), or "auto": whatever is fastest and installed, for
        one call of a short program generated Python, for rows native code, compiled when they first come. `exact`
        results are the eager engine's to the bit for + − × ÷ and comparisons, and within 1 ulp for elementary
        functions (silu, gelu, logaddexp and the slopes of tanh, sigmoid and powers are several); `exact=False` lets
        llvm round a product together with the sum that it goes into.
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


def trace(outputs: Sequence[Value], inputs: Sequence[Value]) -> Tape:
    """The tape of the graph below `outputs` as a function of the leaves `inputs`; all other leaves are constants."""
    tape, constants = traced(outputs, inputs)
    holds(*inputs, *constants)
    return tape


def holds(*leaves: Any) -> None:
    """Tell whoever watches that the numbers of some leaves are in a tape, and leave the graph by it."""
    tell("what a tape of its own holds", *leaves, remedy=CALL)


def traced(outputs: Sequence[Value], inputs: Sequence[Value]) -> tuple[Tape, list[Value]]:
    """The tape, and the leaves that are its constants."""
    for name, nodes in (("outputs", outputs), ("inputs", inputs)):
        if not isinstance(nodes, (list, tuple)):
            raise TypeError(f"trace: expected {name} to be a list of Values, got {shown(nodes)}")
        for node in nodes:
            if not isinstance(node, Value):
                raise TypeError(f"trace: expected {name} to be Values, got {shown(node)}")
    for x in inputs:
        if not isinstance(x.label, str):
            raise TypeError(f"trace: expected every label to be a str, got {shown(x.label)}")
    with uncollected():
        numbers: dict[Value | None, int] = {None: NONE}  # a node without a second parent has None in its place
        numbers.update(zip(inputs, count()))
        steps = interior(outputs)
        constants = [x for x in leaves(steps, outputs) if x not in numbers]
        if any(x.op for x in inputs):
            steps = [x for x in steps if x not in numbers]
        numbers.update(zip(chain(constants, steps), count(len(inputs))))
        tape = Tape(
            labels=tuple([x.label for x in inputs]),
            constants=tuple([x._data for x in constants]),
            instructions=_columns(steps, numbers),
            outputs=tuple([numbers[y] for y in outputs]),
            n_primal=len(steps),
            example=tuple([x._data for x in inputs]),
        )
        return tape, constants


def _columns(nodes: Sequence[Value], numbers: dict[Value | None, int]) -> Instructions:
    """The ops of some nodes and the numbers of their parents."""
    return Instructions(
        [node.op for node in nodes],  # type: ignore[misc]  # what an op made has one
        [numbers[node._first] for node in nodes],
        [numbers[node._second] for node in nodes],
        {i: tuple([numbers[x] for x, _ in rest]) for i, rest in enumerate(map(attrgetter("_rest"), nodes)) if rest},
    )
