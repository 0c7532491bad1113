"""`save` and `load`: a model as a JSON file that any program can read, and that can do nothing but hold numbers.

    {"format": "autograd_lite model", "version": 1,
     "architecture": {"type": "MLP", "n_in": 2, "n_outs": [16, 1], "activation": "tanh", "output": "linear"},
     "answers": "same_class",                    (how its loss told a right answer, a function of nn.answers)
     "classes": ["setosa", …],                                     (where the targets had names)
     "parameters": {"0.weight": [[…], …], "0.bias": […], …},       (the model's state_dict)
     "optimizer": {"type": "Adam", "settings": {…}, "states": {…}} (its state_dict, where one was given)}

Numbers are written with the digits that give back the same double. A class of one's own is in no file: such a model
is made by its program, and `load` fills it.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from autograd_lite.errors import quoted, shown
from autograd_lite.files import as_path, write_file
from nn.answers import READINGS
from nn.layers import MLP
from nn.module import Module
from nn.strict_json import read_json

FORMAT, VERSION = "autograd_lite model", 1
PARTS = {
    "format": str, "version": int, "architecture": dict, "answers": str, "classes": list, "parameters": dict,
    "optimizer": dict,
}  # fmt: skip
ARCHITECTURE = {"type": str, "n_in": int, "n_outs": list, "activation": str, "output": str}


def save(model: Module, path: str | os.PathLike[str], optimizer: Any = None) -> None:
    """Write a model, and an optimizer's state if one is given, to a JSON file, whole or not at all.

    Raises TypeError for a model or an optimizer that is none, ValueError for a number that is nan or infinite, OSError
    as it comes.
    """
    if not isinstance(model, Module):
        raise TypeError(f"save: expected model to be a Module, got {shown(model)}")
    path = as_path(path, "save")
    if optimizer is not None and not hasattr(optimizer, "state_dict"):
        raise TypeError(f"save: expected optimizer to be an optimizer of nn.optim, got {shown(optimizer)}")
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "architecture": architecture(model)}
    if model.class_names is not None:
        document["classes"] = list(model.class_names)
    if model.answers in READINGS:
        document["answers"] = model.answers
    document["parameters"] = model.state_dict()
    if optimizer is not None:
        document["optimizer"] = optimizer.state_dict()
    for part in ("parameters", "optimizer"):
        for where, number in _leaves(document.get(part, {}), part):
            if isinstance(number, float) and not math.isfinite(number):
                raise ValueError(f"save: expected finite numbers, got {number} in {where}")
    write_file(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())


def load(path: str | os.PathLike[str], model: Module | None = None) -> Any:
    """The model in a file that `save` wrote; its `optimizer_state` is the optimizer's `state_dict`, or None.

    An MLP is built anew; a model of a class of one's own is given, and filled. Raises ValueError, with path and place,
    for a file that is not exactly what `save` writes or does not fit the given model, which then stays as it was;
    OSError if the file can't be read.
    """
    if model is not None and not isinstance(model, Module):
        raise TypeError(f"load: expected model to be a Module, got {shown(model)}")
    place, document = read_json("load", path)
    _check_document(place, document)
    plan, state = document["architecture"], document["parameters"]
    if model is None or plan["type"] == "MLP":
        built = build(f"{place}, architecture", plan, sum(1 for _ in _leaves(state, "")))
        model = model or built
    if plan != architecture(model):
        raise ValueError(f"{place}, architecture: expected {architecture(model)}, as the model has, got {plan}")
    try:
        model.load_state_dict(state)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}, parameters: {str(error).removeprefix('load_state_dict: ')}") from None
    model.class_names, model.answers = document.get("classes"), document.get("answers")
    model.optimizer_state = document.get("optimizer")
    return model


def architecture(model: Any) -> dict[str, Any]:
    """What a model is, apart from its numbers; of a class of one's own only the name."""
    if type(model) is not MLP:
        return {"type": type(model).__name__}
    layer_activations("save", model)
    return {
        "type": "MLP",
        "n_in": len(model.layers[0].neurons[0].w),
        "n_outs": [len(layer.neurons) for layer in model.layers],
        "activation": model.activation,
        "output": model.output,
    }


def layer_activations(function: str, model: MLP) -> list[str]:
    """The activation of each layer, the same in all hidden ones; raises ValueError if the layers were changed."""
    activations = [model.activation] * (len(model.layers) - 1) + [model.output]
    for activation in activations:
        if not isinstance(activation, str):
            raise ValueError(
                f"{function}: expected activations that have a name, got {shown(activation)}; define() gives it one"
            )
    for number, (layer, activation) in enumerate(zip(model.layers, activations, strict=True), start=1):
        for neuron in layer.neurons:
            if neuron.activation != activation:
                raise ValueError(
                    f"{function}: expected layer {number} to have the activation {activation!r} that the MLP was made "
                    f"with, got {neuron.activation!r}"
                )
    return activations


def build(place: str, plan: dict[str, Any], n_numbers: int) -> MLP:
    """The MLP of an architecture, all numbers 0, if it has as many of them as there are."""
    if plan["type"] != "MLP":
        raise ValueError(
            f"{place}: expected an MLP, got a {quoted(plan['type'])}, whose class is in no file; "
            "make the model and give it: load(path, model)"
        )
    for key, kind in ARCHITECTURE.items():
        _check_kind(f"{place}.{key}", plan.get(key), kind)
    if plan.keys() != ARCHITECTURE.keys():
        raise ValueError(f"{place}: expected {', '.join(ARCHITECTURE)}, got {', '.join(map(quoted, plan))}")
    sizes = [plan["n_in"], *plan["n_outs"]]
    for size in sizes:
        _check_kind(f"{place}: the size of a layer", size, int)
    needed = sum(n_out * (n_in + 1) for n_in, n_out in pairwise(sizes))
    if min(sizes) < 1 or len(sizes) < 2 or needed != n_numbers:
        raise ValueError(f"{place}: expected sizes of layers that make {n_numbers} parameters, got {shown(sizes)}")
    try:
        return MLP(
            sizes[0], sizes[1:], plan["activation"], plan["output"], init=lambda _, n_in, n_out: ([0.0] * n_in, 0.0)
        )
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _check_document(place: str, document: Any) -> None:
    """The parts of a document, each of its kind, and no others."""
    _check_kind(place, document, dict)
    if document.get("format") != FORMAT:
        raise ValueError(f"{place}, format: expected {FORMAT!r}, got {shown(document.get('format'))}")
    version = document.get("version")
    if version is True or version != VERSION:
        raise ValueError(f"{place}, version: expected {VERSION}, got {shown(version)}; a newer release may read it")
    for key, part in document.items():
        if key not in PARTS:
            raise ValueError(f"{place}: expected {', '.join(PARTS)}, got the key {shown(key)}")
        _check_kind(f"{place}, {key}", part, PARTS[key])
    for key in ("architecture", "parameters"):
        _check_kind(f"{place}, {key}", document.get(key), dict)
    _check_kind(f"{place}, architecture.type", document["architecture"].get("type"), str)
    for where, number in _leaves(document["parameters"], f"{place}, parameters"):
        _check_number(where, number)
    if document.get("answers", "same_class") not in READINGS:
        raise ValueError(f"{place}, answers: expected one of {', '.join(READINGS)}, got {shown(document['answers'])}")
    _check_classes(f"{place}, classes", document.get("classes", []))
    _check_optimizer(f"{place}, optimizer", document.get("optimizer"))


def _check_classes(place: str, classes: list[Any]) -> None:
    for i, name in enumerate(classes):
        _check_kind(f"{place}[{i}]", name, str)
    if len(set(classes)) < len(classes):
        raise ValueError(f"{place}: expected every name once, got {shown(classes)}")


def _check_optimizer(place: str, state: Any) -> None:
    """What every optimizer's state has; the rest is for the `load_state_dict` of the one it is given to."""
    if state is None:
        return
    for key, kind in (("type", str), ("settings", dict), ("states", dict)):
        _check_kind(f"{place}.{key}", state.get(key), kind)
    for where, number in _leaves(state["settings"], f"{place}.settings"):
        if not isinstance(number, bool):
            _check_number(where, number)
    for where, number in _leaves(state["states"], f"{place}.states"):
        _check_number(where, number)


def _check_kind(place: str, x: object, kind: type) -> None:
    if not isinstance(x, kind) or isinstance(x, bool):
        names = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}
        raise ValueError(f"{place}: expected {names[kind]}, got {shown(x)}")


def _check_number(place: str, x: object) -> None:
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise ValueError(f"{place}: expected a number, got {shown(x)}")
    if not -1.7976931348623157e308 <= x <= 1.7976931348623157e308:
        raise ValueError(f"{place}: expected a number that fits a double, got {shown(x)}")


def _leaves(x: object, place: str) -> Iterator[tuple[str, Any]]:
    """Every number, or other leaf, of lists and objects, with its place."""
    if isinstance(x, dict):
        for key, item in x.items():
            yield from _leaves(item, f"{place}, {quoted(key)}")
    elif isinstance(x, (list, tuple)):
        for i, item in enumerate(x):
            yield from _leaves(item, f"{place}[{i}]")
    else:
        yield place, x
