"""`Snapshots`: the weights of a model by layer as training goes on, and the gradients of a cost there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite.errors import shown
from autograd_lite.graph import reached
from nn.losses import Cost, Loss, find
from nn.module import Module


class Snapshots:
    """A callback for `fit` that takes down the parameters after each epoch: `fit(…, callback=Snapshots(model))`.

    With data it also takes down the gradient of the mean `loss` over `xs`, `ys`, one backward pass a sample; a few
    samples will do. `weights[i][l]` and `gradients[i][l]` are the numbers of layer l, from 0, at `epochs[i]`, where
    epoch 0 is the model as it was given; `gradients` is empty without data. The gradients that the model holds stay.
    Raises TypeError unless the model is a Module and the data are lists, ValueError for an unknown loss or unequal
    numbers of xs and ys.
    """

    def __init__(
        self, model: Module, xs: Sequence[Any] = (), ys: Sequence[Any] = (), loss: str | Loss | Cost = "quadratic"
    ) -> None:
        if not isinstance(model, Module):
            raise TypeError(f"Snapshots: expected model to be a Module, got {shown(model)}")
        for name, data in (("xs", xs), ("ys", ys)):
            if not hasattr(data, "__len__"):
                raise TypeError(f"Snapshots: expected {name} to be a list, got {shown(data)}")
        if len(xs) != len(ys):
            raise ValueError(f"Snapshots: expected as many ys as xs, got {len(xs)} xs and {len(ys)} ys")
        self.model: Any = model
        self.xs, self.ys, self.loss = xs, ys, find(loss)
        self.layers = [layer.parameters() for layer in getattr(model, "layers", [model])]
        self.epochs: list[int] = []
        self.weights: list[list[list[float]]] = []
        self.gradients: list[list[list[float]]] = []
        self.take(0)

    def __call__(self, history: Any) -> None:
        """Take the parameters down after an epoch."""
        self.take(history.epochs)

    def take(self, epoch: int) -> None:
        """Take the parameters down under the number of an epoch."""
        self.epochs.append(epoch)
        self.weights.append([[p.data for p in layer] for layer in self.layers])
        if len(self.xs):
            self.gradients.append(self._gradients())

    def _gradients(self) -> list[list[float]]:
        """The gradient of the mean cost by layer."""
        parameters = self.model.parameters()
        held = [p.grad if reached(p) else None for p in parameters]
        self.model.zero_grad()
        try:
            for x, y in zip(self.xs, self.ys, strict=True):
                self.loss(self.model(x), y).backward()
            return [[p.grad / len(self.xs) for p in layer] for layer in self.layers]
        finally:
            for p, grad in zip(parameters, held, strict=True):
                p.grad = grad
