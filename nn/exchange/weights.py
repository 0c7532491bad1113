"""A model's numbers as a safetensors file, the format in which weights are passed around."""

from __future__ import annotations

import json
import os
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.files import as_path, write_file
from nn.exchange.needed import needed
from nn.files import architecture, build
from nn.module import Module


def save_safetensors(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's `state_dict` as a safetensors file of doubles, which PyTorch loads under the same names.

    The architecture goes along as metadata. Raises ImportError where safetensors is not installed.
    """
    if not isinstance(model, Module):
        raise TypeError(f"save_safetensors: expected model to be a Module, got {shown(model)}")
    path = as_path(path, "save_safetensors")
    safetensors = needed("save_safetensors", "safetensors.numpy")
    numpy = needed("save_safetensors", "numpy")
    tensors = {name: numpy.array(numbers, dtype="float64") for name, numbers in model.state_dict().items()}
    metadata = {"format": "pt", "architecture": json.dumps(architecture(model))}
    write_file(path, safetensors.save(tensors, metadata))


def load_safetensors(path: str | os.PathLike[str], model: Module | None = None) -> Any:
    """The model in a safetensors file that `save_safetensors` wrote, or `model`, filled from any with its names.

    Numbers may be of 64, 32 or 16 bits. Raises ValueError, with the path, for a file that is damaged or does not fit
    the model, which then stays as it was; ImportError where safetensors is not installed.
    """
    safetensors = needed("load_safetensors", "safetensors")
    needed("load_safetensors", "numpy")
    path = as_path(path, "load_safetensors")
    place = f"load_safetensors: {path!r}"
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            state = {name: file.get_tensor(name).tolist() for name in file.keys()}  # noqa: SIM118  (it is no dict)
            metadata = file.metadata() or {}
        if model is None:
            model = build(place, _plan(metadata), sum(map(_count, state.values())))
        model.load_state_dict(state)
    except (safetensors.SafetensorError, TypeError, ValueError) as error:
        text = str(error).removeprefix("load_state_dict: ")
        raise ValueError(text if text.startswith(place) else f"{place}: {text}") from None
    return model


def _plan(metadata: dict[str, str]) -> dict[str, Any]:
    """The architecture among the metadata of a file."""
    plan = json.loads(metadata.get("architecture", "null"))
    if not isinstance(plan, dict) or not isinstance(plan.get("type"), str):
        raise ValueError("expected the architecture among the metadata; give the model: load_safetensors(path, model)")
    return plan


def _count(x: object) -> int:
    return sum(map(_count, x)) if isinstance(x, list) else 1
