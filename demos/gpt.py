"""A GPT that invents names: embeddings, attention, Adam, and every number of it a `Value`, as in Karpathy's microgpt.

You will see the loss fall from a guess among all letters toward what the grammar of the names leaves open, and then
names that stand in no list. About half a minute on the eager engine.
"""

import math
import random
from itertools import pairwise
from typing import Any

from autograd_lite import Value, no_grad
from demos.names import write
from demos.output import OUTPUT, title
from demos.rows import Row, linear, normalised, softmax


class GPT:
    """One block of a transformer. A token is the number of a letter; the last one begins and ends a name."""

    def __init__(self, letters: str, width: int = 12, heads: int = 3, length: int = 14, seed: int = 0) -> None:
        draw, self.letters, self.end, self.parameters = random.Random(seed), letters, len(letters), Row()

        def matrix(rows: int, columns: int = width) -> list[Row]:
            made = [[Value(draw.gauss(0.0, 0.1)) for _ in range(columns)] for _ in range(rows)]
            self.parameters += [p for row in made for p in row]
            return made

        self.heads = [range(i, i + width // heads) for i in range(0, width, width // heads)]
        self.tokens, self.positions, self.out = matrix(self.end + 1), matrix(length), matrix(self.end + 1)
        self.query, self.key, self.value, self.mix = (matrix(width) for _ in range(4))
        self.widen, self.narrow = matrix(4 * width), matrix(width, 4 * width)

    def __call__(self, token: int, past: list[tuple[Row, Row]]) -> Row:
        """The probability of each token to come next; `past`, a key and a value for each token, grows by one."""
        x = [t + p for t, p in zip(self.tokens[token], self.positions[len(past)], strict=True)]
        h, mixed = normalised(x), Row()
        past.append((linear(self.key, h), linear(self.value, h)))
        query = linear(self.query, h)
        for head in self.heads:
            weights = softmax([sum(query[i] * key[i] for i in head) / math.sqrt(len(head)) for key, _ in past])
            mixed += [sum(w * value[i] for w, (_, value) in zip(weights, past, strict=True)) for i in head]
        x = [a + b for a, b in zip(x, linear(self.mix, mixed), strict=True)]
        hidden = [a.relu() for a in linear(self.widen, normalised(x))]
        return softmax(linear(self.out, [a + b for a, b in zip(x, linear(self.narrow, hidden), strict=True)]))

    def loss(self, name: str) -> Any:
        """The mean of −ln p over the letters of a name and its end."""
        tokens, past = [self.end, *map(self.letters.index, name), self.end], Row()
        return sum(-self(token, past)[after].log() for token, after in pairwise(tokens)) / len(tokens[1:])

    def invent(self, draw: random.Random) -> str:
        """A name, letter by letter; more cautious than the probabilities."""
        tokens, past = [self.end], Row()
        for _ in self.positions:
            tokens += draw.choices(range(self.end + 1), [p.data**1.5 for p in self(tokens[-1], past)])
            if tokens[-1] == self.end:
                break
        return "".join(self.letters[token] for token in tokens if token != self.end)


def train(model: GPT, names: list[str], steps: int, lr: float = 0.02) -> list[float]:
    """The loss of one name after the other, with a step of Adam after each."""
    losses, mean, square = [], [0.0] * len(model.parameters), [0.0] * len(model.parameters)
    for step in range(1, steps + 1):
        name = names[step % len(names)]
        loss = model.loss(name)
        loss.backward()
        for i, p in enumerate(model.parameters):
            mean[i] = 0.9 * mean[i] + 0.1 * p.grad
            square[i] = 0.99 * square[i] + 0.01 * p.grad**2
            root = math.sqrt(square[i] / (1.0 - 0.99**step)) + 1e-8
            p.data -= lr * (1.0 - step / (steps + 1)) * mean[i] / (1.0 - 0.9**step) / root
            p.grad = 0
        losses.append(loss.data)
        if step % 50 == 0:
            print(f"{step:5} names   loss {sum(losses[-50:]) / 50:.4f}   the last, {name}: {loss:.4f}")
    return losses


def main(steps: int = 300) -> list[str]:
    """Write names into a file, learn those that stand in it, and invent others."""
    title("A GPT that invents names", "会起名字的 GPT")
    write(OUTPUT / "names.txt")
    names = (OUTPUT / "names.txt").read_text(encoding="utf-8").split()
    model = GPT("".join(sorted(set("".join(names)))))
    print(f"{len(names)} names like {', '.join(names[:4])}; {len(model.parameters):,} parameters")
    print(f"    a guess   loss {math.log(model.end + 1):.4f}")
    train(model, names, steps)
    with no_grad():
        invented = [model.invent(random.Random(seed)) for seed in range(8)]
    print(f"invented: {', '.join(invented)}")
    return invented


if __name__ == "__main__":
    main()
