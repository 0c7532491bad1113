"""`playground`: a model's training as a page, run in the browser by the very tapes that `fit` compiles."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograd_lite import Tape, Value, enable_grad, toposort, trace
from autograd_lite.backends import Shuffler
from autograd_lite.errors import as_flag, as_int, shown
from nn.losses import Cost, Loss
from nn.module import Module
from nn.optim import SGD, Optimizer
from nn.train.fit import History
from nn.train.prediction import Prediction
from nn.train.problem import Problem, faithful, pose
from nn.train.snapshots import Snapshots
from nn.train.validation import Validation, divided

if TYPE_CHECKING:
    from autograd_lite.page.training import Page

SAMPLE_LIMIT = 20_000  # of the training set, which is part of the page

Json = dict[str, Any]


def text(x: float) -> float | str:
    """A number as JSON has it, and as text where JSON has none."""
    return x if math.isfinite(x) else repr(x)


def playground(
    model: Module,
    xs: Sequence[Any],
    ys: Sequence[Any],
    loss: str | Loss | Cost = "quadratic",
    optimizer: Optimizer | None = None,
    batch_size: int | None = None,
    l2: float = 0.0,
    shuffle: bool = True,
    seed: int = 0,
    validation: Any = None,
    history: History | Snapshots | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Page:
    """A self-contained HTML page that trains the model in the browser, as `fit` with these arguments would.

    An epoch there is an epoch of `fit` from the same seed. `validation` is (xs, ys), or a share of the samples that is
    set aside; its loss is drawn beside the other. `history` shows a finished run: the loss of a History is drawn for
    comparison, and Snapshots can be scrubbed through. Neither model nor optimizer is changed. Written to `path`, if one
    is given, whole or not at all. Raises as `fit` does for a model, data or an optimizer that it would refuse, and as
    `explore` does.
    """
    try:
        seed, shuffle = as_int(seed, "fit", "seed"), as_flag(shuffle, "fit", "shuffle")
        (xs, ys), held = divided(xs, ys, validation, seed)
        problem, optimizer, size = _posed(model, xs, ys, loss, optimizer, batch_size, l2)
        tapes, cost, row = _tapes(problem, optimizer)
        held_out = [] if held is None else Validation(problem, optimizer.params, *held).held.rows()
    except (TypeError, ValueError) as error:
        raise type(error)(f"playground: {str(error).removeprefix('fit: ')}") from None
    prediction = Prediction(problem, optimizer.params)
    data = {
        **_described(problem, optimizer, seed),
        **prediction.described(),
        **_past(history, optimizer),
        "batchSize": size,
        "shuffle": shuffle,
        "validation": [[text(x) for x in row] for row in held_out],
        "sources": _sources(cost, optimizer.params, row),
    }
    from autograd_lite.page.training import training_page  # what draws takes longer to load than all the rest

    page = training_page(f"{model!r}", cost, {**tapes, "predict": prediction.tape}, data)
    if path is not None:
        page.save(path)
    return page


def _posed(
    model: Any, xs: Any, ys: Any, loss: Any, optimizer: Any, batch_size: Any, l2: Any
) -> tuple[Problem, Optimizer, int | None]:
    """What is minimised, by what, in batches of which size."""
    if not isinstance(model, Module):
        raise TypeError(f"expected model to be a Module, got {shown(model)}")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(f"expected optimizer to be an optimizer of nn.optim, got {shown(optimizer)}")
    problem = pose(model, xs, ys, loss, l2)
    if len(problem.xs) > SAMPLE_LIMIT:
        raise ValueError(f"expected at most {SAMPLE_LIMIT:,} samples, got {len(problem.xs):,}; take a part of them")
    found = optimizer or SGD(model.parameters(), lr=0.1)
    if type(found).step is not Optimizer.step:
        raise ValueError(f"expected an optimizer with a rule, got {type(found).__name__} with a step of its own")
    return problem, found, None if batch_size is None else as_int(batch_size, "fit", "batch_size", 1)


def _tapes(problem: Problem, optimizer: Optimizer) -> tuple[dict[str, Tape], Value, list[Value]]:
    """The tapes of training, each as the page runs it, and the graph of the first sample's cost with its row."""
    parameters = optimizer.params
    problem.record(parameters)  # refuses what a recording would not be true to
    program = problem.program
    assert program is not None
    with enable_grad():
        x, y = _as_values(problem)
        cost, _ = problem.sample(x, y)
        p = Value(0.0, "p")
        decay: Any = Value(1.0, "l2")
        penalty = trace([replace(problem, l2=decay).penalty([p])], [p, decay])
    numbers = [[0.0] * len(optimizer.settings), 0.0, 0.0, [0.0] * len(optimizer.states)]
    if not cost.label:
        cost.label = "C"
    tapes = {
        "sample": program.adjoint(output=0, n_gradients=len(parameters)),
        "cost": program.simplified(),
        "penalty": penalty.adjoint(n_gradients=1),
        "update": faithful(optimizer.rule, *numbers).simplified(),
    }
    return tapes, cost, [*x, *(y if isinstance(y, list) else [y])]


def _as_values(problem: Problem) -> tuple[list[Value], Any]:
    """The first sample, as Values in the place of its numbers."""
    x = [Value(number, f"x[{k}]") for k, number in enumerate(problem.xs[0])]
    y = problem.ys[0]
    if isinstance(y, list):
        return x, [Value(number, f"y[{k}]") for k, number in enumerate(y)]
    return x, Value(y, "y")


def _sources(cost: Value, parameters: Sequence[Value], row: Sequence[Value]) -> list[Json | None]:
    """What each input of the sample's graph is: a parameter, a number of the row, or neither."""
    known = {p: {"parameter": k} for k, p in enumerate(parameters)} | {x: {"row": k} for k, x in enumerate(row)}
    return [known.get(node) for node in toposort(cost) if node.op is None and node.kind != "constant"]


# ---- what the page is told ----


def _described(problem: Problem, optimizer: Optimizer, seed: int) -> Json:
    """The numbers that training starts from, by name, and the samples."""
    names = {p: name for name, p in problem.model.named_parameters()}
    settings, states, options = optimizer.state_dict(), optimizer.states, optimizer.state_dict()["settings"]
    of_rule = [name for name, x in settings["settings"].items() if not isinstance(x, bool)]
    loss = problem.loss.name
    return {
        "parameters": [
            {"name": names.get(p) or p.label or f"p{k}", "value": text(p.data)} for k, p in enumerate(optimizer.params)
        ],
        "settings": [{"name": name, "value": number} for name, number in zip(of_rule, optimizer.settings, strict=True)],
        "options": [{"name": name, "value": x} for name, x in options.items() if isinstance(x, bool)],
        "states": [
            {"name": name, "values": [text(x) for x in numbers]}
            for name, numbers in zip(settings["states"], states, strict=True)
        ],
        "rows": [[text(x) for x in row] for row in problem.rows()],
        "l2": problem.l2,
        "seed": str(Shuffler(seed).state),
        "hasAnswers": problem.right is not None,
        "model": repr(problem.model),
        "loss": repr(loss),
        "optimizer": type(optimizer).__name__,
    }


def _past(history: Any, optimizer: Optimizer) -> Json:
    """The run that is to be seen: its losses, or the parameters after each of its epochs."""
    if history is None:
        return {"history": [], "replay": []}
    if isinstance(history, History):
        return {"history": [text(x) for x in history.loss], "replay": []}
    if not isinstance(history, Snapshots):
        raise TypeError(f"playground: expected history to be a History or Snapshots, got {shown(history)}")
    replay: list[Json] = [
        {"epoch": epoch, "parameters": [text(x) for layer in weights for x in layer]}
        for epoch, weights in zip(history.epochs, history.weights, strict=True)
    ]
    for taken in replay:
        if len(taken["parameters"]) != len(optimizer.params):
            raise ValueError(
                f"playground: expected history of {len(optimizer.params)} parameters, got {len(taken['parameters'])}"
            )
    return {"history": [], "replay": replay}
