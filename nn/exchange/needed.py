"""What every export asks for: a package that is installed, and an MLP whose activations other programs have."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any

from autograd_lite.errors import shown
from nn.files import layer_activations
from nn.layers import MLP

EXTRA = "autograd-lite[exchange]"


def needed(function: str, package: str, install: str = EXTRA) -> Any:
    """A package that is asked for only here."""
    try:
        return import_module(package)
    except ImportError:
        raise ImportError(
            f"{function}: expected the package {package}, which is not installed; python -m pip install '{install}'"
        ) from None


def activations(function: str, model: Any, known: Collection[str]) -> list[str]:
    """The activation of each layer of an MLP, if other programs have them all."""
    if type(model) is not MLP:
        raise TypeError(f"{function}: expected an MLP, got {shown(model)}")
    found = layer_activations(function, model)
    for activation in found:
        if activation not in known:
            raise ValueError(f"{function}: expected activations out of {', '.join(known)}, got {activation!r}")
    return found
