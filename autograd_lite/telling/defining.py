"""`define`: a row of the table in a person's own program, checked before it is entered."""

from __future__ import annotations

import inspect
import keyword
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite.composite import Plain, partials_of, plain, row
from autograd_lite.errors import as_float, shown
from autograd_lite.op import PARTS, TABLE, Interval, Number, Op
from autograd_lite.ops import FUNCTIONS
from autograd_lite.telling.misstated import misstated
from autograd_lite.value import Value, add_method
from autograd_lite.wellformed import takes

OWN: dict[str, Op] = {}  # the rows that were defined, which may be defined anew
MORE = 3  # how many inputs tests try in the place of *xs
N_POINTS = 24


def define(
    name: str,
    definition: Callable[..., Number],
    partials: Callable[..., Number] | None = None,
    *,
    text: str = "",
    latex: str = "",
    domain: Any = (-3.0, 3.0),
    symbol: str = "",
    meaning: str = "",
) -> Op:
    """A new op: a function of floats and Values, with every order of derivatives, on every backend.

    `definition(x, …)` says it by operators and other ops; its parameters are the inputs, `*xs` any number of them.
    Without `partials(x, …, out)` the derivatives follow from the definition. Stated ones, a number for each input, are
    what runs, after they were held to the definition inside `domain`: an interval, or one an input. `text` and `latex`
    are templates with one {} an input. The op is a method of Value, too. A name may be defined anew.

    Raises ValueError for a name that is taken, and for partials that are not the definition's, naming the term that
    is missing or wrong; TypeError for what is no function of the table's ops.
    """
    _check_name(name)
    for argument, words in (("text", text), ("latex", latex), ("symbol", symbol), ("meaning", meaning)):
        if not isinstance(words, str):
            raise TypeError(f"define: expected {argument} to be a str, got {shown(words)}")
    names, variadic = _inputs(definition)
    n_slots = len(names)
    intervals = _domain(domain, n_slots + (MORE - 1) * variadic)
    for argument, template in (("text", text), ("latex", latex)):
        if template and template.count("{}") != n_slots:
            raise ValueError(f"define: expected {argument} with {n_slots} {{}}, one an input, got {shown(template)}")
    rule = None if partials is None else _stated(partials, name, len(intervals))
    op = row(
        name, None, rule, intervals, symbol, text, latex,
        definition=definition, n_slots=n_slots if variadic else None, meaning=meaning,
    )  # fmt: skip
    labels = [*names[: n_slots - variadic], *(f"{names[-1]}[{k}]" for k in range(MORE))] if variadic else names
    _check(op, labels, derived=partials_of(definition), stated=rule is not None)
    TABLE[name] = FUNCTIONS[name] = OWN[name] = op
    add_method(op)
    return op


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"define: expected name to be a str, got {shown(name)}")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(f"define: expected name to be a word like swish2, got {shown(name)}")
    if name not in OWN and (name in TABLE or name in PARTS or hasattr(Value, name)):
        what = (
            "an op of the table" if name in TABLE else "a part of a rule" if name in PARTS else "an attribute of Value"
        )
        raise ValueError(f"define: expected a name that is free, got {name!r}, {what}")


def _inputs(definition: object) -> tuple[list[str], bool]:
    """The names of a definition's parameters, and whether the last is *xs."""
    if not callable(definition):
        raise TypeError(f"define: expected definition to be a function, got {shown(definition)}")
    if isinstance(definition, Op) and not definition.variadic:
        return [f"x{k}" for k in range(definition.arity)], False
    try:
        parameters = list(inspect.signature(definition).parameters.values())
    except (TypeError, ValueError):
        raise TypeError(f"define: expected definition with parameters by name, got {shown(definition)}") from None
    parameters = [p for p in parameters if p.default is p.empty and p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    if not parameters:
        raise ValueError("define: expected definition to have a parameter for each input, got none")
    return [p.name for p in parameters], parameters[-1].kind is inspect.Parameter.VAR_POSITIONAL


def _domain(domain: Any, n: int) -> tuple[Interval, ...]:
    """One interval an input."""
    try:
        rows = [domain] * n if not hasattr(domain[0], "__len__") else list(domain)
        intervals = tuple((as_float(low, "domain"), as_float(high, "domain")) for low, high in rows)
    except (TypeError, ValueError, IndexError, KeyError):
        raise TypeError(f"define: expected domain as (low, high), or one such an input, got {shown(domain)}") from None
    if len(intervals) != n or not all(-math.inf < low < high < math.inf for low, high in intervals):
        raise ValueError(f"define: expected {n} interval(s) (low, high) with low < high, got {shown(domain)}")
    return intervals


def _stated(rule: Callable[..., Number], name: str, n: int) -> Callable[..., tuple[Number, ...]]:
    """A person's rule as one of the table: floats under its arithmetic, and one number for one input."""
    if not callable(rule):
        raise TypeError(f"define: expected partials to be a function of the inputs and out, got {shown(rule)}")
    if not takes(rule, [None] * (n + 1)):
        raise TypeError(
            f"define: expected partials of {name} to take {n + 1} arguments, the inputs and out, got a function of "
            f"{inspect.signature(rule)}"
        )

    def partials(*inputs_and_out: Number) -> tuple[Number, ...]:
        floats = all(type(x) is float for x in inputs_and_out)
        found = rule(*map(Plain, inputs_and_out)) if floats else rule(*inputs_and_out)
        found = tuple(found) if isinstance(found, (tuple, list)) else (found,)
        if len(found) != len(inputs_and_out) - 1:
            raise ValueError(
                f"define: expected partials of {name} to give {len(inputs_and_out) - 1} number(s), got {len(found)}"
            )
        return tuple(x if hasattr(x, "_apply") and not isinstance(x, Plain) else plain(x, name) for x in found)

    return partials


def _check(op: Op, names: Sequence[str], derived: Callable[..., tuple[Number, ...]], stated: bool) -> None:
    """Raise unless definition and partials take numbers of every kind, and what is stated is what is derived."""
    generator = random.Random(op.name)
    points = [[generator.uniform(low, high) for low, high in op.domain] for _ in range(N_POINTS)]
    try:
        points = [p for p in points if math.isfinite(op.forward(*p)) and all(map(math.isfinite, derived(*p, 0.0)))]
        values = [Value(x) for x in points[0]] if points else []
        if points:
            op.partials(*values, op(*values))
    except (TypeError, AttributeError) as error:
        raise TypeError(
            f"define: expected {op.name} of operators and ops of the table, like autograd_lite.exp in the place of "
            f"math.exp and where() in that of if, got {error}"
        ) from error
    if len(points) < N_POINTS // 4:
        raise ValueError(f"define: expected {op.name} and its derivatives to be finite in its domain; give domain=")
    if stated:
        for i, name in enumerate(names):
            wrong = misstated(op, derived, i, names, points)
            if wrong:
                raise ValueError(f"define: expected the partials of the definition, got ∂{op.name}/∂{name}: {wrong}")
