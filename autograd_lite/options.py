"""What the command line can be told: each option's flags, and what argparse is to know of it."""

from __future__ import annotations

from typing import Any

OPTIONS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "wrt": (("--wrt",), {"metavar": "NAME", "help": "the input to differentiate by (explain: all of them)"}),
    "top": (("--top",), {"type": int, "default": 10, "metavar": "K", "help": "how many paths to list (10)"}),
    "format": (("--format",), {"choices": ["text", "markdown", "latex"], "default": "text"}),
    "style": (("--style",), {"help": "box, compact or two-box"}),
    "theme": (("--theme",), {"help": "light or dark"}),
    "detail": (("--detail",), {"help": "node, neuron, layer, model or auto"}),
    "step": (("--step",), {"type": int, "metavar": "K", "help": "the backward pass after K edges"}),
    "animate": (("--animate",), {"action": "store_true", "help": "the backward pass, moving (or -o pass-{}.png)"}),
    "name": (("name",), {"nargs": "?", "help": "a function (all of them)"}),
    "long": (("--long",), {"action": "store_true", "help": "symbols, derivatives and sampled inputs, too"}),
    "output": (("-o", "--output"), {"default": "graph.svg", "metavar": "FILE", "help": "graph.svg; - for DOT"}),
    "formula": (("expression",), {"nargs": "?", "help": "numbers, names, + - * / ** and functions such as tanh"}),
    "numbers": (("numbers",), {"nargs": "*", "metavar": "name=number", "help": "a number for each name"}),
    "train": (("--train",), {"choices": ["xor", "moons", "circles", "spirals"], "help": "a net on these data instead"}),
    "page": (("-o", "--output"), {"default": "page.html", "metavar": "FILE", "help": "page.html"}),
    "order": (("--order",), {"type": int, "default": 2, "metavar": "N", "help": "the highest derivative to check (2)"}),
    "layers": (("--layers",), {"default": "2,3,1", "metavar": "N,N,N", "help": "inputs, hidden, outputs (2,3,1)"}),
    "activation": (("--activation",), {"default": "sigmoid", "help": "of every layer (sigmoid)"}),
    "seed": (("--seed",), {"type": int, "default": 0, "help": "of the weights (0)"}),
    "data": (("data",), {"help": "xor, moons, circles, spirals, digits, iris, or a CSV file"}),
    "target": (("--target",), {"metavar": "COLUMN", "help": "of the CSV file, a name or an index (the last)"}),
    "hidden": (("--hidden",), {"nargs": "*", "type": int, "default": [16], "metavar": "N",
                               "help": "the neurons of each hidden layer (16)"}),
    "hidden_activation": (("--activation",), {"default": "tanh", "help": "of the hidden layers (tanh)"}),
    "optimizer": (("--optimizer",), {"choices": ["sgd", "adam", "adamw", "rmsprop"], "default": "adam"}),
    "lr": (("--lr",), {"type": float, "metavar": "X", "help": "the learning rate (0.1 for sgd, else 0.01)"}),
    "epochs": (("--epochs",), {"type": int, "default": 200, "metavar": "N", "help": "200"}),
    "batch_size": (("--batch-size",), {"type": int, "default": 32, "metavar": "N", "help": "32"}),
    "validation": (("--validation",), {"type": float, "metavar": "X", "help": "the share of samples set aside"}),
    "patience": (("--patience",), {"type": int, "metavar": "N", "help": "epochs without a better validation loss"}),
    "backend": (("--backend",), {"default": "auto", "help": "auto, eager, python or llvm"}),
    "save": (("--save",), {"metavar": "FILE", "help": "where to keep the net (JSON)"}),
    "plot": (("--plot",), {"metavar": "FILE", "help": "where to draw the losses (.png .svg .pdf)"}),
    "model": (("model",), {"help": "a file that train --save or nn.save wrote"}),
    "inputs": (("inputs",), {"nargs": "+", "help": "a number for each input, or one CSV file"}),
    "receipt": (("--receipt",), {"metavar": "NAME", "help": "one number, term by term: 'δ1[0]', 'w2[0,1]', 'b1[2]'"}),
}  # fmt: skip
