"""What is wrong with a partial that was stated: held to the one that follows from the definition, term by term.

Both are written as graphs, the derived one multiplied out into summands. The difference is then looked for at many
points at once: a summand that is missing or has another factor, a constant too much, and last a place in the stated
formula where another number, one more summand or a factor would put it right.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

from autograd_lite import ops
from autograd_lite.derivatives.linearize import columns
from autograd_lite.op import Number, Op
from autograd_lite.tape import Tape, trace
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import label_math
from autograd_lite.value import Constant, Value

TOLERANCE = 1e-7  # of the largest number in the sum
MOST_SUMMANDS = 12
MOST_PLACES = 80  # of the stated formula

Numbers = Sequence[float]


def misstated(
    op: Op, derived: Callable[..., tuple[Number, ...]], i: int, names: Sequence[str], points: Sequence[Numbers]
) -> str:
    """What is wrong with the op's i-th partial, in words; "" where it is the derived one at all points."""
    wanted = [derived(*p, 0.0)[i] for p in points]
    got = [op.partials(*p, op.forward(*p))[i] for p in points]
    xs = [Value(x, name) for x, name in zip(points[0], names, strict=True)]
    root = _written(op, xs, i)
    terms, finer = (_Terms(_summands(root, most), xs, points) for most in (0, MOST_SUMMANDS))
    scales = [max(1e-30, abs(w), *map(abs, column)) for w, column in zip(wanted, finer.columns, strict=True)]
    if _vanish([g - w for g, w in zip(got, wanted, strict=True)], scales):
        return ""
    out = Value(op.forward(*points[0]), "out")
    tape = trace([_value(op.partials(*xs, out)[i])], [*xs, out])
    rows = [[*p, op.forward(*p)] for p in points]
    told = itertools.chain(
        _of_the_whole(got, wanted, scales, terms),
        _of_summands(got, wanted, scales, terms, finer),
        _of_places(tape, [*names, "out"], rows, wanted, scales),
        _of_several(got, wanted, scales, terms),
        _of_several(got, wanted, scales, finer),
    )
    found = next(told, "")
    worst = max(range(len(points)), key=lambda k: _size(got[k] - wanted[k]) / scales[k])
    at = ", ".join(f"{name} = {x:.4g}" for name, x in zip(names, points[worst], strict=True))
    where = f"at {at} it is {got[worst]:.6g}, the definition's {wanted[worst]:.6g}"
    return f"{found} ({where})" if found else f"{where}; the definition's is {_cut(' + '.join(terms.texts))}"


def _written(op: Op, xs: Sequence[Value], i: int) -> Value:
    """The i-th partial as a person derives it, by the product rule from the inputs up: so sums stay in brackets."""
    assert op.definition is not None
    row = next(columns([_value(op.definition(*xs))], xs, create_graph=True))
    return _as_told(_value(row[i]), xs)


def _as_told(root: Value, xs: Sequence[Value]) -> Value:
    """The same as it is read: parts of rules by what they are told as."""
    tape = trace([root], xs)
    numbers: list[Number] = [*xs, *map(Constant, tape.constants)]
    for op, arguments in tape.instructions:
        numbers.append((op.told or op)(*[numbers[a] for a in arguments]))
    return _value(numbers[tape.outputs[0]])


def _of_the_whole(got: Numbers, wanted: Numbers, scales: Numbers, terms: _Terms) -> Iterator[str]:
    """A factor, a summand that is missing, or a constant too much."""
    rest = [g - w for g, w in zip(got, wanted, strict=True)]
    if any(got):
        yield from _of_factor("it", _factor(got, wanted))
    for column, text in terms:
        if terms.several and _vanish([r + t for r, t in zip(rest, column, strict=True)], scales):
            yield f"the term {text} is missing"
    if (constant := _same(rest)) is not None:
        yield f"a constant {constant:.6g} too much" if constant > 0 else f"a constant {-constant:.6g} is missing"


def _of_summands(got: Numbers, wanted: Numbers, scales: Numbers, terms: _Terms, finer: _Terms) -> Iterator[str]:
    """One summand with another factor, or without one of its own; or one that shows when it is multiplied out."""
    rest = [g - w for g, w in zip(got, wanted, strict=True)]
    for column, text in terms:
        yield from _of_factor(f"the term {text}", _factor([r + t for r, t in zip(rest, column, strict=True)], column))
    for (column, text), factors in zip(terms, terms.factors, strict=True):
        for factor, factor_text in factors:
            without = [t / f if f else math.inf for t, f in zip(column, factor, strict=True)]
            if _vanish([r + t - w for r, t, w in zip(rest, column, without, strict=True)], scales):
                yield f"the factor {factor_text} is missing in the term {text}"
    for column, text in finer:
        if finer.several and _vanish([r + t for r, t in zip(rest, column, strict=True)], scales):
            yield f"the term {text} is missing"


def _of_several(got: Numbers, wanted: Numbers, scales: Numbers, terms: _Terms) -> Iterator[str]:
    """Two or three summands that are missing."""
    rest, columns = [g - w for g, w in zip(got, wanted, strict=True)], [column for column, _ in terms]
    for size in (2, 3):
        for chosen in itertools.combinations(range(len(columns)), size):
            missing = [r + math.fsum(columns[k][p] for k in chosen) for p, r in enumerate(rest)]
            if len(columns) > size and _vanish(missing, scales):
                yield f"the terms {', '.join(terms.texts[k] for k in chosen)} are missing"


def _of_factor(what: str, factor: float | None) -> Iterator[str]:
    if factor is not None and factor == -1.0:
        yield f"{what} has the wrong sign"
    elif factor is not None and factor != 0.0:
        yield f"{what} is {factor:.6g} times what it should be"


class _Terms:
    """A partial as a sum: for each summand its numbers at all points and its text, and those of its `factors`."""

    def __init__(self, summands: list[Value], xs: Sequence[Value], points: Sequence[Numbers]) -> None:
        factors = [_products(summand) for summand in summands]
        tape = trace([*summands, *itertools.chain(*factors)], xs).simplified()  # there are factors of 1
        self.columns = [_outputs(tape, p)[: len(summands)] for p in points]
        numbers = [list(column) for column in zip(*[_outputs(tape, p) for p in points], strict=True)]
        written = _formulas(tape, [x.label for x in xs])
        both = [(column, written[place].math.text) for column, place in zip(numbers, tape.outputs, strict=True)]
        self._summands, rest = both[: len(summands)], iter(both[len(summands) :])
        self.factors = [list(itertools.islice(rest, len(found))) for found in factors]
        self.texts = [text for _, text in self._summands]
        self.several = len(summands) > 1

    def __iter__(self) -> Iterator[tuple[list[float], str]]:
        return iter(self._summands)


def _summands(node: Value, most: int) -> list[Value]:
    """What a node adds up, with products of sums multiplied out up to this many summands."""
    if node.op is ops.add:
        return [*_summands(node.parents[0], most), *_summands(node.parents[1], most)]
    if node.op is ops.subtract:
        return [*_summands(node.parents[0], most), *(-x for x in _summands(node.parents[1], most))]
    if node.op is ops.negate:
        return [-x for x in _summands(node.parents[0], most)]
    if node.op is ops.multiply and most:
        left, right = (_summands(parent, most) for parent in node.parents)
        if 1 < len(left) * len(right) <= most:
            return [a * b for a in left for b in right]
    return [node]


def _products(node: Value) -> list[Value]:
    """The factors of a node, and the products of them that stand in brackets."""
    if node.op is ops.negate:
        return _products(node.parents[0])
    if node.op is not ops.multiply:
        return []
    return [x for parent in node.parents if type(parent) is not Constant for x in (parent, *_products(parent))]


def _of_places(
    tape: Tape, names: Sequence[str], rows: Sequence[Numbers], wanted: Numbers, scales: Numbers
) -> Iterator[str]:
    """The places in a formula where another number would put it right, the same change at all points."""
    texts = _formulas(tape, names)
    first = len(tape.labels) + len(tape.constants)
    changes: list[tuple[int, list[float], list[float]]] = []
    for place in range(min(first + len(tape.instructions), MOST_PLACES)):
        needed = [_needed(tape, row, place, w, s) for row, w, s in zip(rows, wanted, scales, strict=True)]
        there = [x for x in needed if x is not None]
        if len(there) == len(rows):
            changes.append((place, [_outputs(replaced(tape, place), row)[0] for row in rows], there))
    for place, _, there in changes:
        number = _same(there)
        if len(tape.labels) <= place < first and number is not None:
            yield f"the constant {texts[place].math.text} should be {number:.6g} in {_user(tape, texts, place)}"
    for place, now, there in changes:
        text, constant = texts[place].math.text, _same([x - n for x, n in zip(there, now, strict=True)])
        if place >= first and constant is not None:
            yield (
                f"a constant {constant:.6g} is missing beside {text}" if constant > 0
                else f"a constant {-constant:.6g} is too much beside {text}"
            )  # fmt: skip
        if place >= first:
            yield from _of_factor(f"the factor {text}", _factor(now, there))
        if place not in range(len(tape.labels), first) and _vanish(
            [x - n * n for x, n in zip(there, now, strict=True)], scales
        ):
            yield f"{text} should be squared in {_user(tape, texts, place)}"


def replaced(tape: Tape, place: int) -> Tape:
    """The tape that gives the number at a place."""
    return Tape(tape.labels, tape.constants, tape.instructions, (place,), tape.n_primal, tape.example)


def _user(tape: Tape, texts: Sequence[Formula], place: int) -> str:
    first = len(tape.labels) + len(tape.constants)
    users = [k for k, step in enumerate(tape.instructions) if place in step.arguments]
    return texts[first + users[0]].math.text if users else "it"


def _needed(tape: Tape, row: Numbers, place: int, wanted: float, scale: float) -> float | None:
    """What the number at a place has to be for the tape to give what is wanted, by the secant method."""
    x = _outputs(replaced(tape, place), row)[0]
    points = [x, x + 0.1 * max(1.0, abs(x))]
    misses = [_run(tape, row, place, x) - wanted for x in points]
    for _ in range(12):
        slope = misses[-1] - misses[-2]
        if not math.isfinite(slope) or slope == 0.0:
            return None
        points.append(points[-1] - misses[-1] * (points[-1] - points[-2]) / slope)
        misses.append(_run(tape, row, place, points[-1]) - wanted)
        if abs(misses[-1]) <= 1e-11 * scale:
            return points[-1]
    return None


def _run(tape: Tape, row: Numbers, place: int, number: float) -> float:
    """The tape's output with another number at a place."""
    numbers = [*row, *tape.constants]
    if place < len(numbers):
        numbers[place] = number
    for step in tape.instructions:
        result = step.op.forward(*[numbers[a] for a in step.arguments])
        numbers.append(number if len(numbers) == place else result)
    return numbers[tape.outputs[0]]


def _outputs(tape: Tape, row: Numbers) -> list[float]:
    numbers = tape.run(row)
    return [numbers[place] for place in tape.outputs]


def _formulas(tape: Tape, names: Sequence[str]) -> list[Formula]:
    """Every number of a tape, written."""
    numbers = [*(Formula(label_math(name)) for name in names), *map(Formula.of, tape.constants)]
    for step in tape.instructions:
        numbers.append(Formula._apply(step.op, *[numbers[a] for a in step.arguments]))
    return numbers


def _cut(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def _value(x: Number) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _size(x: float) -> float:
    return abs(x) if math.isfinite(x) else math.inf


def _vanish(numbers: Numbers, scales: Numbers) -> bool:
    """Whether all are 0, as far as rounding tells."""
    return all(abs(x) <= TOLERANCE * scale for x, scale in zip(numbers, scales, strict=True))


def _same(numbers: Numbers) -> float | None:
    """The number that all of them are, nicely rounded where that is as good; None if they differ."""
    if not all(map(math.isfinite, numbers)):
        return None
    mean = math.fsum(numbers) / len(numbers)
    if max(abs(x - mean) for x in numbers) > 1e-6 * max(1e-3, abs(mean)):
        return None
    return round(mean, 6) if abs(round(mean, 6) - mean) < 1e-7 else mean


def _factor(numbers: Numbers, others: Numbers) -> float | None:
    """What the others are multiplied by, the same at all points; None if there is no such factor."""
    pairs = [(a, b) for a, b in zip(numbers, others, strict=True) if b != 0.0]
    return _same([a / b for a, b in pairs]) if len(pairs) > len(numbers) // 2 else None
