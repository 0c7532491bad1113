"""A program to keep: one Python file that needs nothing, with the function, its gradient and the ops that they use.

Inputs and gradients are lists of numbers, one for each family of labels, matrices row after row. Names of lists come
from labels that are plain words, and from the equations where those know one (z1, a1, delta1).
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable

from autograd_lite import floats
from autograd_lite.backends.loops.naming import Arrays, Place, Target
from autograd_lite.backends.loops.python_source import HELPERS, lines, literal, stores
from autograd_lite.backends.loops.recovery import recover
from autograd_lite.backends.loops.runs import INPUTS, Ref, contiguous
from autograd_lite.backends.loops.unrolling import within_families
from autograd_lite.op import Op
from autograd_lite.tape import OFFERS, Tape

COMPARISONS = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "=="}
GUARDED = "exp expm1 sqrt sin cos tan asin acos cosh"  # functions of math that raise where IEEE 754 has an answer

# The ops as Python, each in as few lines as say it; those of `floats` are there already.
SOURCES: dict[str, str] = {
    **{name: f"{name} = guarded(math.{name})" for name in re.findall(r"\w+", GUARDED)},
    **{name: f"{name} = math.{name}" for name in ("atan", "atan2", "hypot", "tanh", "erf", "erfc")},
    "abs": "abs = math.fabs",
    "sinh": "sinh = guarded(math.sinh, lambda x: math.copysign(math.inf, x))",
    **{
        name: f"def {name}(a, b):\n    return 1.0 if a {sign} b else 0.0"
        for name, sign in (
            ("greater", ">"),
            ("greater_equal", ">="),
            ("less", "<"),
            ("less_equal", "<="),
            ("equal", "=="),
        )
    },
    "where": "def where(condition, a, b):\n    return a if condition != 0.0 else b",
    "maximum": "def maximum(a, b):\n    return a if a > b or a != a else b",
    "minimum": "def minimum(a, b):\n    return a if a < b or a != a else b",
    "relu": "def relu(x):\n    return 0.0 if x <= 0.0 else x",
}
GUARD = '''
def guarded(function, overflow=lambda x: math.inf):
    """A function of `math` that has an answer where Python's own raises."""

    def answer(x):
        try:
            return function(x)
        except OverflowError:
            return overflow(x)
        except ValueError:
            return math.nan

    return answer
'''
FROM_FLOATS = (
    "divide", "power", "lower_power", "log", "log1p", "sigmoid", "sigmoid_slope", "tanh_slope", "softplus", "logaddexp",
    "logsumexp", "pick",
)  # fmt: skip
USES = {"lower_power": {"power", "log"}}  # of those the functions that they call
BUILT_IN = ("add", "subtract", "multiply", "negate")


def has(op: Op) -> bool:
    """Whether the file can hold this op; any other is written out by its definition."""
    return op.stands and (op.name in SOURCES or op.name in FROM_FLOATS or op.name in BUILT_IN)


def standalone(tape: Tape) -> str:
    """The file. A tape of one output gets a function `gradient` beside `program`.

    Raises ValueError for an op without a definition.
    """
    functions = signed(tape, has)
    used = {op for _, part in functions for op in part.instructions.ops}
    for op in used:
        if not has(op):
            raise ValueError(f"source: the op {op.name} has no definition; define() it by other ops")
    written = [_function(name, part) for name, part in functions]
    return "\n\n\n".join([_head(tape), *_library({op.name for op in used}), *written]) + "\n"


def signed(tape: Tape, has: Callable[[Op], bool]) -> list[tuple[str, Tape]]:
    """The functions of a program, by name: itself, and its gradient where it has one output or is one already."""

    def written(part: Tape) -> Tape:
        return part if all(has(op) for op in set(part.instructions.ops)) else part.inlined(has)

    if tape.n_gradients:
        return [("gradient", written(tape))]
    found = [("program", written(tape.simplified()))]
    return [*found, ("gradient", written(tape.adjoint()))] if len(tape.outputs) == 1 else found


def described(tape: Tape) -> list[str]:
    """What a file says of itself, in lines."""
    arrays = Arrays(recover(tape), {})
    shapes = [f"{name} ({' × '.join(map(str, shape)) or 'a number'})" for name, shape in arrays.inputs.items()]
    return [
        f"A program recorded by autograd_lite: {len(tape.instructions):,} operations.",
        *textwrap.wrap(f"Inputs: {', '.join(shapes) or 'none'}; matrices row after row.", 100),
    ]


def _head(tape: Tape) -> str:
    first, *rest = described(tape)
    told = "`program` gives the value, `gradient` the value and its derivatives by each input."
    return "\n".join([f'"""{first}', "", *rest, told, '"""', "", "import math"])


def _library(names: set[str]) -> list[str]:
    """The definitions of the ops that are used."""
    names = names.union(*[USES.get(name, ()) for name in names])
    found = [SOURCES[name] for name in SOURCES if name in names]
    short = [f"LN_2 = {floats.LN_2!r}"] * ("logaddexp" in names) + [line for line in found if "def" not in line]
    long = [line for line in found if "def" in line]
    long += [_without_types(inspect.getsource(getattr(floats, name))) for name in FROM_FLOATS if name in names]
    guard = [GUARD.strip()] * any("guarded" in line for line in short)
    return [HELPERS.strip(), *guard, *(["\n".join(short)] * bool(short)), *(source.strip() for source in long)]


def _without_types(source: str) -> str:
    return re.sub(r" -> float:", ":", re.sub(r": float(?=[,)])", "", source))


def _function(name: str, tape: Tape) -> str:
    """One function, its inputs a list for each family."""
    arrays, target = laid_out(tape)
    body = [*lines(arrays), *_kept(arrays, target)]
    tables = [f"    {key} = [{', '.join(map(literal, table))}]" for key, table in arrays.tables.items()]
    head = f"def {name}({', '.join(arrays.inputs)}):"
    result = ", ".join(arrays.outputs)
    return "\n".join([head, *tables, *(f"    {line}" for line in body), f"    return {result}"])


def _kept(arrays: Arrays, target: Target) -> list[str]:
    """The outputs put where they go, into lists that are there already or made for them."""
    kept = stores(arrays, target)
    whole = {line.split(" = ")[0] for line in kept} | set(arrays.computed.values())
    empty = [f"{name} = [0.0] * {size}" for name, size in arrays.outputs.items() if name not in whole]
    return [*empty, *kept]


def laid_out(tape: Tape, keeps_numbers: bool = True) -> tuple[Arrays, Target]:
    """The arrays of a function, and where its outputs go; the derivative by a number is one if `keeps_numbers`."""
    loops = within_families(recover(tape))
    arrays = Arrays(loops, OFFERS["identifiers"](loops))
    target = _Target(arrays, keeps_numbers)
    target.name_what_is_put_out()
    return arrays, target


class _Target:
    """Where outputs go: `value` for the function's own, and for each array of inputs one of derivatives."""

    def __init__(self, arrays: Arrays, keeps_numbers: bool) -> None:
        tape = arrays.loops.tape
        self.arrays, self.first = arrays, len(tape.outputs) - tape.n_gradients
        arrays.outputs["value"] = self.first
        if self.first == 1:
            arrays.scalars.add("value")
        for name in list(arrays.inputs) if tape.n_gradients else ():
            members = [p for p in arrays.members(name) if p < tape.n_gradients]
            if members:
                arrays.outputs[f"d{name}"] = len(members)
            if name in arrays.scalars and keeps_numbers:
                arrays.scalars.add(f"d{name}")

    def __call__(self, output: Ref, dims: tuple[int, ...]) -> Place:
        if output.start < self.first:
            return Place("value", output.start, output.strides, 0)
        place = self.arrays.place(Ref(INPUTS, output.start - self.first, output.strides), 0, dims, 1)
        return place._replace(array=f"d{place.array}")

    def name_what_is_put_out(self) -> None:
        """An array that is nothing but a gradient, or the value, is called so."""
        statements = self.arrays.loops.statements
        for statement in statements:
            name, alone = self.arrays.computed[statement.storage], self.arrays.loops.sizes[statement.storage]
            if statement.output is None or statement.size != alone or name != f"t{statement.storage}":
                continue
            place = self(statement.output, statement.dims)
            is_whole = (place.start, place.strides) == (0, contiguous(statement.dims))
            if is_whole and self.arrays.size(place.array) == alone:
                self.arrays.rename(statement.storage, place.array)
