"""The JavaScript backend under node and in a real browser: every op, its gradient, and the edges, held to Python."""

import itertools
import json
import math
import random
import shutil
import subprocess
from functools import cache

import pytest

from autograd_lite import grad, record
from autograd_lite.backends import javascript
from autograd_lite.ops import TABLE
from tests import edges

ULPS, ABSOLUTE = 4, 1e-15
CORNERS = [0.0, 1.0, -1.0, 0.5, -0.5, 6.0, -6.0, 27.0, 700.0, -700.0, 800.0, 1e-9, 1e200, math.inf, -math.inf, math.nan]


def cases():
    """A name, a tape and points for each op with its gradient, and for each edge with its second derivatives."""
    for name, op in TABLE.items():
        generator = random.Random(name)
        inside = [[generator.uniform(*interval) for interval in op.domain] for _ in range(60)]
        corners = CORNERS if op.arity < 3 else CORNERS[:3]
        points = inside + [list(point) for point in itertools.product(corners, repeat=op.arity)]
        yield name, record(op, *inside[0]).adjoint(), points
    for formula, point in edges.every_case():
        numbers = list(edges.at(formula, point).values())
        f = edges.function(formula)
        for i in range(len(numbers)):
            yield f"{formula} at {point}, slope {i}", record(grad(f, i), *numbers).adjoint(), [numbers]


@cache
def every_case():
    return list(cases())


def script():
    """A program that gives, for each case and point, what its tape gives; as text, in which nan and inf are kept."""
    functions = [javascript.function(f"f{i}", tape) for i, (_, tape, _) in enumerate(every_case())]
    table = ", ".join(
        f"[f{i}, {len(tape.outputs)}, [{', '.join(f'[{numbers(p)}]' for p in points)}]]"
        for i, (_, tape, points) in enumerate(every_case())
    )
    body = "\n".join(functions)
    run = "points.map((x) => { const y = []; f(x, y); return y.map(String); })"
    return "\n".join([*javascript.library(body), body, f"const found = [{table}].map(([f, n, points]) => {run});"])


def numbers(point):
    return ", ".join(map(javascript.literal, point))


@pytest.fixture(scope="module")
def by_node():
    if not shutil.which("node"):
        pytest.skip("no node on PATH")
    return json.loads(ran(f"{script()}\nconsole.log(JSON.stringify(found));"))


def ran(source):
    """What node prints when it runs a module."""
    return subprocess.run(
        ["node", "--input-type=module", "-"], input=source, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def by_chromium(chromium):
    chromium.get("about:blank")
    return json.loads(chromium.execute_script(f"{script()}\nreturn JSON.stringify(found);"))


def is_near(got, wanted):
    if got == wanted or (got != got and wanted != wanted):
        return True
    if not math.isfinite(got) or not math.isfinite(wanted):
        return False
    return abs(got - wanted) <= max(ABSOLUTE, ULPS * math.ulp(wanted))


def wrong(found):
    """Where the numbers of a run in JavaScript are not Python's."""
    for (name, tape, points), answers in zip(every_case(), found, strict=True):
        for point, answer in zip(points, answers, strict=True):
            run = tape.run(point)
            for k, got in zip(tape.outputs, map(float, answer), strict=True):
                if not is_near(got, run[k]):
                    yield name, point, got, run[k]


def test_node_gives_what_python_gives(by_node):
    assert list(wrong(by_node)) == []


@pytest.mark.slow
def test_chromium_gives_what_python_gives(by_chromium):
    assert list(wrong(by_chromium)) == []


def test_every_op_has_a_form_or_a_definition():
    assert [name for name, op in TABLE.items() if not javascript.has(op) and op.definition is None] == []


def test_the_standalone_file_runs():
    if not shutil.which("node"):
        pytest.skip("no node on PATH")
    tape = record(lambda x, w: (x * w).tanh() / (1 + w.erf()), 0.5, -1.25)
    source = javascript.standalone(tape)
    assert source.startswith("// ")
    assert "function erfcTail" in source
    assert "function power" not in source
    found = json.loads(ran(f"{source}\nconsole.log(JSON.stringify([inputs, program(...example)]));"))
    value, gradient = tape.compile("python").value_and_grad(0.5, -1.25)
    assert found[0] == ["x", "w"]
    assert found[1]["outputs"] == [pytest.approx(value, rel=1e-15)]
    assert found[1]["gradient"] == [pytest.approx(slope, rel=1e-15) for slope in gradient]


def test_of_several_outputs_there_is_no_gradient():
    source = javascript.standalone(record(lambda x: [x, x * x], 3.0))
    assert "return { outputs: [v0, v1] };" in source
