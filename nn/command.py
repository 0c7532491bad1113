"""The commands about networks: `train`, `predict` and `show`.

They are functions of parsed arguments that print and return an exit code, like those of `autograd_lite.commands`, whose
table has their options.
"""

from __future__ import annotations

import argparse
import errno
import math
import os
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from autograd_lite.errors import quoted, shown
from nn import data, optim
from nn.files import load, save
from nn.layers import MLP
from nn.train.fit import History, fit

TOYS = ("xor", "moons", "circles", "spirals", "digits", "iris")
# The outputs and the loss, by the number of classes; 0 stands for measurements.
LOSSES = {0: (1, "mse"), 2: (1, "binary_cross_entropy_with_logits")}
PICTURES = (".png", ".svg", ".pdf")
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    name.lower(): thing
    for name, thing in vars(optim).items()
    if isinstance(thing, type) and issubclass(thing, optim.Optimizer) and thing is not optim.Optimizer
}


def train(chosen: argparse.Namespace) -> int:
    """Train an MLP on a set that comes along or a CSV file, and keep it."""
    _look_ahead(chosen)
    xs, ys, classes = _data(chosen.data, chosen.target)
    names = getattr(ys, "classes", None)
    n_out, loss = LOSSES.get(classes, (classes, "cross_entropy"))
    means, scales = _columns(xs)
    scaled = [[(x - mean) / scale for x, mean, scale in zip(row, means, scales, strict=True)] for row in xs]
    model = MLP(len(xs[0]), [*chosen.hidden, n_out], chosen.activation, init=_init(chosen.activation), seed=chosen.seed)
    make = OPTIMIZERS.get(chosen.optimizer)
    if make is None:
        raise ValueError(f"expected --optimizer to be one of {', '.join(OPTIMIZERS)}, got {chosen.optimizer!r}")
    lr = (0.1 if make is optim.SGD else 0.01) if chosen.lr is None else chosen.lr
    optimizer = make(model.parameters(), lr=lr)
    history = fit(
        model, scaled, ys, loss, optimizer, chosen.epochs, min(chosen.batch_size, len(xs)), seed=chosen.seed,
        validation=chosen.validation, patience=chosen.patience, backend=chosen.backend, progress=True,
    )  # fmt: skip
    _unscale(model, means, scales)
    print(model)
    print(f"{len(model.parameters()):,} parameters, {history.samples:,} samples of {chosen.data}")
    _print_names("classes" if names else "loss", names or [loss])
    print(f"{history}\n{history.seconds:.2g} s on the {history.backend} backend")
    print(_sketch(history))
    if chosen.save:
        save(model, chosen.save)
        print(f"wrote {chosen.save}")
    if chosen.plot:
        history.plot().figure.savefig(chosen.plot, dpi=120)
        print(f"wrote {chosen.plot}")
    return 0


def _look_ahead(chosen: argparse.Namespace) -> None:
    """Refuse, before the training that would be lost, what could not be written after it."""
    for path in filter(None, (chosen.save, chosen.plot)):
        if not os.path.isdir(os.path.dirname(path) or "."):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if chosen.plot and not chosen.plot.lower().endswith(PICTURES):
        raise ValueError(f"expected --plot to end in {', '.join(PICTURES)}, got {shown(chosen.plot)}")


def predict(chosen: argparse.Namespace) -> int:
    """Print what a kept model answers for the numbers given, or for each row of a CSV file."""
    model = load(chosen.model)
    n_in = len(model.layers[0].neurons[0].w)
    try:
        rows = [[float(text) for text in chosen.inputs]]
    except ValueError:
        if len(chosen.inputs) != 1:
            raise ValueError(f"expected {n_in} numbers or one CSV file, got {chosen.inputs!r}") from None
        xs, ys, _ = _data(chosen.inputs[0], chosen.target)
        without_targets = len(xs[0]) + 1 == n_in
        rows = [[*x, float(y)] for x, y in zip(xs, ys, strict=True)] if without_targets else xs
    if len(rows[0]) != n_in:
        raise ValueError(f"expected {n_in} numbers a row, as {chosen.model} takes, got {len(rows[0])}")
    for answer in model.predict(rows):
        print(answer)
    return 0


def show(chosen: argparse.Namespace) -> int:
    """Print what a file keeps: the layers, how large their weights are, classes and optimizer."""
    model = load(chosen.model)
    print(f"{model!r}, {len(model.parameters()):,} parameters")
    print("layer  inputs  units  activation  mean |w|   max |w|  mean |b|")
    for number, layer in enumerate(model.layers, start=1):
        weights = [abs(w.data) for neuron in layer.neurons for w in neuron.w]
        biases = [abs(neuron.b.data) for neuron in layer.neurons]
        shape = f"{number:>5}  {len(layer.neurons[0].w):>6}  {len(layer.neurons):>5}"
        sizes = (math.fsum(weights) / len(weights), max(weights), math.fsum(biases) / len(biases))
        print(f"{shape}  {layer.neurons[0].activation:<10}", *(f"{size:>8.4g}" for size in sizes), sep="  ")
    if model.class_names:
        _print_names("classes", model.class_names)
    if model.optimizer_state:
        settings = model.optimizer_state["settings"].items()
        _print_names("optimizer", [model.optimizer_state["type"], *(f"{name}={number}" for name, number in settings)])
    return 0


def _print_names(what: str, names: Iterable[str]) -> None:
    """What came out of a file, in lines of a terminal."""
    text = f"{what}: {', '.join(map(quoted, names))}"
    print(textwrap.fill(text, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))


def _data(name: str, target: str | None) -> tuple[Any, Any, int]:
    """Rows, targets, and the number of classes; 0 where the targets are measurements."""
    if name in TOYS:
        xs, ys = getattr(data, name)()
        return xs, ys, len(set(ys))
    if not (os.path.splitext(name)[1] or os.path.exists(name)):
        raise ValueError(f"expected one of {', '.join(TOYS)}, or a CSV file, got {shown(name)}")
    name_or_index = "-1" if target is None else target.strip()
    column = int(name_or_index) if name_or_index.lstrip("-").isdigit() else name_or_index
    xs, ys = data.read_csv(name, target=column)
    found = set(ys)
    are_classes = hasattr(ys, "classes") or (all(isinstance(y, int) for y in ys) and found == set(range(len(found))))
    return xs, ys, len(found) if are_classes and len(found) > 1 else 0


def _columns(xs: list[list[float]]) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each column; 1 for one that is constant."""
    means = [math.fsum(column) / len(xs) for column in zip(*xs, strict=True)]
    spreads = [
        math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(xs))
        for column, mean in zip(zip(*xs, strict=True), means, strict=True)
    ]
    return means, [spread or 1.0 for spread in spreads]


def _unscale(model: MLP, means: list[float], scales: list[float]) -> None:
    """Let the first layer take the numbers as they are: w(x − mean)/scale + b is a neuron of x as well."""
    for neuron in model.layers[0].neurons:
        for w, mean, scale in zip(neuron.w, means, scales, strict=True):
            w.data /= scale
            neuron.b.data -= w.data * mean


def _init(activation: str) -> str:
    return "he" if activation in ("relu", "leaky_relu", "elu", "silu", "gelu", "softplus") else "xavier"


BARS = "▁▂▃▄▅▆▇█"


def _sketch(history: History, width: int = 56) -> str:
    """The loss by epoch as a row of bars, on a logarithmic scale."""
    last = history.epochs - 1
    chosen = [history.loss[round(i * last / (width - 1))] for i in range(width)] if last >= width else history.loss
    heights = [math.log(max(loss, 1e-300)) for loss in chosen]
    low, high = min(heights), max(heights)
    bars = "".join(BARS[round((h - low) / (high - low or 1.0) * (len(BARS) - 1))] for h in heights)
    return f"loss {history.loss[0]:.3g} {bars} {history.loss[-1]:.3g}"
