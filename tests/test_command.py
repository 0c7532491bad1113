"""The command line about networks: train, keep, ask, look."""

import re

import pytest

from autograd_lite.__main__ import main
from nn import MLP, data, load, optim, save


def test_train_keep_ask_and_look(capsys, tmp_path):
    path = str(tmp_path / "model.json")
    words = f"train moons --hidden 8 8 --activation tanh --optimizer adam --epochs 60 --validation 0.2 --save {path}"
    assert main(words.split()) == 0
    out = capsys.readouterr().out
    assert "MLP(2, [8, 8, 1], activation='tanh', output='linear')\n105 parameters, 80 samples of moons" in out
    assert re.search(r"epoch 60: loss .*, validation loss ", out)
    assert f"wrote {path}" in out
    assert max(map(len, out.replace(path, "").splitlines())) <= 80
    model, (xs, ys) = load(path), data.moons()
    assert model.score(xs, ys) > 0.9  # on the numbers as they are: what the columns were scaled by is in the weights
    assert main(["predict", path, "0.3", "-0.2"]) == 0
    assert capsys.readouterr().out == f"{model.predict([[0.3, -0.2]])[0]}\n"
    assert main(["show", path]) == 0
    assert "    2       8      8  tanh" in capsys.readouterr().out


def test_a_table_with_named_classes(capsys, tmp_path):
    table, path = tmp_path / "flowers.csv", str(tmp_path / "model.json")
    xs, ys = data.iris()
    rows = [f"{ys.classes[y]},{','.join(map(str, x))}" for x, y in zip(xs, ys, strict=True)]
    table.write_text("\n".join(["species,a,b,c,d", *rows]), encoding="utf-8")
    assert main(["train", str(table), "--target", "species", "--epochs", "40", "--save", path]) == 0
    assert "classes: setosa, versicolor, virginica" in capsys.readouterr().out
    assert main(["predict", path, str(table), "--target", "species"]) == 0
    answers = capsys.readouterr().out.split()
    assert sum(answer == ys.classes[y] for answer, y in zip(answers, ys, strict=True)) > 140
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(",".join(map(str, x)) for x in xs[:3]), encoding="utf-8")
    assert main(["predict", path, str(bare)]) == 0
    assert capsys.readouterr().out.split() == answers[:3]
    assert main(["show", path]) == 0
    assert "classes: setosa, versicolor, virginica" in capsys.readouterr().out


def test_measurements_are_learned_as_numbers(capsys, tmp_path):
    table, path = tmp_path / "line.csv", str(tmp_path / "model.json")
    table.write_text("\n".join(f"{x},{2.5 * x + 1000.5}" for x in range(20)), encoding="utf-8")
    assert main(["train", str(table), "--hidden", "--optimizer", "sgd", "--epochs", "300", "--save", path]) == 0
    assert "loss: mse" in capsys.readouterr().out
    assert main(["predict", path, "7"]) == 0
    assert float(capsys.readouterr().out) == pytest.approx(1018.0, rel=1e-3)


def test_numbers_that_overflow_are_a_line_and_exit_code_1(capsys, tmp_path):
    table = tmp_path / "line.csv"
    table.write_text("\n".join(f"{x},{2.5 * x}" for x in range(20)), encoding="utf-8")
    assert main(["train", str(table), "--optimizer", "sgd", "--lr", "1e300", "--epochs", "9"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("autograd-lite train: fit: epoch 2, sample ")
    assert "the loss became inf" in last


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("train nothing.csv", "No such file or directory: 'nothing.csv'"),
        ("train moon", "autograd-lite train: expected one of xor, moons, "),
        ("train moons --epochs 0", "fit: expected epochs to be at least 1, got 0"),
        ("train moons --activation best", "expected an activation out of"),
        ("train xor --batch-size 0", "fit: expected batch_size to be "),
        ("train xor --save nowhere/model.json", "No such file or directory: 'nowhere/model.json'"),
        ("train xor --plot .", "Is a directory: '.'"),
        ("train xor --plot losses.xyz", "expected --plot to end in .png, .svg, .pdf, got 'losses.xyz'"),
        ("train moons --patience 3", "fit: expected validation, as patience waits"),
        ("predict model.json 1", "expected 2 numbers a row, as model.json takes, got 1"),
        ("predict model.json a b", "expected 2 numbers or one CSV file, got ['a', 'b']"),
        ("show wrong.json", "load: 'wrong.json', line 1, column 1: expected JSON"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(MLP(2, [1], seed=0), "model.json")
    (tmp_path / "wrong.json").write_text("no", encoding="utf-8")
    assert main(words.split()) == 2
    out, error = capsys.readouterr()
    assert not out
    assert message in error
    assert error.count("\n") == 1


def test_show_keeps_to_80_columns_and_sends_no_control_codes_of_a_file_to_the_terminal(capsys, tmp_path):
    model = MLP(1, [60], seed=0)
    model.class_names = [f"class {k}\x1b[31m" for k in range(60)]
    save(model, tmp_path / "model.json", optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-3))
    assert main(["show", str(tmp_path / "model.json")]) == 0
    out = capsys.readouterr().out
    assert "optimizer: Adam, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-08, weight_decay=0.001\n" in out
    assert "\x1b" not in out
    assert out.count("class ") == 60
    assert max(map(len, out.splitlines())) <= 80
