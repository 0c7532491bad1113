"""Every demo runs, says what it promises, and leaves its pictures."""

import pytest

from autograd_lite import layout
from demos import delta_check, digits, iris, moons, neuron, pictures, replay, xor
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


def test_pictures(capsys, folder):
    pictures.main()
    out = capsys.readouterr().out
    assert "neuron      17 boxes" in out
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


def test_replay(capsys):
    replay.main()
    out = capsys.readouterr().out
    assert "def program(v0, v1, v2):" in out
    assert "the same numbers to the bit: True" in out
    assert max(map(len, out.splitlines())) <= 80


def test_xor(capsys, folder):
    has_plots()
    xor.main()
    answers = [line.split()[4] for line in capsys.readouterr().out.splitlines() if " xor " in line]
    assert [round(float(answer)) for answer in answers] == [0, 1, 1, 0]
    assert (folder / "xor.png").stat().st_size > 1000


def test_moons(capsys, folder):
    has_plots()
    moons.main()
    assert "accuracy 100.0%" in capsys.readouterr().out
    assert {"moons-loss.png", "moons-boundary.svg"} <= {path.name for path in folder.iterdir()}


def test_iris_reaches_96_percent():
    has_plots()
    assert iris.main() >= 0.96


def test_digits_reach_85_percent():
    has_plots()
    assert digits.main(epochs=2, backend="eager") >= 0.85
    assert digits.main() >= 0.95


def test_the_tour_runs_them_all(monkeypatch, capsys):
    has_plots()
    from demos import __main__ as module

    monkeypatch.setattr(module.digits, "main", lambda: None)  # the long one has a test of its own
    tour()
    out = capsys.readouterr().out
    assert all(
        heading in out for heading in ("One neuron", "δ formulas", "XOR", "Two moons", "Iris", "Done", "neuron.svg")
    )
