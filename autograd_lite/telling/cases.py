"""A derivative with choices in it, written as cases: `1 if x > 0 else 0` for the rule `1 - less_equal(x, 0)`.

A rule of the table chooses by comparisons, which are numbers, so that it is one formula for every kind of number. What
is compared lies somewhere on a line that the comparisons cut into points and gaps; in each place they are known, and
the rule becomes a formula without choices. Places in which it becomes the same formula make one case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import isfinite

from autograd_lite.ops import SUM
from autograd_lite.telling.formula import Formula
from autograd_lite.telling.notation import Math

COMPARISONS = (">", "≥", "<", "≤", "=")  # the symbols of the rows that are one
LIMIT = 300  # parts of a formula, and places: beyond either it is left as it stands


@dataclass
class Line:
    """Where `left` may lie: below, at or above `right`, or each of the numbers in `cuts`, from left to right.

    Places are counted from 0; the odd ones are the cuts themselves.
    """

    left: Formula
    right: Formula | None  # None: the cuts are numbers
    cuts: list[float] = field(default_factory=list)

    @property
    def n_places(self) -> int:
        """The number of points and gaps."""
        return 2 * len(self.cuts) + 1

    def now(self) -> int | None:
        """The place in which it lies at this moment, if that is known."""
        x, y = self.left.now, 0.0 if self.right is None else self.right.now
        if x is None or y is None:
            return None
        return sum((x - y > cut) + (x - y >= cut) for cut in self.cuts)

    def condition(self, places: Sequence[int]) -> Math | None:
        """What holds in these places, if that can be said in one relation or two."""
        first, last, end = places[0], places[-1], self.n_places - 1
        missing = [place for place in range(end + 1) if place not in places]
        if len(missing) == 1 and missing[0] % 2 and 0 < missing[0] < end:
            return self._relation(" ≠ ", r" \ne ", missing[0])
        if missing and last - first + 1 != len(places):
            return None
        if first == last and first % 2:
            return self._relation(" = ", " = ", first)
        if first == 0:
            return self._relation(" ≤ ", r" \le ", last) if last % 2 else self._relation(" < ", " < ", last + 1)
        if last == end:
            return self._relation(" ≥ ", r" \ge ", first) if first % 2 else self._relation(" > ", " > ", first - 1)
        below = self._at(first if first % 2 else first - 1), (" ≤ ", r" \le ") if first % 2 else (" < ", " < ")
        above = self._relation(*((" ≤ ", r" \le ", last) if last % 2 else (" < ", " < ", last + 1)))
        return Math(below[0].text + below[1][0] + above.text, below[0].latex + below[1][1] + above.latex)

    def _relation(self, text: str, latex: str, place: int) -> Math:
        other = self._at(place)
        return Math(self.left.math.text + text + other.text, self.left.math.latex + latex + other.latex)

    def _at(self, place: int) -> Math:
        """What it equals at a cut."""
        return Formula.of(self.cuts[place // 2]).math if self.right is None else self.right.math


Places = tuple[int, ...]  # one on each line
Key = tuple[str, str]  # of a line: the texts of what is compared, "" for numbers


def in_cases(formula: Formula) -> Formula:
    """The formula by cases, where there are any; those that hold at single points only if they hold now."""
    parts = list(_parts(formula))
    lines = _lines(parts)
    sizes = [line.n_places for line in lines.values()]
    everywhere: list[Places] = list(product(*map(range, sizes))) if len(parts) < LIMIT else []
    if not lines or not 0 < len(everywhere) < LIMIT:
        return formula
    found: dict[str, tuple[Formula, list[Places]]] = {}
    for places in everywhere:
        place = dict(zip(lines, places, strict=True))
        chosen = _chosen(formula, lines, place, at_cuts=True)
        if any(x.value is not None and not isfinite(x.value) for x in _parts(chosen)):
            chosen = _chosen(formula, lines, place, at_cuts=False)
        found.setdefault(chosen.math.text, (chosen, []))[1].append(places)
    now = tuple(line.now() for line in lines.values())
    kept = [(f, places) for f, places in found.values() if None in now or now in places or _measure(places)]
    return _written(kept or list(found.values()), list(lines.values())) or formula


def _parts(formula: Formula) -> Iterator[Formula]:
    """The formula and all that it is made of, as far as the limit."""
    stack, count = [formula], 0
    while stack and count < LIMIT:
        part = stack.pop()
        count += 1
        yield part
        stack += part.arguments


def _is_comparison(part: Formula) -> bool:
    return part.op is not None and part.op.symbol in COMPARISONS and len(part.arguments) == 2


def _key(left: Formula, right: Formula) -> Key:
    """The line of a comparison: that of its unknown side, or of both in the order of their texts."""
    if right.value is not None:
        return left.math.text, ""
    if left.value is not None:
        return right.math.text, ""
    return min((left.math.text, right.math.text), (right.math.text, left.math.text))


def _lines(parts: Sequence[Formula]) -> dict[Key, Line]:
    """The lines on which the comparisons in a formula choose."""
    lines: dict[Key, Line] = {}
    for part in filter(_is_comparison, parts):
        if part.arguments[0].math.text == part.arguments[1].math.text:
            continue
        left, right = sorted(part.arguments, key=lambda x: (x.value is not None, x.math.text))
        line = lines.setdefault(_key(left, right), Line(left, None if right.value is not None else right))
        cut = 0.0 if right.value is None else right.value
        if cut not in line.cuts:
            line.cuts = sorted([*line.cuts, cut])
    return lines


def _chosen(formula: Formula, lines: Mapping[Key, Line], places: Mapping[Key, int], at_cuts: bool) -> Formula:
    """The formula where everything that is compared lies in the given places; `at_cuts`, with the number that it is."""
    if formula.op is None:
        key = formula.math.text, ""
        return Formula.of(lines[key].cuts[places[key] // 2]) if at_cuts and places.get(key, 0) % 2 else formula
    if _is_comparison(formula):
        left, right = formula.arguments
        key = _key(left, right)
        if key[0] == key[1]:
            return Formula.of(formula.op.forward(0.0, 0.0))
        line, place = lines[key], places[key]
        known = right.value if right.value is not None else left.value
        cut = 2 * line.cuts.index(0.0 if known is None else known) + 1
        sign = (place > cut) - (place < cut)
        turned = left.value is not None or (right.value is None and left.math.text != line.left.math.text)
        return Formula.of(formula.op.forward(float(-sign if turned else sign), 0.0))
    return Formula._apply(formula.op, *[_chosen(x, lines, places, at_cuts) for x in formula.arguments])


def _measure(places: Sequence[Places]) -> int:
    """In how many places a case holds that are more than single points."""
    return sum(all(place % 2 == 0 for place in each) for each in places)


def _written(cases: Sequence[tuple[Formula, list[Places]]], lines: Sequence[Line]) -> Formula | None:
    """The cases, the most common one last, of three a 0; None where a condition would be too long to say."""
    if len(cases) == 1:
        return cases[0][0]
    conditions = [_condition(places, lines) for _, places in cases]
    common = [_measure(places) for _, places in cases]
    zero, many = [f.value == 0.0 for f, _ in cases], len(cases) > 2
    last = max(
        range(len(cases)),
        key=lambda i: (conditions[i] is None, many and zero[i], common[i], zero[i], len(cases[i][1])),
    )
    others = sorted((i for i in range(len(cases)) if i != last), key=lambda i: -common[i])
    said = [(cases[i][0].math, conditions[i]) for i in others]
    otherwise = cases[last][0].math
    text, latex = [], []
    for math, condition in said:
        if condition is None:
            return None
        text.append(f"{math.text} if {condition.text}")
        latex.append(rf"{math.latex} & \text{{if }} {condition.latex} \cr ")
    joint = " else " if len(said) == 1 else ", else "
    return Formula(
        Math(
            ", ".join(text) + joint + otherwise.text,
            rf"\begin{{cases}} {''.join(latex)}{otherwise.latex} & \text{{else}} \end{{cases}}",
        ),
        SUM - 1,
    )


def _condition(places: Sequence[Places], lines: Sequence[Line]) -> Math | None:
    """What holds in these places alone: a relation on each line that matters."""
    on_each = [sorted({each[i] for each in places}) for i in range(len(lines))]
    size = 1
    for here in on_each:
        size *= len(here)
    if size != len(places):
        return None
    said: list[Math] = []
    for here, line in zip(on_each, lines, strict=True):
        if len(here) < line.n_places:
            condition = line.condition(here)
            if condition is None:
                return None
            said.append(condition)
    return Math(" and ".join(c.text for c in said), r" \text{ and } ".join(c.latex for c in said))
