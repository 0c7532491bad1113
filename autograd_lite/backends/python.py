"""The Python backend: a tape as Python source, with no dependency.

A tape with loops is written statement by statement (see `loops.python_source`), so that the source is short and is
compiled at once however wide the layers are; what has few is straight-line code, one assignment an instruction. All
names and numbers in the source are made here; labels never reach it. `a + b` runs as it does on the eager engine, and
every other op calls its row's `forward`, so the results are the eager engine's to the bit.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd_lite import ops
from autograd_lite.backends import Batches, Batchwise
from autograd_lite.backends.loops.naming import Arrays, Place
from autograd_lite.backends.loops.python_source import HELPERS, lines, literal, stores
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.statements import Loops
from autograd_lite.ops import Op
from autograd_lite.tape import Instruction, Tape

WORTH = 300  # instructions a statement, on average, from which on loops run no slower than straight-line code

# The only ops that Python's own operators compute as IEEE 754 does, and without a call.
INFIX = {ops.add, ops.subtract, ops.multiply, ops.negate}


def supports(tape: Tape) -> bool:
    """Every op has a function of floats."""
    return True


def program(tape: Tape, exact: bool = True, shared: Sequence[float] = ()) -> Program:
    """The tape as a function; always exact."""
    return Program(tape, shared)


def trainer(sample: Tape, penalty: Tape, update: Tape, batches: Batches, clip: Tape | None = None) -> Training:
    """Gradient descent batch by batch, each in generated Python."""
    return Training(sample, penalty, update, batches, clip)


def source(tape: Tape) -> str:
    """The source of a function of one double an input that returns the outputs."""
    loops = _rolled(tape)
    if loops is not None:
        return _function("program(*v)", [*_statements(loops), "return out"])
    calls = _calls(tape)
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    lines = [f"def program({', '.join(names[: len(tape.labels)])}):"]
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        lines.append(f"    v{i} = {_expression(instruction, names, calls)}")
        names.append(f"v{i}")
    return "\n".join([*lines, f"    return ({''.join(names[i] + ', ' for i in tape.outputs)})", ""])


def batch_source(tape: Tape, n_parameters: int, n_outputs: int) -> str:
    """The source of a function that adds up the numbers of a tape over samples.

    The tape's inputs are the parameters and then the numbers of one sample; its first `n_outputs` outputs, and after
    them a gradient, are summed over `rows[i] for i in indices`, from left to right.
    """
    loops = _rolled(tape)
    if loops is not None:
        body = ["v = [*parameters, *rows[index]]", *_statements(loops), "sums = [s + x for s, x in zip(sums, out)]"]
        loop = [f"sums = [0.0] * {len(tape.outputs)}", "for index in indices:", *(f"    {line}" for line in body)]
        return _function(
            "batch(parameters, rows, indices)", [*loop, f"return tuple(sums[:{n_outputs}]), sums[{n_outputs}:]"]
        )
    calls = _calls(tape)
    names = [f"v{i}" for i in range(len(tape.labels))] + [_literal(c) for c in tape.constants]
    sums = [f"s{k}" for k in range(len(tape.outputs))]
    parameters, sample = names[:n_parameters], names[n_parameters : len(tape.labels)]
    lines = ["def batch(parameters, rows, indices):"]
    lines += [f"    {', '.join(parameters)}, = parameters"] if parameters else []
    lines += [f"    {name} = 0.0" for name in sums]
    lines += ["    for index in indices:", f"        {', '.join(sample)}, = rows[index]"]
    for i, instruction in enumerate(tape.instructions, start=len(names)):
        lines.append(f"        v{i} = {_expression(instruction, names, calls)}")
        names.append(f"v{i}")
    lines += [f"        {name} += {names[i]}" for name, i in zip(sums, tape.outputs, strict=True)]
    head, gradient = ", ".join(sums[:n_outputs]), ", ".join(sums[n_outputs:])
    return "\n".join([*lines, f"    return ({head},), [{gradient}]", ""])


def _rolled(tape: Tape) -> Loops | None:
    """The loops of a tape if they are so long that they run no slower than straight-line code."""
    if len(tape.instructions) < WORTH:
        return None
    loops = recover(tape)
    return loops if WORTH * len(loops.statements) <= len(tape.instructions) else None


def _statements(loops: Loops) -> list[str]:
    """The assignments of a program whose inputs are a list `v`, up to that of its outputs, `out`."""
    arrays = Arrays(loops, {}, flat="v")
    tables = [f"{name} = [{', '.join(map(literal, table))}]" for name, table in arrays.tables.items()]
    filled = stores(arrays, lambda output, dims: Place("out", output.start, output.strides, 0))
    return [*tables, *lines(arrays, _calls(loops.tape)), f"out = [0.0] * {len(loops.tape.outputs)}", *filled]


def _function(head: str, body: Sequence[str]) -> str:
    return "\n".join([f"def {head}:", *(f"    {line}" for line in body), ""])


class Program:
    """A tape that runs: `run` gives the outputs for one number an input, `map` for rows of them."""

    def __init__(self, tape: Tape, shared: Sequence[float] = ()) -> None:
        self.run = self._function = _defined(source(tape), tape, "program")
        self._n_inputs, self._n_outputs = len(tape.labels) - len(shared), len(tape.outputs)
        if shared:
            self.share(shared)

    def share(self, numbers: Sequence[float]) -> None:
        """Set the inputs that all rows share anew."""
        self.run = partial(self._function, *numbers)

    def map(self, rows: memoryview, results: memoryview, n: int) -> None:
        """Fill `results` with the outputs for n rows of inputs; both are flat buffers of doubles."""
        numbers = rows.tolist()
        for i in range(n):
            outputs = self.run(*numbers[i * self._n_inputs : (i + 1) * self._n_inputs])
            results[i * self._n_outputs : (i + 1) * self._n_outputs] = array("d", outputs)


class Training(Batchwise):
    """A trainer that adds up a batch in one generated function, and moves one parameter after the other by another."""

    def __init__(self, sample: Tape, penalty: Tape, update: Tape, batches: Batches, clip: Tape | None = None) -> None:
        super().__init__(batches)
        self._n_parameters = len(sample.labels) - batches.width
        n_states = len(update.outputs) - 1
        adjoint = sample.adjoint(output=0, n_gradients=self._n_parameters)
        self._batch = _defined(batch_source(adjoint, self._n_parameters, n_outputs=2), adjoint, "batch")
        self._penalty = Program(penalty.adjoint()).run if penalty.instructions else None
        self._update = Program(update.simplified()).run
        self._clip = Program(clip).run if clip else None
        self._rows: list[tuple[float, ...]] = []
        self.settings = [0.0] * (len(update.labels) - 2 - n_states)
        self.load([0.0] * self._n_parameters, [[0.0] * self._n_parameters] * n_states)

    def load(self, parameters: Sequence[float], states: Sequence[Sequence[float]]) -> None:
        """Set the numbers that the next batch starts from."""
        self.parameters, self.states = list(parameters), [list(state) for state in states]
        if not self._rows or self.batches.are_shared:
            self._rows.clear()
            self._rows += [tuple(self.batches.row(i)) for i in range(self.batches.n)]

    def sums(self, indices: Sequence[int]) -> tuple[float, float, Sequence[float]]:
        """The costs, right answers and gradients of these samples, added up from left to right."""
        (cost, right), gradient = self._batch(self.parameters, self._rows, indices)
        return cost, right, gradient

    def step(self, gradient: Sequence[float], m: int) -> float:
        """Move every parameter, all at once, so that who interrupts finds them as before or as after."""
        penalties = [self._penalty(p) if self._penalty else (0.0, 0.0) for p in self.parameters]
        gradient = [g / m + pull for g, (_, pull) in zip(gradient, penalties, strict=True)]
        if self._clip:
            (factor,) = self._clip(sum(g * g for g in gradient))
            gradient = [g * factor for g in gradient]
        rows = zip(self.parameters, gradient, *self.states, strict=True)
        moved = [self._update(*self.settings, p, g, *state) for p, g, *state in rows]
        parameters, *states = map(list, zip(*moved, strict=True))
        self.parameters, self.states = parameters, states
        return sum(value for value, _ in penalties)


def _defined(text: str, tape: Tape, name: str) -> Callable[..., Any]:
    """The function that the source defines, with the rows of the table that it calls."""
    namespace: dict[str, Any] = {call: op.forward for op, call in _calls(tape).items()}
    namespace.update(inf=math.inf, nan=math.nan)
    exec(HELPERS, namespace)
    exec(compile(text, "<tape>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function


# What the source calls its own things, so that no op may be called that there.
OWN = re.compile(r"[a-z]\d*|program|batch|parameters|rows|index|indices|inf|nan|out|sums|dot|total|zip|range|tuple|sum")


def _calls(tape: Tape) -> dict[Op, str]:
    """What each op is called in the source: by its name, told apart from another op of that name."""
    calls: dict[Op, str] = {}
    for step in tape.instructions:
        if step.op not in calls:
            name = step.op.name
            while name in calls.values() or OWN.fullmatch(name):
                name += "_"
            calls[step.op] = name
    return calls


def _expression(instruction: Instruction, names: list[str], calls: dict[Op, str]) -> str:
    arguments = [names[i] for i in instruction.arguments]
    if instruction.op in INFIX:
        return instruction.op.text.format(*arguments)
    return f"{calls[instruction.op]}({', '.join(arguments)})"


def _literal(x: float) -> str:
    """A double as source that gives the same double; a sign or a name of its own is bracketed."""
    return f"({x!r})"
