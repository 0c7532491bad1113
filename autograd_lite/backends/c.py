"""C from statements: one C99 file that needs math.h alone, for loops over named arrays, the function and its gradient.

    for (int i = 0; i < 16; i++) {
        double sum = b1[i];
        for (int k = 0; k < 2; k++) sum += w1[2 * i + k] * x[k];
        z1[i] = sum;
    }

+ − × ÷ and comparisons come out to the bit if the compiler keeps to IEEE 754 (-ffp-contract=off); elementary functions
are those of its libm. Arrays are named as in `loops.naming`: labels are data, and never code.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from autograd_lite import ops
from autograd_lite.backends.c_library import CALL, FORMS, LIBM, definitions, has
from autograd_lite.backends.loops.naming import Arrays, Place, Target, outgoing
from autograd_lite.backends.loops.runs import Run, Tree, contiguous
from autograd_lite.backends.loops.slices import indexed, joined
from autograd_lite.backends.loops.statements import Statement
from autograd_lite.backends.loops.writing import ROWS
from autograd_lite.backends.standalone import described, laid_out, signed
from autograd_lite.tape import Tape

SHORT = 3  # a run of so many terms is written out
WIDTH = 100  # columns
STACK = 8192  # doubles: more than that do not go on the stack


def standalone(tape: Tape) -> str:
    """The file: `program`, and `gradient` for a tape of one output.

    Raises ValueError for an op that has neither a form in C nor a definition.
    """
    functions = signed(tape, has)
    used = {op for _, part in functions for op in part.instructions.ops}
    for op in used:
        if not has(op):
            raise ValueError(
                f"source: the op {op.name} has neither a form in C nor a definition; define() it by other ops"
            )
    told = [
        "program returns the value, or fills it; gradient also fills the derivatives by each input.",
        "To the bit the same as recorded for + - * / with -ffp-contract=off.",
    ]
    head = "\n".join(["/*", *(f" * {line}" for line in [*described(tape), *told]), " */", "#include <math.h>"])
    written = [_function(name, part) for name, part in functions]
    called = {op.name for op in used if _occurs(op.name, "".join(written))}  # what a part is told by is not computed
    return "\n\n".join([head, *definitions(called), *written]) + "\n"


def _function(name: str, tape: Tape) -> str:
    """One function: inputs and results are its parameters; a value alone is what it returns."""
    arrays, target = laid_out(tape, keeps_numbers=False)
    returns = "value" in arrays.scalars
    inputs = [_parameter(arrays, x, "const double") for x in arrays.inputs]
    results = [f"double {x}[{size}]" for x, size in arrays.outputs.items() if size and not (returns and x == "value")]
    body = [*_locals(arrays), *(line for s in arrays.loops.statements for line in _Writer(arrays, s).lines())]
    body += _stored(arrays, target)
    text = "\n".join(body)
    unused = [f"(void){x};" for x in arrays.inputs if not _occurs(x, text)]
    head = _head("double" if returns else "void", name, [*inputs, *results])
    body = [*unused, *body, *["return value;"] * returns]
    return "\n".join([head, *(f"    {line}" for line in body), "}"])


def _head(kind: str, name: str, parameters: Sequence[str]) -> str:
    """The first line of a function, or lines where there are many parameters."""
    whole = f"{kind} {name}({', '.join(parameters) or 'void'}) {{"
    if len(whole) <= WIDTH:
        return whole
    lines = textwrap.wrap(", ".join(parameters), WIDTH - 8, break_long_words=False)
    return "\n".join([f"{kind} {name}(", *(f"        {line}" for line in lines)]) + ") {"


def _parameter(arrays: Arrays, name: str, kind: str) -> str:
    return f"double {name}" if name in arrays.scalars else f"{kind} {name}[{arrays.size(name)}]"


def _occurs(name: str, text: str) -> bool:
    padded = "".join(c if c.isalnum() or c == "_" else " " for c in text)
    return f" {name} " in f" {padded} "


def _locals(arrays: Arrays) -> list[str]:
    """The tables of constants, and the arrays that statements fill; large ones do not go on the stack."""
    lines = []
    for name, table in arrays.tables.items():
        numbers, head = ", ".join(map(_literal, table)), f"static const double {name}[{len(table)}] = {{"
        if len(numbers) + len(head) < WIDTH:
            lines.append(f"{head}{numbers}}};")
        else:
            lines += [head, *(f"    {row}" for row in textwrap.wrap(numbers, WIDTH - 4)), "};"]
    own = {name: arrays.loops.sizes[a] for a, name in arrays.computed.items() if name not in arrays.outputs}
    if "value" in arrays.scalars:
        own["value"] = 1
    storage = "static double" if sum(own.values()) > STACK else "double"
    scalars = [name for name in own if name in arrays.scalars]
    vectors = [f"{name}[{size}]" for name, size in own.items() if name not in arrays.scalars]
    lines += [f"double {', '.join(scalars[i : i + 12])};" for i in range(0, len(scalars), 12)]
    return lines + [f"{storage} {', '.join(vectors[i : i + 8])};" for i in range(0, len(vectors), 8)]


class _Writer:
    """Writes a statement as loops around one assignment."""

    def __init__(self, arrays: Arrays, statement: Statement) -> None:
        self.arrays, self.statement = arrays, statement
        self.names = [ROWS[d] for d in range(len(statement.dims))]

    def lines(self) -> list[str]:
        """The loops, and what stands in them."""
        statement = self.statement
        name = self.arrays.computed[statement.storage]
        place = Place(name, statement.base, contiguous(statement.dims), 0)
        left = _item(self.arrays, place, self.names)
        is_sum = statement.fold is ops.add
        is_short = is_sum and all(run.count <= SHORT for run in statement.runs)
        body = [f"{left} = {self._short()};"] if is_short else self._sum(left) if is_sum else self._row(left)
        return _nested(self.names, statement.dims, body)

    def _short(self) -> str:
        return " + ".join(
            _within(self._term(run, k), 1 if i + k else 0)
            for i, run in enumerate(self.statement.runs)
            for k in range(run.count)
        )

    def _sum(self, left: str) -> list[str]:
        first, *rest = self.statement.runs
        if first.count == 1:
            lines = [f"double sum = {self._term(first, 0)[0]};"]
        else:
            lines, rest = ["double sum = -0.0;"], [first, *rest]
        for run in rest:
            if run.count <= SHORT:
                lines += [f"sum += {self._term(run, k)[0]};" for k in range(run.count)]
            else:
                lines.append(f"for (int k = 0; k < {run.count}; k++) sum += {self._term(run, None)[0]};")
        return ["{", *(f"    {line}" for line in [*lines, f"{left} = sum;"]), "}"]

    def _row(self, left: str) -> list[str]:
        """A row of any number of inputs: they are put side by side."""
        lines, n = [f"double xs[{self.statement.terms}];"], 0
        for run in self.statement.runs:
            if run.count == 1:
                lines.append(f"xs[{n}] = {self._term(run, 0)[0]};")
            else:
                place = indexed(n, [(1, "k")])
                lines.append(f"for (int k = 0; k < {run.count}; k++) xs[{place}] = {self._term(run, None)[0]};")
            n += run.count
        return ["{", *(f"    {line}" for line in [*lines, f"{left} = {self.statement.fold.name}({n}, xs);"]), "}"]

    def _term(self, run: Run, k: int | None) -> tuple[str, int]:
        """A term of a run: the k-th, or that of the variable k."""
        refs = [self._read(run, r, k) for r in range(len(run.refs))]
        return self._tree(run.tree, refs)

    def _read(self, run: Run, r: int, k: int | None) -> str:
        constant = self.arrays.constant(run.refs[r])
        if constant is not None:
            return _literal(constant)
        place = self.arrays.place(run.refs[r], run.deltas[r], self.statement.dims, run.count)
        if k is not None:
            place = place._replace(start=place.start + k * place.delta, delta=0)
        return _item(self.arrays, place, self.names)

    def _tree(self, tree: Tree, refs: Sequence[str]) -> tuple[str, int]:
        if isinstance(tree, int):
            return refs[tree], CALL
        op, *parts = tree
        texts = [self._tree(part, refs) for part in parts]
        if op.name not in FORMS:
            return f"{LIBM.get(op.name, op.name)}({', '.join(text for text, _ in texts)})", CALL
        form, binds = FORMS[op.name]
        return form.format(*[_within(text, binds + (i > 0)) for i, text in enumerate(texts)]), binds


def _within(text: tuple[str, int], binds: int) -> str:
    """A piece in brackets if it binds more loosely than that; two signs in a row would be a decrement."""
    return text[0] if text[1] >= binds and not (binds == 2 and text[0].startswith("-")) else f"({text[0]})"


def _item(arrays: Arrays, place: Place, names: Sequence[str]) -> str:
    """One number of an array."""
    if place.array in arrays.scalars:
        return place.array
    return f"{place.array}[{indexed(place.start, [*zip(place.strides, names, strict=True), (place.delta, 'k')])}]"


def _nested(names: Sequence[str], dims: Sequence[int], body: list[str]) -> list[str]:
    """Loops around an assignment or a block."""
    loops = [f"for (int {name} = 0; {name} < {count}; {name}++)" for name, count in zip(names, dims, strict=True)]
    if not loops:
        return body
    lines = []
    for depth, loop in enumerate(loops[:-1]):
        lines.append("    " * depth + loop)
    indent = "    " * (len(loops) - 1)
    one_line = f"{indent}{loops[-1]} {body[0]}"
    if len(one_line) <= WIDTH or len(body) > 1:
        return [*lines, one_line, *(indent + line for line in body[1:])]
    return [*lines, indent + loops[-1], f"{indent}    {body[0]}"]


def _stored(arrays: Arrays, target: Target) -> list[str]:
    """The outputs put where they go."""
    lines = []
    for place, made, dims in outgoing(arrays, target):
        if isinstance(made, Place):
            place, made, dims = joined(place, made, dims)
        names = ROWS[: len(dims)]
        value = _item(arrays, made, names) if isinstance(made, Place) else _literal(made)
        lines += _nested(names, dims, [f"{_item(arrays, place, names)} = {value};"])
    return lines


def _literal(x: float) -> str:
    """A double as source that gives the same double, in brackets if it has a sign."""
    if math.isnan(x):
        return "NAN"
    text = "INFINITY" if math.isinf(x) else repr(abs(x))
    return f"(-{text})" if math.copysign(1.0, x) < 0.0 else text
