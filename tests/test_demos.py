"""Every demo runs, says what it promises, and leaves its pictures."""

import math
import re
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from autograd_lite.pictures import layout
from demos import (
    clipped_error,
    dead_relu,
    delta_check,
    derivatives,
    digits,
    explain,
    exploding,
    explore,
    gpt,
    iris,
    loops,
    mistakes,
    moons,
    names,
    neuron,
    pictures,
    replay,
    vanishing,
    xor,
)
from demos.__main__ import main as tour


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "output"


def has_plots():
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (the plot extra)")


def test_neuron(capsys, folder):
    neuron.main()
    out = capsys.readouterr().out
    assert "∂a/∂w   =   1.4232   = ∂w·x/∂w × ∂a/∂w·x = 2.0000 × 0.7116" in out
    names = {path.name for path in folder.iterdir()}
    assert names == ({"neuron.svg", "neuron.png"} if layout.engine() else {"neuron.dot"})


def columns(line):
    """The columns of a terminal: a bar or a dot over a letter takes none."""
    return len(line.replace("\u0304", "").replace("\u0307", ""))


def test_explain(capsys, folder):
    explain.main()
    out = capsys.readouterr().out
    assert "1,267,650,600,228,229,401,496,703,205,376 paths" in out
    assert all(
        kind in out for kind in ("dead ReLU: ", "saturated: ", "cancellation: ", "nan: born at ", "does not reach")
    )
    assert "Receipt for δ1[0]" in out
    assert max(map(columns, out.splitlines())) <= 80
    assert {path.name for path in folder.iterdir()} == {"explain.md", "explain.tex"}


def test_mistakes(capsys):
    mistakes.main()
    out = capsys.readouterr().out
    assert "b hands 1 × 2 to a, which had 2 and now has 4" in out
    assert "the gradient of a is not complete: b must push first (topological order)" in " ".join(out.split())
    assert out.count("= for +=") == 4
    assert max(map(columns, out.splitlines())) <= 80


@pytest.mark.slow
def test_pictures(capsys, folder):
    pictures.main()
    out = capsys.readouterr().out
    assert "neuron      12 boxes" in out
    assert max(map(len, out.splitlines())) <= 80
    names = {path.name for path in folder.iterdir()}
    levels = {f"moons-{detail}" for detail in ("neuron", "layer", "model")}
    expected = {f"{name}.svg" for name in (*levels, "backward")} if layout.engine() else {f"{x}.dot" for x in levels}
    assert names == expected


def test_delta_check(capsys):
    delta_check.main()
    out = capsys.readouterr().out
    assert out.count("all four hold") == 2
    assert max(map(len, out.splitlines())) <= 80


def test_loops(capsys):
    loops.main()
    out = capsys.readouterr().out
    assert "A 3-2-1 net is 41 edges" in out
    assert "tape of 40 instructions" in out
    for line in (
        "δ¹ = (W²ᵀ δ²) ⊙ σ′(z¹)",
        "∂C/∂W¹ = δ¹ a⁰ᵀ",
        "│ return [[a * d for a in a_before] for d in delta]",
        "│ pulled_back = [added((w * d for w, d in zip(column, delta_next,",
        "statements: BP1–BP4",
    ):
        assert line in out
    digits = re.findall(r"δ\d\[\d\] +(\S+) +(\S+)", out)
    assert [float(tape) for tape, _ in digits] == pytest.approx([float(oracle) for _, oracle in digits], rel=1e-12)
    assert len(digits) == 3
    assert max(map(columns, out.splitlines())) <= 80


def test_derivatives(capsys, folder):
    derivatives.main()
    out = capsys.readouterr().out
    assert "    5       0.57375   -5.55689   16.00000   -5.55689    0.57375" in out
    assert "   6    1.000000    1.000000" in out
    assert max(map(len, out.splitlines())) <= 80
    names = {path.name for path in folder.iterdir()}
    assert names == ({"derivative.svg", "derivative.png"} if layout.engine() else {"derivative.dot"})


@pytest.mark.slow
def test_vanishing(capsys, folder):
    has_plots()
    ill, healthy = vanishing.main()
    out = capsys.readouterr().out
    assert "The gradient vanishes: ‖δ‖ changes by a factor of 0.19 a layer" in out
    assert "small factor: ∂a" in out
    assert "The gradient gets through" in out
    assert healthy.loss[-1] < 0.5 < 0.69 < ill.loss[-1]
    assert max(map(columns, out.splitlines())) <= 80
    assert {path.name for path in folder.iterdir()} == {"vanishing.png", "vanishing.svg"}


@pytest.mark.slow
def test_dead_relu(capsys):
    reached = dead_relu.main()
    out = capsys.readouterr().out
    assert "8 of 8" in out
    assert "dead ReLU: a2[0] = relu(z2[0])" in out
    assert reached["relu, lr 4.0"] == pytest.approx(0.5)
    assert reached["leaky_relu, lr 4.0"] < 0.25
    assert reached["relu, lr 0.05"] < 0.1
    assert max(map(columns, out.splitlines())) <= 80


def test_exploding(capsys):
    without, clipped = exploding.main()
    assert not math.isfinite(without[-1])
    assert clipped[-1] < 1e-20
    assert "40 numbers: ∂h/∂w = 2.73e+08 over 39 paths" in capsys.readouterr().out


@pytest.mark.slow
def test_clipped_error(capsys):
    missed = clipped_error.main()
    out = capsys.readouterr().out
    assert "not the minimum" in out
    assert [round(miss, 3) for miss in missed.values()] == [30.0, 0.0, 0.0]
    assert max(map(columns, out.splitlines())) <= 80


def test_replay_leaves_the_first_call_out_of_the_time(monkeypatch):
    """It may compile: the time of a native program was that of compiling it."""
    clock = [0.0]

    def call():
        clock[0] += 1.0 if clock[0] else 100.0

    monkeypatch.setattr(replay, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    assert replay.microseconds(call) == 1e6


def test_replay(capsys):
    replay.main()
    out = capsys.readouterr().out
    assert "def program(v0, v1, v2):" in out
    assert re.search(r"the tape, python .* 0 ulps", out)
    assert ("the tape, llvm" in out) == (find_spec("llvmlite") is not None)
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.slow
def test_gpt(capsys, folder):
    invented = gpt.main(width=4, heads=1, epochs=1)
    out = capsys.readouterr().out
    guess, learned = (float(re.search(rf"{name} +loss (\S+)", out).group(1)) for name in ("guess", "epoch +1"))
    assert learned < guess - 0.5
    assert "= QKV " in out
    assert float(re.search(r"slopes by (\S+)", out).group(1)) < 1e-15
    assert f"invented: {', '.join(invented)}" in out
    assert max(map(len, out.splitlines())) <= 80
    assert len((folder / "names.txt").read_text(encoding="utf-8").split()) == 500


@pytest.mark.slow
def test_gpt_on_the_graph_itself(capsys, folder):
    gpt.main(width=4, heads=1, epochs=2, engine="eager")
    out = capsys.readouterr().out
    assert "30 names" in out
    assert "on the eager backend" in out
    guess, first, second = (
        float(re.search(rf"{at} +loss (\S+)", out).group(1)) for at in ("guess", "epoch +1", "epoch +2")
    )
    assert second + 0.3 < first < guess


def test_names(capsys):
    names.main()
    assert capsys.readouterr().out.startswith("vemen, nedrobril, ")


def test_xor(capsys, folder):
    has_plots()
    xor.main()
    answers = [line.split()[4] for line in capsys.readouterr().out.splitlines() if " xor " in line]
    assert [round(float(answer)) for answer in answers] == [0, 1, 1, 0]
    assert (folder / "xor.png").stat().st_size > 1000


@pytest.mark.slow
def test_moons(capsys, folder):
    has_plots()
    moons.main()
    assert "accuracy 100.0%" in capsys.readouterr().out
    assert {"moons-loss.png", "moons-boundary.svg"} <= {path.name for path in folder.iterdir()}


@pytest.mark.slow
def test_iris_reaches_96_percent():
    has_plots()
    assert iris.main() >= 0.96


@pytest.mark.slow
def test_digits_reach_95_percent():
    has_plots()
    assert digits.main() >= 0.95


@pytest.mark.slow
def test_digits_reach_85_percent_on_the_graph_itself():
    has_plots()
    assert digits.main(epochs=2, backend="eager") >= 0.85


def test_the_tour_calls_each_demo_and_says_what_it_left(monkeypatch, capsys, folder):
    from demos import __main__ as module

    called, demos = [], [demo for demo in vars(module).values() if getattr(demo, "__name__", "").startswith("demos.")]
    for demo in demos:  # each has a test of its own
        monkeypatch.setattr(demo, "main", lambda demo=demo: called.append(demo))
    folder.mkdir()
    (folder / "neuron.svg").write_text("x" * 2500)
    tour()
    assert called == [
        neuron, explain, mistakes, derivatives, pictures, explore, delta_check, loops, xor, moons, iris, digits, replay,
    ]  # fmt: skip
    assert {demo.__name__ for demo in called} == {demo.__name__ for demo in demos}
    assert re.search(r"Done(.|\n)*0 s; the results are in .*\n  neuron.svg +2.5 kB\n", capsys.readouterr().out)


def test_the_tour_goes_on_where_an_extra_is_missing(monkeypatch, capsys, folder):
    from demos import __main__ as module

    def fails():
        raise ModuleNotFoundError("decision_boundary: plots need matplotlib: pip install …")

    folder.mkdir()
    monkeypatch.setattr(module, "TOUR", (SimpleNamespace(main=fails), SimpleNamespace(main=lambda: print("the next"))))
    tour()
    assert (
        "not installed. decision_boundary: plots need matplotlib: pip install …\nthe next\n" in capsys.readouterr().out
    )


@pytest.mark.slow
def test_the_tour_runs_them_all(capsys):
    has_plots()
    tour()
    out = capsys.readouterr().out
    assert all(
        heading in out for heading in ("One neuron", "δ formulas", "XOR", "Two moons", "Iris", "Done", "neuron.svg")
    )


def test_explore(capsys, folder):
    if layout.engine() is None:
        pytest.skip("no Graphviz")
    explore.main()
    assert "net.html is held to BP1–BP4: ok" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == [
        "net.html",
        "neuron.html",
        "playground.html",
        "traps.html",
    ]
