"""`Neuron`, `Layer` and `MLP`: z = b + Σ w x, a = σ(z), layer upon layer.

Labels follow the derivation: `w2[3,0]` goes from neuron 0 of layer 1 to neuron 3 of layer 2, `z2[3]` is that neuron's
pre-activation and `a2[3]` its activation. Layers count from 1, neurons from 0; `x[0]` is an input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd_lite import Value
from autograd_lite.errors import as_int, is_real, shown
from autograd_lite.op import TABLE, Op
from autograd_lite.reading import bare_numbers
from autograd_lite.scopes import Part
from nn.init import Draw, generator, initialiser
from nn.module import Module, Parameter

# What one chooses from; any other op of one input does as well, also one of your own, and any function of a Value.
ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu")


Activation = str | Op | Callable[[Value], Value]


class Neuron(Module):
    """A neuron of `n_in` inputs: weights `w`, bias `b`, and an activation function.

    `activation` is "linear", the name of an op of one input or the op itself, from the table or by `define`, or a
    function of a Value that gives one. An op is kept by its name, so that it is saved and copied with the model.

    `init` is a name or a function of `nn.init`; `seed` an int, a `random.Random`, or None for the `random` module.
    `n_out` is the number of neurons beside it, which some initialisers ask for. Calling it with `n_in` numbers or
    Values gives its activation.
    """

    def __init__(
        self,
        n_in: int,
        activation: Activation = "tanh",
        *,
        init: str | Draw = "uniform",
        seed: Any = None,
        n_out: int = 1,
    ) -> None:
        n_in = as_int(n_in, "Neuron", "n_in", 1)
        self.activation = _check_activation("Neuron", activation)
        weights, bias = initialiser(init)(generator(seed), n_in, as_int(n_out, "Neuron", "n_out", 1))
        self.w = [Parameter(weight) for weight in weights]
        self.b = Parameter(bias)
        self._name("", "", "", Part("neuron", object()))

    def _name(self, layer: str, j: str, comma: str, scope: Part) -> None:
        """Label the parameters, and choose the labels of what the neuron computes, by its place in the network."""
        self._part = scope
        for parameter in (*self.w, self.b):
            parameter.scope = scope
        for k, weight in enumerate(self.w):
            weight.label = f"w{layer}[{j}{comma}{k}]"
        place = f"{layer}[{j}]" if j else layer
        self.b.label, self._z, self._a = f"b{place}", f"z{place}", f"a{place}"

    def pre_activation(self, x: Any) -> Value:
        """z = b + Σₖ wₖ xₖ, added up from left to right."""
        return self._weigh(_inputs("Neuron", x, len(self.w)))

    def _weigh(self, x: list[Value]) -> Value:
        """z from inputs that were checked, once for a whole layer."""
        groups: Any = bare_numbers([self.b], self.w, x) or ([self.b], self.w, x)
        (total,), weights, inputs = groups
        for w, a in zip(weights, inputs):  # noqa: B905  (the innermost loop of every network)
            total = total + w * a
        z = total if isinstance(total, Value) else Value(total)
        z.label = self._z
        z.scope = self._part
        return z

    def activate(self, z: Value) -> Value:
        """a = σ(z)."""
        if self.activation == "linear":
            return z
        a = TABLE[self.activation](z) if isinstance(self.activation, str) else self.activation(z)
        if not isinstance(a, Value):
            raise TypeError(f"Neuron: expected activation to return a Value, got {shown(a)}")
        if a is not z:
            a.label = self._a
            a.scope = self._part
        return a

    def __call__(self, x: Any) -> Value:
        """The activation σ(z)."""
        return self.activate(self.pre_activation(x))

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, {_named(self.activation)!r})"


class Layer(Module):
    """`n_out` neurons that see the same `n_in` inputs. Calling it gives the list of their activations.

    A layer of one neuron gives that neuron's activation itself. Arguments as for `Neuron`.
    """

    def __init__(
        self, n_in: int, n_out: int, activation: Activation = "tanh", *, init: str | Draw = "uniform", seed: Any = None
    ) -> None:
        n_in, n_out = as_int(n_in, "Layer", "n_in", 1), as_int(n_out, "Layer", "n_out", 1)
        seed = generator(seed)
        self.neurons = [Neuron(n_in, activation, init=init, seed=seed, n_out=n_out) for _ in range(n_out)]
        self._name("", "layer", object())

    def _name(self, layer: str, scope: str, model: object) -> None:
        for j, neuron in enumerate(self.neurons):
            neuron._name(layer, str(j), ",", Part(f"{scope}.neuron{j}", model))

    def pre_activations(self, x: Any) -> list[Value]:
        """The z of every neuron."""
        x = _inputs("Layer", x, len(self.neurons[0].w))
        return [neuron._weigh(x) for neuron in self.neurons]

    def activate(self, zs: Sequence[Value]) -> list[Value]:
        """The a of every neuron from its z."""
        return [neuron.activate(z) for neuron, z in zip(self.neurons, zs, strict=True)]

    def __call__(self, x: Any) -> Any:
        """The list of the neurons' activations, or the activation of the only one."""
        outputs = self.activate(self.pre_activations(x))
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        first = self.neurons[0]
        return f"Layer({len(first.w)}, {len(self.neurons)}, {_named(first.activation)!r})"


class MLP(Module):
    """A multi-layer perceptron: `MLP(2, [16, 16, 1])` has 2 inputs, two hidden layers of 16 neurons and one output.

    `activation` is the hidden layers' function and `output` the last layer's, each as for `Neuron`; `init` and
    `seed` as for `Neuron`. Calling it with a row of numbers or Values gives a Value, or a list of them if the last
    layer has several neurons. Raises ValueError for a wrong number of inputs or an unknown name.
    """

    def __init__(
        self,
        n_in: int,
        n_outs: Sequence[int],
        activation: Activation = "relu",
        output: Activation = "linear",
        *,
        init: str | Draw = "uniform",
        seed: Any = None,
    ) -> None:
        if not isinstance(n_outs, Sequence) or isinstance(n_outs, (str, bytes)) or not n_outs:
            error = ValueError if isinstance(n_outs, (list, tuple)) else TypeError
            raise error(f"MLP: expected n_outs as a list of layer sizes like [16, 16, 1], got {shown(n_outs)}")
        sizes = [as_int(n_in, "MLP", "n_in", 1), *(as_int(n, "MLP", "each layer size", 1) for n in n_outs)]
        self.activation = _check_activation("MLP", activation)
        self.output = _check_activation("MLP", output)
        seed = generator(seed)
        names = [activation] * (len(n_outs) - 1) + [output]
        self.layers = [Layer(sizes[i], sizes[i + 1], name, init=init, seed=seed) for i, name in enumerate(names)]
        model = object()  # what tells this model's parts from those of another
        for number, layer in enumerate(self.layers, start=1):
            layer._name(str(number), f"model.layer{number}", model)

    def tensors(self) -> dict[str, Any]:
        """Each layer's weights, a row a neuron, and biases, under the names of the equal `torch.nn.Sequential`.

        There an activation other than "linear" is a module of its own: "0.weight", "0.bias", "2.weight", …
        """
        tensors: dict[str, Any] = {}
        place = 0
        for layer in self.layers:
            tensors[f"{place}.weight"] = [neuron.w for neuron in layer.neurons]
            tensors[f"{place}.bias"] = [neuron.b for neuron in layer.neurons]
            place += 1 + (layer.neurons[0].activation != "linear")
        others = {path: p for path, p in self.named_parameters() if not path.startswith("layers.")}
        return tensors | others

    def __call__(self, x: Any) -> Any:
        """The last layer's activations for one row of inputs."""
        x = _inputs("MLP", x, len(self.layers[0].neurons[0].w))
        for layer in self.layers:
            x = layer(x) if layer is self.layers[-1] else layer.activate(layer.pre_activations(x))
        return x

    def __repr__(self) -> str:
        sizes = [len(layer.neurons) for layer in self.layers]
        n_in = len(self.layers[0].neurons[0].w)
        return f"MLP({n_in}, {sizes}, activation={_named(self.activation)!r}, output={_named(self.output)!r})"


def _inputs(function: str, x: Any, n_in: int) -> list[Value]:
    """x as a list of n_in Values; numbers become leaves labelled x[k], once for all neurons that read them."""
    if isinstance(x, Value) or is_real(x):
        x = [x]
    try:
        row = list(x)
    except TypeError:
        raise TypeError(f"{function}: expected {n_in} inputs, numbers or Values, got {shown(x)}") from None
    if len(row) != n_in:
        raise ValueError(f"{function}: expected {n_in} inputs, got {len(row)}")
    return [a if isinstance(a, Value) else Value(a, f"x[{k}]") for k, a in enumerate(row)]


def _check_activation(function: str, activation: Any) -> Any:
    """The activation: an op by its name, a function as it is."""
    name = activation.name if isinstance(activation, Op) and TABLE.get(activation.name) is activation else activation
    if name == "linear" or (isinstance(name, str) and name in TABLE and TABLE[name].takes(1)):
        return name
    if isinstance(name, str) or not callable(name) or (isinstance(name, Op) and not name.takes(1)):
        raise ValueError(
            f"{function}: expected an activation out of {', '.join(ACTIVATIONS)}, another op of one input, or a "
            f"function of a Value, got {shown(activation)}"
        )
    return name


def _named(activation: object) -> str:
    return activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
