"""An MLP as a `torch.nn.Sequential`, and the other way round."""

from __future__ import annotations

from typing import Any

from autograd_lite.errors import shown
from nn.exchange.needed import activations, needed
from nn.layers import MLP

# The module of torch.nn for each activation, and its arguments.
TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "linear": ("Identity", {}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("ReLU", {}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    "elu": ("ELU", {"alpha": 1.0}),
    # From the threshold on PyTorch answers x; at its default of 20 that is off in the 10th digit, at 40 in none.
    "softplus": ("Softplus", {"beta": 1.0, "threshold": 40.0}),
    "silu": ("SiLU", {}),
    "gelu": ("GELU", {"approximate": "none"}),
}


def to_torch(model: MLP) -> Any:
    """The equal `torch.nn.Sequential`, in doubles: the same outputs and gradients, with the same names of parameters.

    Raises TypeError for a model that is no MLP, ValueError for an activation that torch.nn has no module for,
    ImportError where PyTorch is not installed.
    """
    torch = needed("to_torch", "torch", "torch")
    names = activations("to_torch", model, TORCH)
    modules = []
    for layer, activation in zip(model.layers, names, strict=True):
        modules.append(torch.nn.Linear(len(layer.neurons[0].w), len(layer.neurons), dtype=torch.float64))
        name, arguments = TORCH[activation]
        modules += [getattr(torch.nn, name)(**arguments)] if activation != "linear" else []
    sequential = torch.nn.Sequential(*modules)
    state = {name: torch.tensor(numbers, dtype=torch.float64) for name, numbers in model.state_dict().items()}
    sequential.load_state_dict(state)
    return sequential


def from_torch(sequential: Any) -> MLP:
    """The MLP equal to a `torch.nn.Sequential` of Linear modules with biases and activations between them.

    Raises TypeError for anything else than a Sequential, ValueError, naming the module, for one that an MLP has no
    place for: hidden layers of several kinds, a Linear without biases, an activation with other constants than ours.
    """
    torch = needed("from_torch", "torch", "torch")
    if not isinstance(sequential, torch.nn.Sequential):
        raise TypeError(f"from_torch: expected a torch.nn.Sequential, got {shown(sequential)}")
    layers: list[tuple[Any, str]] = []
    for place, module in sequential.named_children():
        if isinstance(module, torch.nn.Linear) and module.bias is not None:
            layers.append((module, "linear"))
        elif layers and layers[-1][1] == "linear" and (activation := _activation(module)):
            layers[-1] = (layers[-1][0], activation)
        else:
            raise ValueError(f"from_torch: expected Linear modules with activations between, got {place}: {module}")
    hidden = {activation for _, activation in layers[:-1]}
    if not layers or len(hidden) > 1:
        raise ValueError(f"from_torch: expected layers, the hidden ones of one activation, got {sorted(hidden)}")
    sizes = [layers[0][0].in_features, *(linear.out_features for linear, _ in layers)]
    output = layers[-1][1]
    model = MLP(sizes[0], sizes[1:], hidden.pop() if hidden else output, output)
    model.load_state_dict(
        {
            name: numbers
            for (linear, _), names in zip(layers, _pairs(list(model.tensors())), strict=True)
            for name, numbers in zip(names, (linear.weight.detach(), linear.bias.detach()), strict=True)
        }
    )
    return model


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return list(zip(names[::2], names[1::2], strict=True))


def _activation(module: Any) -> str | None:
    """Our name of a module of torch.nn, if it computes the same."""
    for activation, (name, arguments) in TORCH.items():
        if type(module).__name__ == name:
            same = all(getattr(module, key) == x for key, x in arguments.items() if key != "threshold")
            return activation if same and getattr(module, "threshold", 20.0) >= 20.0 else None
    return None
