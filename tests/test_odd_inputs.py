"""What is no number, or an odd one, wherever a person can put it: an answer, or one line of TypeError or ValueError."""

import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import autograd_lite
from autograd_lite import (
    Value,
    check_grads,
    define,
    draw,
    explore,
    gradients,
    mistakes,
    record,
    toposort,
    trace,
    zero_grad,
)
from nn import (
    MLP,
    History,
    Neuron,
    data,
    fit,
    load,
    load_safetensors,
    losses,
    optim,
    playground,
    save,
    save_safetensors,
    to_onnx,
    verify,
)


class Celsius(float):
    pass


def cyclic_list():
    loop = [1.0]
    loop.append(loop)
    return loop


def cyclic_dict():
    loop = {}
    loop["k"] = loop
    return loop


ODD = {
    "a float subclass": lambda: Celsius(2.0), "a huge int": lambda: 10**400,
    "a huge Fraction": lambda: Fraction(10**400, 3), "a signalling nan": lambda: Decimal("sNaN"),
    "nan": lambda: math.nan, "'3'": lambda: "3", "b'3'": lambda: b"3",
    "None": lambda: None, "1j": lambda: 1j, "an array": lambda: np.array([1.0, 2.0]),
    "a 0-d array": lambda: np.array(1.0),
    "a generator": lambda: (x for x in [1.0, 2.0]), "a cyclic list": cyclic_list, "a cyclic dict": cyclic_dict,
    "a set": lambda: {1.0}, "an object": object, "[]": list, "['1']": lambda: ["1"], "[None]": lambda: [None],
}  # fmt: skip


def square(x):
    return x * x if isinstance(x, Value) else Value(1.0)


def two():
    return [Value(1.0), Value(2.0)]


PLACES = {
    "Value": lambda odd: Value(odd), "Value.data": lambda odd: setattr(Value(1.0), "data", odd),
    "label": lambda odd: Value(1.0, odd),
    "+": lambda odd: Value(1.0) + odd, "reflected /": lambda odd: odd / Value(1.0), "**": lambda odd: Value(1.0) ** odd,
    "<": lambda odd: Value(1.0) < odd, "exp": autograd_lite.exp,
    "where": lambda odd: autograd_lite.where(odd, 1.0, Value(1.0)), "method": lambda odd: Value(1.0).atan2(odd),
    "zero_grad": zero_grad, "record": lambda odd: record(square, odd), "record f": lambda odd: record(odd, 1.0),
    "compiled": lambda odd: record(square, 1.0).compile()(odd), "y": lambda odd: gradients(odd, Value(1.0)),
    "xs": lambda odd: gradients(Value(1.0), odd), "check_grads": lambda odd: check_grads(square, odd),
    "MLP call": lambda odd: MLP(2, [1], seed=0)(odd), "MLP input": lambda odd: MLP(2, [1], seed=0)([odd, 1.0]),
    "Neuron call": lambda odd: Neuron(2)(odd),
    "MLP sizes": lambda odd: MLP(2, odd), "seed": lambda odd: MLP(2, [1], seed=odd),
    "SGD": lambda odd: optim.SGD(odd, lr=0.1), "lr": lambda odd: optim.SGD([Value(1.0)], lr=odd), "loss": losses.find,
    "verify x": lambda odd: verify(MLP(2, [1], seed=0), odd, 1.0),
    "verify y": lambda odd: verify(MLP(2, [1], seed=0), [1.0, 2.0], odd),
    "cost": lambda odd: verify(MLP(2, [1], seed=0), [1.0, 2.0], 1.0, cost=odd),
    **{f"{name} prediction": lambda odd, loss=loss: loss(odd, 1.0) for name, loss in losses.LOSSES.items()},
    **{f"{name} target": lambda odd, loss=loss: loss(two(), odd) for name, loss in losses.LOSSES.items()},
    **{f"{name} one target": lambda odd, loss=loss: loss(Value(0.5), odd) for name, loss in losses.LOSSES.items()},
}  # fmt: skip


NUMBER = Value(2.0)
# What only True and False may be, what only an int, and what only Values or texts: none of the wrong ones is an answer.
FLAGS = {
    "fit shuffle": lambda odd: fit(MLP(2, [1], seed=0), *data.xor(), epochs=1, shuffle=odd),
    "fit progress": lambda odd: fit(MLP(2, [1], seed=0), *data.xor(), epochs=1, progress=odd),
    "playground shuffle": lambda odd: playground(MLP(2, [1], seed=0), *data.xor(), shuffle=odd),
    "nesterov": lambda odd: optim.SGD([NUMBER], 0.1, momentum=0.9, nesterov=odd),
    "centered": lambda odd: optim.RMSprop([NUMBER], centered=odd),
    "create_graph": lambda odd: gradients(NUMBER * NUMBER, NUMBER, create_graph=odd),
    "exact": lambda odd: record(square, 1.0).compile("python", exact=odd),
    "algebra": lambda odd: draw(NUMBER, algebra=odd), "legend": lambda odd: draw(NUMBER, legend=odd),
}  # fmt: skip
INTS = {
    "fit seed": lambda odd: fit(MLP(2, [1], seed=0), *data.xor(), epochs=1, seed=odd),
    "playground seed": lambda odd: playground(MLP(2, [1], seed=0), *data.xor(), seed=odd),
    "MLP seed": lambda odd: MLP(2, [1], seed=odd), "Neuron seed": lambda odd: Neuron(2, seed=odd),
    "n_out": lambda odd: Neuron(2, n_out=odd), "sizes": lambda odd: MLP(2, odd),
    "order": lambda odd: check_grads(square, (1.0,), order=odd),
    "output": lambda odd: record(square, 1.0).adjoint(odd),
    "n_gradients": lambda odd: record(square, 1.0).adjoint(n_gradients=odd),
}  # fmt: skip
OTHERS = {
    "init": lambda odd: MLP(2, [1], init=odd), "source": lambda odd: record(square, 1.0).source(odd),
    "toposort": toposort, "outputs": lambda odd: trace(odd, [NUMBER]), "inputs": lambda odd: trace([NUMBER], odd),
    "split xs": lambda odd: data.split(odd, [0, 1, 0, 1]), "split ys": lambda odd: data.split([[1.0]] * 4, odd),
    **{name: lambda odd, name=name: define("odd", square, **{name: odd}) for name in ("text", "symbol", "meaning")},
    "lr of mistakes": lambda odd: mistakes(NUMBER * NUMBER, lr=odd),
    "predict": lambda odd: MLP(2, [1], seed=0).predict(odd),
}  # fmt: skip
NO_FLAGS = ["no", "", 2, 0.5, [1], {}, object(), math.nan, len, b"x"]
NO_INTS = ["a", "1", 1.5, [], {}, {1}, object(), math.nan, len, b"x", 1j, True]
NEITHER = [2.5j, {}, {"a": 1}, {1}, math.nan, b"x", object()]
REFUSED = [
    *((name, call, NO_FLAGS) for name, call in FLAGS.items()), *((name, call, NO_INTS) for name, call in INTS.items()),
    *((name, call, NEITHER) for name, call in OTHERS.items()),
]  # fmt: skip


@pytest.mark.parametrize(("call", "values"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_wrong_type_is_refused_in_one_line(call, values):
    for value in values:
        with pytest.raises((TypeError, ValueError), match=r"^[^\n]*expected[^\n]*got[^\n]*$"):
            call(value)


NO_PATHS = [b"a.json", 3, True, 1.5, [], object(), "a\0b", "\ud800", Path("a\0b")]
GRAPH, NET = NUMBER * 2.0, MLP(2, [1], seed=0)
PATHS = {
    "save": lambda odd: save(NET, odd), "load": load, "History.save": History(loss=[1.0]).save,
    "to_onnx": lambda odd: to_onnx(NET, odd), "save_safetensors": lambda odd: save_safetensors(NET, odd),
    "load_safetensors": load_safetensors, "read_csv": data.read_csv, "read_idx": data.read_idx,
    "Page.save": lambda odd: explore(GRAPH, odd), "playground": lambda odd: playground(NET, *data.xor(), path=odd),
    "Drawing.render": draw(GRAPH).render, "draw.animate": lambda odd: draw.animate(GRAPH, odd),
    "Drawing.save": lambda odd: draw(GRAPH).save(odd),
}  # fmt: skip
NEEDS = {"to_onnx": "onnx", "save_safetensors": "safetensors", "load_safetensors": "safetensors"}


@pytest.mark.parametrize("name", PATHS)
def test_what_is_no_path_is_refused_in_one_line_and_no_file_appears(name, tmp_path, monkeypatch):
    pytest.importorskip(NEEDS.get(name, "math"))
    monkeypatch.chdir(tmp_path)
    for odd in NO_PATHS:
        with pytest.raises((TypeError, ValueError), match=r"^\w[^\n]*: expected (a )?path [^\n]*, got [^\n]*$"):
            PATHS[name](odd)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_an_answer_or_one_line(place):
    wrong = {}
    for name, odd in ODD.items():
        try:
            place(odd())
        except (TypeError, ValueError) as error:
            if "\n" in str(error) or "expected" not in str(error):
                wrong[name] = str(error)
        except Exception as error:
            wrong[name] = repr(error)
    assert wrong == {}
