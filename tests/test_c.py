"""C from statements: files compile without a warning, run clean under sanitizers, and give the tape's numbers."""

import math
import re
import shutil
import subprocess

import pytest

from autograd_lite import Value, record
from autograd_lite.backends import c
from autograd_lite.op import TABLE
from autograd_lite.tape import trace
from demos.gpt import GPT, surprise
from nn import MLP
from nn.losses import LOSSES
from tests.halves import chosen
from tests.nets import OTHERS, net, numbers, row

GCC = shutil.which("gcc")
needs_gcc = pytest.mark.skipif(GCC is None, reason="gcc is not installed")
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-ffp-contract=off"]
SANITIZED = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
EDGES = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1000.0, 1000.0, 2.0]


TAPES = {
    **{f"{sizes}": (lambda sizes=sizes: net(sizes)) for sizes in ([1, 1], [3, 2, 1], [2, 16, 16, 1])},
    **{name: (lambda name=name: net([4, 5, 3], name, "cross_entropy")) for name in ("gelu", "elu")},
    **{name: (lambda name=name: net([3, 4, 2 - (name == "hinge")], "relu", name)) for name in LOSSES},
    "gpt": lambda: gpt(),
    **OTHERS,
}
FEW = ["[3, 2, 1]", "gelu", "tied", "classifier", "irregular"]  # nets, a matrix used twice, a fold, no loop
EXACT = ["relu", "linear", "leaky_relu"]


def gpt():
    """A small GPT; its tokens have no names, and are arrays all the same."""
    model = GPT("abc", width=4, heads=2, length=3)
    tokens, target = ([Value(x, f"{name}[{i}]") for i, x in enumerate(numbers)] for name, numbers in
                      zip(("token", "target"), model.sample("ab"), strict=True))  # fmt: skip
    parameters = model.parameters()
    tape = trace([surprise(model(tokens), target)], [*parameters, *tokens, *target])
    return tape.adjoint(n_gradients=len(parameters))


def groups(tape):
    """The inputs as the file's arrays: for each family its positions on the tape; a number alone is a scalar."""
    found = {}
    for position, label in enumerate(tape.labels):
        found.setdefault(label.split("[")[0] or "input", []).append(position)
    return [(positions, "[" not in tape.labels[positions[0]] and len(positions) == 1) for positions in found.values()]


def literal(x):
    return (
        "NAN"
        if math.isnan(x)
        else ("-" if math.copysign(1.0, x) < 0 else "") + ("INFINITY" if math.isinf(x) else abs(x).hex())
    )


def caller(number, tape, inputs):
    """C that calls `gradient` of file `number` on arrays of their own on the heap, and prints value and gradient.

    For several points, one after the other, it prints the values.
    """
    if isinstance(inputs[0], list):
        numbers = [f"{{{', '.join(map(literal, point))}}}" for point in inputs]
        n = len(inputs[0])
        loop = f'for (int i = 0; i < {len(inputs)}; i++) printf("%a\\n", gradient_{number}(points[i], slopes));'
        body = [f"static const double points[][{n}] = {{{', '.join(numbers)}}};", f"double slopes[{n}];", loop]
        return f"double gradient_{number}(const double *, double *);", "{\n" + "\n".join(body) + "\n}"
    lines, names, results, declared = [], [], [], []
    for k, (positions, is_scalar) in enumerate(groups(tape)):
        n = len(positions)
        values = [literal(inputs[p]) for p in positions]
        if is_scalar:
            names.append(values[0])
            declared.append("double")
        else:
            lines += [f"double *in{k} = malloc({n} * sizeof(double));"]
            lines += [f"in{k}[{i}] = {value};" for i, value in enumerate(values)]
            names.append(f"in{k}")
            declared.append("const double *")
        if positions[0] < tape.n_gradients:
            lines += [f"double *out{k} = malloc({n} * sizeof(double));"]
            results.append((f"out{k}", n))
    declared += ["double *"] * len(results)
    names += [name for name, _ in results]
    lines += [f"double value = gradient_{number}({', '.join(names)});", 'printf("%a\\n", value);']
    for name, n in results:
        lines += [f'for (int i = 0; i < {n}; i++) printf("%a\\n", {name}[i]);']
    lines += [f"free({name});" for name in names if name[0] in "io"]
    prototype = f"double gradient_{number}({', '.join(declared)});"
    return prototype, "{\n" + "\n".join(lines) + "\n}"


def named_apart(number, text):
    """A file whose functions and tables have names of their own, so that several may stand in one."""
    names = {"gradient", "program", *re.findall(r"^static .*?(\w+)[(\[]", text, re.MULTILINE)}
    before = [f"#define {name} {name}_{number}" for name in sorted(names)]
    return "\n".join([*before, text, *(f"#undef {name}" for name in sorted(names)), ""])


def compiled(folder, cases, flags, apart=False):
    """What one program prints for all cases (tape, inputs), a list of numbers each.

    A compiler's start takes longer than a tape does, so the tapes stand in one file, unless they are to be apart.
    """
    numbers, prototypes, calls, texts = {}, [], [], []
    for tape, inputs in cases:
        is_new, number = id(tape) not in numbers, numbers.setdefault(id(tape), len(numbers))
        prototype, call = caller(number, tape, inputs)
        calls.append(call + '\nprintf("end\\n");')
        if is_new:
            texts.append(named_apart(number, tape.source("c")))
            prototypes.append(prototype)
    head = "#include <math.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
    main = head + "\n".join(prototypes) + "\nint main(void) {\n" + "\n".join(calls) + "\nreturn 0;\n}\n"
    files = []
    for text in [main, *(texts if apart else ["\n".join(texts)])]:
        files.append(folder / f"file{len(files)}.c")
        files[-1].write_text(text, encoding="utf-8")
    run = folder / "run"
    subprocess.run([GCC, *flags, "-o", run, *files, "-lm"], check=True, timeout=300)
    printed = subprocess.run([str(run)], check=True, capture_output=True, text=True, timeout=60).stdout
    return [[number_of(line) for line in part.split()] for part in printed.split("end\n")[:-1]]


def number_of(text):
    return float(text) if "n" in text else float.fromhex(text)


def expected(tape, inputs):
    found = tape.run(inputs)
    order = [p for positions, _ in groups(tape) for p in positions if p < tape.n_gradients]
    return [found[tape.outputs[0]], *(found[tape.outputs[1 + p]] for p in order)]


def bits(x):
    return "nan" if math.isnan(x) else x.hex()


@needs_gcc
@pytest.mark.parametrize(
    "names", [pytest.param(FEW, id="few"), pytest.param([*TAPES], id="all", marks=pytest.mark.slow)]
)
def test_every_tape_compiles_runs_clean_and_gives_its_numbers(names, tmp_path):
    cases = {name: TAPES[name]() for name in names}
    found = compiled(tmp_path, [(tape, tape.example) for tape in cases.values()], [*STRICT, *SANITIZED], True)
    for (name, tape), got in zip(cases.items(), found, strict=True):
        wanted = expected(tape, tape.example)
        assert got == pytest.approx(wanted, rel=1e-13, abs=1e-300), name


@needs_gcc
@pytest.mark.parametrize("level", chosen(["-O0", "-O2"], "-O2"))
def test_arithmetic_to_the_bit(tmp_path, level):
    tapes = [net([3, 5, 4, 2], name) for name in EXACT] + [net([3, 5, 1], "relu", loss) for loss in ("mae", "hinge")]
    cases = [(tape, [1.7 * x for x in numbers(len(tape.labels), seed)]) for tape in tapes for seed in range(2)]
    cases += [(tape, [-0.0] * len(tape.labels)) for tape in tapes]
    w, x = row("w", 20), row("x", 20)
    dot = trace([sum(a * b for a, b in zip(w, x, strict=True))], [*w, *x]).adjoint()
    cases.append((dot, [1.0] * 20 + [-0.0] * 20))  # −0 in all
    for (tape, inputs), got in zip(cases, compiled(tmp_path, cases, [*STRICT, level]), strict=True):
        assert list(map(bits, got)) == list(map(bits, expected(tape, inputs)))


@needs_gcc
def test_every_op_inside_its_domain(tmp_path):
    cases = []
    for op in TABLE.values():
        values = [Value(low + 0.37 * (high - low), f"x[{k}]") for k, (low, high) in enumerate(op.domain)]
        tape = trace([op(*values)], values).adjoint()
        cases.append((tape, tape.example))
    for (tape, inputs), got in zip(cases, compiled(tmp_path, cases, STRICT), strict=True):
        assert got == pytest.approx(expected(tape, inputs), rel=1e-14, abs=1e-300), tape.instructions


@needs_gcc
def test_the_edges_of_ieee(tmp_path):
    cases = []
    for name in ("divide", "power", "maximum", "minimum", "sigmoid", "softplus", "logsumexp", "pick", "relu", "where"):
        op = TABLE[name]
        values = [Value(1.0, f"x[{k}]") for k in range(len(op.domain))]
        tape = trace([op(*values)], values).adjoint()
        cases.append((tape, [[EDGES[(i * 5 + k) % len(EDGES)] for i in range(len(values))] for k in range(len(EDGES))]))
    for (tape, points), got in zip(cases, compiled(tmp_path, cases, STRICT), strict=True):
        wanted = [expected(tape, point)[0] for point in points]
        assert got == pytest.approx(wanted, rel=1e-15, nan_ok=True), tape.instructions
        assert [math.copysign(1.0, x) for x in got if x == 0.0] == [math.copysign(1.0, x) for x in wanted if x == 0.0]


def test_a_trained_net_is_a_page_of_c():
    text = net([2, 16, 16, 1]).source("c")
    lines = text.split("double gradient")[1].splitlines()
    assert len(lines) <= 45
    assert max(map(len, text.splitlines())) <= 100
    for line in (
        "        for (int k = 0; k < 16; k++) sum += w2[16 * i + k] * a1[k];",
        "    for (int i = 0; i < 16; i++) a2[i] = sigmoid(z2[i]);",
        "        for (int j = 0; j < 16; j++) dw2[16 * i + j] = a1[j] * delta2[i];",
        "    return value;",
    ):
        assert line in lines


def test_weights_that_are_constants_stand_in_tables():
    model = MLP(2, [16, 16, 1], "tanh", seed=0)
    text = record(lambda x: model(x), [0.5, -1.0]).source("c")
    assert "static const double c1[32] = {" in text
    assert "double program(const double x[2]) {" in text
    assert text.count("static const double") >= 5


def test_labels_are_data():
    evil = [Value(2.0, '"; system("rm'), Value(3.0, "*/ int"), Value(4.0, "while"), Value(5.0, "exp")]
    text = trace([evil[0] * evil[1] * evil[2] + evil[3].exp()], evil).source("c")
    assert "system" not in text
    assert text.count("*/") == 1
    assert "double while" not in text
    assert "double exp" not in text


def test_a_loop_stands_on_a_line_of_its_own_where_its_line_would_be_too_long():
    loop = "for (int i = 0; i < 3; i++)"
    fits = "x" * (c.WIDTH - len(loop) - 1)
    assert c._nested("i", [3], [fits]) == [f"{loop} {fits}"]
    assert c._nested("i", [3], [f"{fits}x"]) == [loop, f"    {fits}x"]
