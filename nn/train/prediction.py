"""A model's answer, and what each of its neurons says, as a tape and as a page draws it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd_lite import Value, enable_grad, toposort, trace
from autograd_lite.scopes import Part, places
from nn.answers import same_half
from nn.train.problem import Problem

Json = dict[str, Any]


class Prediction:
    """The model's answer to a row of inputs and what each of its neurons says, as a tape and as what is drawn of it."""

    def __init__(self, problem: Problem, parameters: Sequence[Value]) -> None:
        self.problem = problem
        self.x = [Value(number, f"x[{k}]") for k, number in enumerate(problem.xs[0])]
        with enable_grad():
            answer = problem.model(self.x)
        self.outputs = list(answer) if isinstance(answer, (list, tuple)) else [answer]
        self.nodes = toposort(*self.outputs)
        self.place = places(self.nodes)
        # Of a neuron's results the last is what it says.
        self.units = {
            self.place[node]: node for node in self.nodes if node.op is not None and isinstance(node.scope, Part)
        }
        self.numbers = {p: k for k, p in enumerate(parameters)}
        self.tape = trace([*self.outputs, *self.units.values()], [*parameters, *self.x]).simplified()

    def described(self) -> Json:
        """What the page draws and reads: sizes, neurons by layer, weights, and where the answer changes."""
        targets = [y if isinstance(y, list) else [y] for y in self.problem.ys]
        numbers = [y for row in targets for y in row]
        classes = len(self.outputs) if len(targets[0]) < len(self.outputs) else 0
        return {
            "inputs": len(self.x),
            "outputs": len(self.outputs),
            "units": [self._unit(path, node) for path, node in self.units.items()],
            "links": self._links(),
            "threshold": self._threshold(numbers),
            "middle": (min(numbers) + max(numbers)) / 2,
            "csv": {"nInputs": len(self.x), "nTargets": len(targets[0]), "classes": classes},
        }

    def _unit(self, path: str, node: Value) -> Json:
        layer, _, name = path.rpartition(".")
        return {
            "name": node.label or path,
            "short": node.op.symbol if node.op else "",
            "layer": layer.rpartition(".")[2] or name,
        }

    def _links(self) -> list[tuple[int, int, int]]:
        """Every weight: what it weighs (an input as −1, −2, … or a unit), the unit that it is of, its number."""
        sources = {x: -1 - k for k, x in enumerate(self.x)} | {node: k for k, node in enumerate(self.units.values())}
        units = {path: k for k, path in enumerate(self.units)}
        return [
            (sources[source], units[self.place[node]], self.numbers[weight])
            for node in self.nodes
            if node.op is not None and node.op.name == "multiply" and self.place[node] in units
            for weight, source in (node.parents, node.parents[::-1])
            if weight in self.numbers and source in sources
        ]

    def _threshold(self, targets: Sequence[float]) -> float:
        """Where the only output changes its answer: ½ for probabilities, 0 for logits and signs, else the middle."""
        if self.problem.right is None:
            return (min(targets) + max(targets)) / 2
        return 0.5 if self.problem.right is same_half else 0.0
