"""A GPT that invents names: embeddings, attention and all, every number of it a `Value`, trained from that very graph.

You will see the loops in the graph of what one name costs; that the code made from it gives the graph's own gradient;
the loss fall from a guess among all letters toward what the grammar of the names leaves open; and names that stand in
no list. It takes seconds; without llvmlite (the `jit` extra) it learns from fewer names. `python -m demos.gpt eager`
takes about a minute: the graph itself, made anew for each name, without a tape.
"""

import math
import random
import sys
from typing import Any

from autograd_lite import Value, no_grad, pick, softmax, trace
from autograd_lite.backends import choose, find
from demos.names import write
from demos.output import OUTPUT, title
from demos.rows import Row, added, attention, linear, normalised
from nn import Module, Parameter, fit, losses, optim

NAMES = {"llvm": 500, "python": 50, "eager": 30}  # as many as take seconds; on the graph itself, a minute


class GPT(Module):
    """One block of a transformer. A token is the number of a letter; the last one begins and ends a name."""

    def __init__(self, letters: str, width: int = 12, heads: int = 3, length: int = 14, seed: int = 0) -> None:
        draw, self.letters, self.end, self.heads, self.length = (
            random.Random(seed),
            letters,
            len(letters),
            heads,
            length,
        )

        def matrix(name: str, rows: int, columns: int = width) -> list[Row]:
            return [[Parameter(draw.gauss(0.0, 0.1), f"{name}[{i},{j}]") for j in range(columns)] for i in range(rows)]

        self.tokens, self.places = matrix("Token", self.end + 1), matrix("Place", length)
        self.attend, self.mix = matrix("QKV", 3 * width), matrix("Mix", width)
        self.widen, self.narrow = matrix("Widen", 4 * width), matrix("Narrow", width, 4 * width)
        self.out = matrix("Out", self.end + 1)

    def __call__(self, tokens: Row) -> list[Row]:
        """For each token, which may be a Value, the logits of the one to come next; it sees those before it."""
        columns = list(zip(*self.tokens, strict=True))
        xs = [added([pick(t, *c) for c in columns], place) for t, place in zip(tokens, self.places, strict=False)]
        mixed = attention([linear(self.attend, normalised(x)) for x in xs], self.heads)
        xs = [added(x, linear(self.mix, row)) for x, row in zip(xs, mixed, strict=True)]
        hidden = [[a.relu() for a in linear(self.widen, normalised(x))] for x in xs]
        return [linear(self.out, added(x, linear(self.narrow, h))) for x, h in zip(xs, hidden, strict=True)]

    def sample(self, name: str, length: int = 0) -> tuple[Row, Row]:
        """Tokens, and those that come next with the share of each in the loss: none for what fills up the length."""
        letters, n = [self.letters.index(letter) for letter in name], len(name) + 1
        rest = max(0, length - n)
        ends = [self.end] * rest
        return [self.end, *letters, *ends], [*letters, self.end, *ends, *[1.0 / n] * n, *[0.0] * rest]

    def invent(self, draw: random.Random) -> str:
        """A name, letter by letter; more cautious than the probabilities."""
        tokens = [self.end]
        while len(tokens) <= self.length and tokens[1:][-1:] != [self.end]:
            chances = softmax([z.data for z in self(tokens)[-1]])
            tokens += draw.choices(range(self.end + 1), [p**1.5 for p in chances])
        return "".join(self.letters[token] for token in tokens if token != self.end)


def surprise(logits: list[Row], target: Row) -> Any:
    """The mean of −ln p over the letters of a name and its end."""
    costs = [losses.cross_entropy(z, token) for z, token in zip(logits, target, strict=False)]
    return sum(cost * share for cost, share in zip(costs, target[len(costs) :], strict=True))


def show(model: GPT, name: str, backend: str) -> None:
    """The loops in the graph of what a name costs, and its gradient by the graph and by what is compiled from it."""
    parameters, (tokens, target) = model.parameters(), [list(map(Value, row)) for row in model.sample(name)]
    cost = surprise(model(tokens), target)
    cost.backward()
    tape = trace([cost], [*parameters, *tokens, *target])
    print(tape.loops())
    adjoint = tape.adjoint(n_gradients=len(parameters))
    _, *gradient = find(backend).program(adjoint).run(*adjoint.example)
    worst = max(abs(p.grad - slope) for p, slope in zip(parameters, gradient, strict=True))
    print(f"with the gradient {len(adjoint.instructions):,} scalars, {len(adjoint.loops().statements)} loops;")
    print(f"{backend} and the graph differ in {len(gradient):,} slopes by {worst:.0e} at most")


def main(width: int = 12, heads: int = 3, epochs: int = 8, engine: str = "auto") -> list[str]:
    """Write names into a file, learn those that stand in it, and invent others."""
    backend = choose("auto" if engine == "eager" else engine, "demos.gpt")
    engine = "eager" if engine == "eager" else backend
    write(OUTPUT / "names.txt")
    names = (OUTPUT / "names.txt").read_text(encoding="utf-8").split()
    model = GPT("".join(sorted(set("".join(names)))), width, heads, length=max(map(len, names)) + 1)
    title("The loops in a GPT of scalars", "标量 GPT 里的循环")
    show(model, min(names, key=len), backend)
    title("It learns names, and invents some", "它学习名字，也会起名字")
    names = names[: NAMES[engine]]
    print(f"{len(names)} names like {', '.join(names[:4])}, on the {engine} backend")
    print(f"    a guess   loss {math.log(model.end + 1):.4f}")
    xs, ys = zip(*[model.sample(name, model.length) for name in names], strict=True)
    adam = optim.Adam(model.parameters(), lr=0.02, betas=(0.9, 0.99))
    history = fit(model, xs, ys, surprise, adam, epochs, batch_size=1, schedule=optim.cosine(epochs), backend=engine)
    for epoch, loss in enumerate(history.loss, start=1):
        print(f"    epoch {epoch:3}   loss {loss:.4f}")
    with no_grad():
        invented = [model.invent(random.Random(seed)) for seed in range(8)]
    print(f"invented: {', '.join(invented)}")
    return invented


if __name__ == "__main__":
    main(engine=sys.argv[1] if len(sys.argv) > 1 else "auto")
