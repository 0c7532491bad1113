"""What a model answers: its outputs for many rows, compiled where that pays, and read as its training meant them."""

from __future__ import annotations

import sys
from array import array
from typing import Any

from autograd_lite import Tape, Value, no_grad, trace
from autograd_lite.backends import Doubles, choose, find
from autograd_lite.collector import uncollected
from autograd_lite.errors import shown
from autograd_lite.recording import watching
from nn import metrics
from nn.answers import READINGS, Reading
from nn.rounding import alike
from nn.train.samples import read_rows

# Up to so many rows run on the engine, and up to so many instructions in all as generated Python.
EAGER_ROWS, PYTHON_INSTRUCTIONS = 30, 3_000_000


def predict(model: Any, xs: Any) -> Any:
    """An answer a row: a class, by its name if there are names, or the output itself."""
    found = indices(model, xs, "predict")
    names = model.class_names
    if names is not None and model.answers in READINGS:
        found = [names[i] if isinstance(i, int) and 0 <= i < len(names) else i for i in found]
    return _like(xs, found)


def predict_proba(model: Any, xs: Any) -> Any:
    """The probability of each class, a row a sample."""
    reading = READINGS.get(model.answers)
    if reading is None or reading.probabilities is None:
        raise ValueError(
            "predict_proba: expected a model that fit trained with cross_entropy, nll or binary_cross_entropy, whose "
            "outputs are probabilities; predict gives the answers of others"
        )
    return _like(xs, [reading.probabilities(row) for row in outputs(model, xs, "predict_proba")])


def score(model: Any, xs: Any, ys: Any) -> float:
    """The share of right answers, or r² of a model that gives measurements."""
    if not hasattr(ys, "__len__") or isinstance(ys, str):
        raise TypeError(f"score: expected ys to be a list, got {shown(ys)}")
    found = indices(model, xs, "score")
    if model.answers not in READINGS:
        return metrics.r2(found, ys)
    return metrics.accuracy(found, [_index(model, y) for y in (ys.tolist() if hasattr(ys, "tolist") else ys)])


def _index(model: Any, y: Any) -> Any:
    """A true answer as `indices` gives it: the index of a name, and of the 1 of a row that has a single one."""
    if isinstance(y, str):
        names = list(model.class_names or ())
        if y not in names:
            raise ValueError(f"score: expected ys out of {shown(names)}, got {shown(y)}")
        return names.index(y)
    return y.index(max(y)) if isinstance(y, list) and model.answers in ("same_largest", "same_class") else y


def indices(model: Any, xs: Any, function: str) -> list[Any]:
    """An answer a row, classes by their index."""
    reading = READINGS.get(model.answers, Reading(lambda row: row[0] if len(row) == 1 else row))
    return [reading.answer(row) for row in outputs(model, xs, function)]


def _like(xs: Any, answers: list[Any]) -> Any:
    """NumPy's array for one, a list for everything else."""
    if type(xs).__module__ != "numpy":
        return answers
    return sys.modules["numpy"].array(answers)  # which is there, as xs is of it


def outputs(model: Any, xs: Any, function: str) -> list[list[float]]:
    """The outputs of a model for each row of xs, as floats."""
    numbers, n = _rows(xs, function)
    width = len(numbers) // (n or 1)

    def row(i: int) -> list[float]:
        return list(numbers[i * width : (i + 1) * width])

    if n > EAGER_ROWS and (recorded := _recorded(model, row(0))) is not None:
        tape, first = recorded
        found = _mapped(tape, numbers, n)
        if _agree(first, found[0]) and all(_agree(_eager(model, row(i)), found[i]) for i in (n // 2, n - 1)):
            return found
    return [_eager(model, row(i)) for i in range(n)]


def _rows(xs: Any, function: str) -> tuple[Doubles, int]:
    """The rows of xs, all of one length, one after the other, and how many there are."""
    if isinstance(xs, (str, Value)):
        raise TypeError(f"{function}: expected xs to be a list of rows, got {shown(xs)}")
    return read_rows(function, xs)


def _values(prediction: Any) -> list[Any]:
    return list(prediction) if isinstance(prediction, (list, tuple)) else [prediction]


def _eager(model: Any, row: list[float]) -> list[float]:
    with no_grad():
        return [a.data if isinstance(a, Value) else float(a) for a in _values(model(row))]


def _agree(written: list[float], recorded: list[float]) -> bool:
    """Whether the outputs for a row differ by rounding at the most."""
    return len(written) == len(recorded) and all(map(alike, written, recorded))


@uncollected()
def _recorded(model: Any, row: list[float]) -> tuple[Tape, list[float]] | None:
    """The program from a row to the outputs, with the parameters as they are, and what the model gives for the row.

    None if it is not what was written; then a model that draws has drawn nothing.
    """
    inputs = [Value(x, f"x[{k}]") for k, x in enumerate(row)]
    with watching() as watch:
        prediction = _values(model(inputs))
    if watch.fixed(inputs, model) or not all(isinstance(a, Value) for a in prediction):
        return None
    written = _eager(model, row)
    return (trace(prediction, inputs), written) if [a.data for a in prediction] == written else None


def _mapped(tape: Tape, numbers: Doubles, n: int) -> list[list[float]]:
    """The outputs of a tape for each row, to the bit or, for elementary functions of native code, within 1 ulp."""
    is_small = n * len(tape.instructions) < PYTHON_INSTRUCTIONS
    program = find("python" if is_small else choose("auto", "predict", needs=[tape])).program(tape)
    width = len(tape.outputs)
    results = array("d", bytes(8 * width * n))
    program.map(memoryview(numbers), memoryview(results), n)
    flat = results.tolist()
    return [flat[i : i + width] for i in range(0, len(flat), width)]
