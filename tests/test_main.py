"""The command line: what each command prints, exit codes, and errors of one line."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_lite
from autograd_lite import Value, draw, explain, tanh, trace_table
from autograd_lite.__main__ import COMMANDS, _as_expression, main
from autograd_lite.commands import named
from autograd_lite.ops import TABLE
from autograd_lite.options import OPTIONS
from autograd_lite.pictures import layout
from nn import MLP, save

NEURON = ["tanh(w*x + b)", "w=0.5", "x=2", "b=-1"]


def graph():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.0, "b")
    return tanh(w * x + b), w, x, b


def test_explain(capsys):
    assert main(["explain", *NEURON, "--wrt", "w"]) == 0
    y, w, *_ = graph()
    assert capsys.readouterr().out == explain(y, w).text + "\n"
    assert main(["explain", *NEURON]) == 0
    assert capsys.readouterr().out.count("The path ledger") == 3


def test_formats(capsys):
    y, w, *_ = graph()
    for format in ("text", "markdown", "latex"):
        assert main(["explain", *NEURON, "--wrt", "w", "--format", format]) == 0
        assert capsys.readouterr().out.rstrip("\n") == getattr(explain(y, w), format).rstrip("\n")


def test_trace(capsys):
    y, w, *_ = graph()
    assert main(["trace", *NEURON]) == 0
    assert capsys.readouterr().out == trace_table(y).text + "\n"
    assert main(["trace", *NEURON, "--wrt", "w"]) == 0
    assert capsys.readouterr().out == trace_table(y, w).text + "\n"


def test_steps(capsys):
    assert main(["steps", "x*x + x", "x=3"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert [(row[1], row[3], row[-1]) for row in rows] == [
        ("y", "v1", "1"), ("y", "x", "1"), ("v1", "x", "4"), ("v1", "x", "7"),
    ]  # fmt: skip


def test_mistakes_cost_and_tape(capsys):
    assert main(["mistakes", "x*x*x", "x=3"]) == 0
    assert "no zeroing" in capsys.readouterr().out
    assert main(["cost", *NEURON]) == 0
    assert "This graph, 3 inputs:" in capsys.readouterr().out
    assert main(["tape", *NEURON]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:4]] == ["w", "x", "b"]
    assert "adjoint program" in lines
    assert main(["tape", *NEURON, "--format", "markdown"]) == 0
    assert "| $v_{0}$ | $w$ | $0.5$ |" in capsys.readouterr().out


def test_draw(capsys, tmp_path):
    path = tmp_path / "neuron.dot"
    assert main(["draw", *NEURON, "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert "digraph" in path.read_text()
    assert main(["draw", *NEURON, "-o", "-"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == path.read_text().rstrip("\n")
    if layout.engine():
        assert main(["draw", *NEURON, "-o", str(tmp_path / "neuron.svg")]) == 0
        assert "<svg" in (tmp_path / "neuron.svg").read_text()


def test_how_it_is_drawn(capsys):
    def source(*options):
        assert main(["draw", *NEURON, "-o", "-", *options]) == 0
        return capsys.readouterr().out

    y, *_ = graph()
    y.backward()
    assert source("--style", "two-box", "--theme", "dark") == draw(y, style="two-box", theme="dark").source + "\n"
    assert source("--detail", "node") == draw(y, detail="node").source + "\n"
    assert source("--step", "3") == draw(y, step=3).source + "\n"


def test_an_animation(capsys, tmp_path):
    if not layout.engine():
        pytest.skip("no Graphviz here")
    moving, series = str(tmp_path / "pass.svg"), str(tmp_path / "pass-{}.svg")
    assert main(["draw", "x*x", "x=3", "--animate", "-o", moving, "--theme", "dark"]) == 0
    assert "<animate" in Path(moving).read_text(encoding="utf-8")
    assert main(["draw", "x*x", "x=3", "--animate", "-o", series]) == 0
    assert capsys.readouterr().out == f"wrote {moving}\nwrote {series.format(0)} to {series.format(2)}\n"


def test_ops(capsys):
    assert main(["ops"]) == 0
    listed = capsys.readouterr().out
    assert all(
        re.search(rf"^  {re.escape(op.text_of(op.arity).split('{}')[0])}", listed, re.M) for op in TABLE.values()
    )
    assert max(map(len, listed.splitlines())) <= 80
    assert main(["ops", "--long", "--format", "markdown"]) == 0
    assert "| the hyperbolic tangent, an S from -1 to 1 | tanh | $" in capsys.readouterr().out
    assert main(["ops", "relu"]) == 0
    assert "∂out/∂x = 1 if x > 0 else 0\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "name"),
    [("**", "power"), ("x ** y", "power"), ("x/y", "divide"), ("-", "subtract"), ("-x", "negate"), ("exp(x)", "exp")],
)
def test_an_op_is_known_as_it_is_listed(written, name):
    assert named(written) is TABLE[name]


def test_version(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["--version"])
    assert exit.value.code == 0
    assert capsys.readouterr().out == f"autograd-lite {autograd_lite.__version__}\n"


def test_inf_and_nan_are_numbers_where_they_are_meant(capsys):
    assert main(["trace", "x*2", "x=-inf"]) == 0
    assert main(["trace", "x*2", "x=nan"]) == 0


def test_verify(capsys, monkeypatch):
    assert main(["verify", "--layers", "2,3,1", "--activation", "tanh"]) == 0
    assert capsys.readouterr().out.endswith("all four hold\n")
    assert main(["verify", "--layers", "2,3,1", "--receipt", "w1[2,0]"]) == 0
    assert "Receipt for ∂C/∂w1[2,0]" in capsys.readouterr().out
    monkeypatch.setattr("autograd_lite.value.propagate", lambda order: None)
    assert main(["verify"]) == 1
    assert "does NOT hold" in capsys.readouterr().out


def test_check(capsys, monkeypatch):
    check = pytest.importorskip("autograd_lite.derivatives.check", reason="this version has no check_grads")
    assert main(["check", *NEURON]) == 0
    assert capsys.readouterr().out.endswith("hold up to order 2\n")
    assert main(["check", "abs(x)", "x=0"]) == 1
    told = capsys.readouterr().out
    assert "expected ∂(f)/∂x to be one slope, got a kink: -1 from the left, 1 from the right\n" in told

    def fails(*_, **__):
        raise ArithmeticError("check_grads: expected ∂(f)/∂x to be the same three times")

    monkeypatch.setattr(check, "check_orders", fails)
    assert main(["check", *NEURON]) == 1
    assert capsys.readouterr().out.startswith("does NOT hold: check_grads: expected")


@pytest.mark.parametrize("flag", sorted({flag for flags, _ in OPTIONS.values() for flag in flags if flag[0] == "-"}))
def test_a_flag_is_no_expression(flag):
    assert _as_expression(flag) == flag


def test_an_expression_that_begins_with_a_sign(capsys):
    assert main(["explain", "-x**2", "x=3"]) == 0
    assert "dy/dx = -6" in capsys.readouterr().out
    assert main(["explain", "--wrt", "x", "--x*2", "x=3"]) == 0
    assert "dy/dx = 2" in capsys.readouterr().out
    assert main(["steps", "-" * 1_900 + "x", "x=3"]) == 0
    assert main(["verify", "--seed", "-1", "--layers=1,1"]) == 0
    with pytest.raises(SystemExit):
        main(["explain", "x", "x=3", "--to", "5"])


WRONG = [
    (["explain", "__import__('os')", "x=1"], "expression: column 1"), (["explain", "x.real", "x=1"], "column 1"),
    (["explain", "10**10**10*x", "x=1"], "column 1"), (["steps", "(" * 100_000, "x=1"], "column 51"),
    (["explain", "x*y", "x=1"], "y has no value; add y=1.0"), (["explain", "x", "x=1", "y=2"], "y is not in the"),
    (["explain", "x", "x=" + "9" * 400], "expected x to be a number that fits a double, at most 1.8e308, got '999"),
    (["explain", "x", "x=-1e999"], "expected x to be a number that fits"),
    (["explain", "ln(x)", "x=1"], "write log(x)"),
    (["explain", "2*3", "x=1"], "x is not in the expression, which has no names"),
    (["explain", "a*b", "a=1", "b=1", "x=1"], "x is not in the expression, which has a, b"),
    (["explain", "2*3", "--wrt", "x"], "expected --wrt to be one of the names, got 'x'"),
    (["ops", "ln"], "expected a name that `autograd-lite ops` lists, got 'ln'"),
    (["draw", "x", "x=1", "--style", "round"], "expected style to be one of"),
    (["draw", "x*x", "x=1", "--step", "2", "--animate"], "expected no --step beside --animate"),
    (["explain", "x", "x=a"], "expected x to be a number, got 'a'"), (["explain", "x", "x"], "name=number, like x=2"),
    (["explain", "x", "x=1", "x=2"], "a second one"), (["explain", "x", "x=1", "--wrt", "w"], "expected --wrt to be"),
    (["explain", "2*3"], "expected an expression with a name"), (["explain", "x", "x=1", "--top", "0"], "top"),
    (["verify", "--layers", "2"], "expected --layers like 2,3,1"), (["verify", "--layers", "2,a"], "--layers"),
    (["verify", "--layers", "2,0"], "at least 1"), (["verify", "--activation", "cube"], "expected an activation"),
    (["check", "x", "x=1", "--order", "99"], "expected order to be at most 10, got 99"),
    (["draw", "x", "x=1", "--theme", "red"], "draw: expected theme to be one of"),
    (["verify", "--receipt", "w9[0,0]"], "expected a name"), (["draw", "x", "x=1", "-o", "x.bmp"], "ending in"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[f"{i} {a[0]}" for i, (a, _) in enumerate(WRONG)])
def test_bad_usage_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"autograd-lite {arguments[0]}: ")
    assert captured.err.count("\n") == 1
    assert captured.err.count(f"{arguments[0]}: ") == 1
    assert message in captured.err


def test_check_says_which_orders_hold_while_it_goes_on_in_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["check", "x*y*y", "x=2", "y=3", "--order", "3"]) == 0
    assert capsys.readouterr().err == (
        "order 1 holds; of order 2 there are 4 derivatives\norder 2 holds; of order 3 there are 8 derivatives\n"
    )


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["explain"], ["explain", "x", "--format", "html"], ["check", "--order", "a"]]
)
def test_argparses_own_errors_are_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_ends_in_an_example_that_runs(command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(MLP(2, [3, 1], seed=0), "model.json")
    monkeypatch.setattr("sys.stdin", io.StringIO("6\n"))  # what practice is answered
    with pytest.raises(SystemExit) as exit:
        main([command, "--help"])
    assert exit.value.code == 0
    example = capsys.readouterr().out.rstrip().splitlines()[-1]
    words = [a or b or c for a, b, c in re.findall(r"\"([^\"]*)\"|'([^']*)'|(\S+)", example)]
    assert words[:2] == ["autograd-lite", command]
    if command == "check":
        pytest.importorskip("autograd_lite.derivatives.check", reason="this version has no check_grads")
    if command == "draw" and not layout.engine():
        pytest.skip("no Graphviz here")
    assert main(words[1:]) == 0


def ran(*arguments, **environment):
    """The command in a process of its own, output to a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "autograd_lite", *arguments],
        capture_output=True, cwd=Path(autograd_lite.__file__).parent.parent, env={**os.environ, **environment},
    )  # fmt: skip


def test_as_a_program_with_a_pipe():
    result = ran("explain", *NEURON, "--wrt", "w", PYTHONIOENCODING="utf-8")
    assert result.returncode == 0
    assert b"\x1b" not in result.stdout
    assert "dy/dw = 2" in result.stdout.decode()
    assert ran("explain", "x.y", "x=1").returncode == 2


def test_a_terminal_without_the_signs_shows_question_marks():
    result = ran("explain", *NEURON, "--wrt", "w", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert b"?y/?v2" in result.stdout


def test_a_reader_that_stops_early_is_no_error():
    program = f"{sys.executable} -m autograd_lite explain 'x{'*x' * 200}' x=1 | head -1"
    result = subprocess.run(
        program, shell=True, capture_output=True, cwd=Path(autograd_lite.__file__).parent.parent, timeout=60
    )
    assert b"Traceback" not in result.stderr
    assert result.stderr == b""


def test_explore(capsys, tmp_path, monkeypatch):
    if layout.engine() is None:
        pytest.skip("no Graphviz")
    monkeypatch.chdir(tmp_path)
    assert main(["explore", *NEURON]) == 0
    assert capsys.readouterr().out == "wrote page.html\n"
    assert "w*x + b" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert main(["explore", "--train", "xor", "-o", "xor.html"]) == 0
    assert '"training":' in (tmp_path / "xor.html").read_text(encoding="utf-8")
    for words, given in ((["explore"], "neither"), (["explore", "x**2", "x=3", "--train", "xor"], "both")):
        assert main(words) == 2
        error = capsys.readouterr().err
        assert "expected an expression" in error
        assert error.endswith(f"got {given}\n")
