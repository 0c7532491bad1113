"""An MLP as an ONNX file: one Gemm a layer, and its activation in operators that have kernels for doubles."""

from __future__ import annotations

import os
from typing import Any

from autograd_lite.files import as_path, write_file
from nn.exchange.needed import activations, needed
from nn.layers import MLP

OPSET, IR = 17, 8  # of 2022: what reads ONNX reads these

# Each activation as steps: a new name, an operator, and the names that it takes; "x" goes in, "a" comes out, and the
# numbers are constants. Runtimes lack kernels for doubles of Elu, Softplus and Erf; the first two are written out,
# the third is computed in floats of 32 bits.
STEPS: dict[str, list[tuple[str, str, list[str]]]] = {
    "linear": [("a", "Identity", ["x"])],
    "sigmoid": [("a", "Sigmoid", ["x"])],
    "tanh": [("a", "Tanh", ["x"])],
    "relu": [("a", "Relu", ["x"])],
    "leaky_relu": [("small", "Mul", ["x", "0.01"]), ("a", "Max", ["x", "small"])],
    "elu": [
        ("over", "Max", ["x", "0.0"]), ("under", "Min", ["x", "0.0"]), ("e", "Exp", ["under"]),
        ("below", "Sub", ["e", "1.0"]), ("a", "Add", ["over", "below"]),
    ],
    "softplus": [
        ("over", "Max", ["x", "0.0"]), ("size", "Abs", ["x"]), ("minus", "Neg", ["size"]), ("e", "Exp", ["minus"]),
        ("more", "Add", ["e", "1.0"]), ("log", "Log", ["more"]), ("a", "Add", ["over", "log"]),
    ],
    "silu": [("s", "Sigmoid", ["x"]), ("a", "Mul", ["x", "s"])],
    "gelu": [
        ("scaled", "Mul", ["x", repr(0.5**0.5)]), ("short", "Cast FLOAT", ["scaled"]), ("erf", "Erf", ["short"]),
        ("long", "Cast DOUBLE", ["erf"]), ("more", "Add", ["long", "1.0"]), ("half", "Mul", ["more", "0.5"]),
        ("a", "Mul", ["x", "half"]),
    ],
}  # fmt: skip
CONSTANTS = ("0.0", "0.01", "0.5", "1.0", repr(0.5**0.5))


def to_onnx(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write an MLP as an ONNX file that takes `x`, n rows of inputs in doubles, and gives `y`, n rows of outputs.

    onnxruntime gives the model's outputs to 1e-12; with gelu, whose error function it has in 32 bits only, to 1e-6.
    Raises TypeError for a model that is no MLP, ImportError where onnx is not installed.
    """
    names, path = activations("to_onnx", model, STEPS), as_path(path, "to_onnx")
    onnx = needed("to_onnx", "onnx")
    state = model.state_dict()
    nodes, value = [], "x"
    for weight, bias, activation in zip([*state][::2], [*state][1::2], names, strict=True):
        nodes.append(onnx.helper.make_node("Gemm", [value, weight, bias], [f"{weight}.z"], transB=1))
        value = f"{weight}.a"
        nodes += _activated(onnx, activation, f"{weight}.z", value)
    nodes.append(onnx.helper.make_node("Identity", [value], ["y"]))
    used = {name for node in nodes for name in node.input}
    state |= {text: float(text) for text in CONSTANTS if text in used}
    array, numpy = onnx.numpy_helper.from_array, needed("to_onnx", "numpy")
    tensors = [array(numpy.array(numbers, dtype="float64"), name) for name, numbers in state.items()]
    double = onnx.TensorProto.DOUBLE
    x, y = (
        onnx.helper.make_tensor_value_info(name, double, ["n", len(neurons)])
        for name, neurons in (("x", model.layers[0].neurons[0].w), ("y", model.layers[-1].neurons))
    )
    graph = onnx.helper.make_graph(nodes, "MLP", [x], [y], tensors)
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(made)
    write_file(path, made.SerializeToString())


def _activated(onnx: Any, activation: str, z: str, a: str) -> list[Any]:
    """The operators that make `a` of `z`; names in between start with that of `a`."""
    names = {"x": z, "a": a} | {text: text for text in CONSTANTS}
    nodes = []
    for result, operator, inputs in STEPS[activation]:
        operator, _, kind = operator.partition(" ")
        options = {"to": getattr(onnx.TensorProto, kind)} if kind else {}
        names.setdefault(result, f"{a}.{result}")
        nodes.append(onnx.helper.make_node(operator, [names[name] for name in inputs], [names[result]], **options))
    return nodes
