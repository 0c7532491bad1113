"""Graphs whose loops are found again: nets of any size, and programs with loops of other kinds."""

import random
from collections.abc import Callable, Sequence
from operator import add
from typing import Any

from autograd_lite import Value, exp, log, log_softmax, logsumexp, pick, record, softmax, tanh
from autograd_lite.tape import Tape, trace
from nn import MLP
from nn.losses import LOSSES


def numbers(count: int, seed: int = 0) -> list[float]:
    generator = random.Random(seed)
    return [generator.uniform(-1.0, 1.0) for _ in range(count)]


def target(loss: str, n: int) -> Any:
    """A target that the loss takes for n outputs, recorded as inputs labelled y."""
    if loss in ("cross_entropy", "nll"):
        return Value(float(n - 1), "y")
    ys = [Value(float(j % 2), "y") for j in range(n)]
    if loss == "hinge":
        return Value(1.0, "y")
    return ys if n > 1 else ys[0]


def net(sizes: Sequence[int], activation: str = "sigmoid", loss: str = "quadratic", output: str | None = None) -> Tape:
    """The adjoint tape of a net's cost by its parameters; the inputs are the parameters, x and y."""
    output = output or {"binary_cross_entropy": "sigmoid", "quadratic": activation}.get(loss, "linear")
    model = MLP(sizes[0], list(sizes[1:]), activation, output, seed=0)
    x = [Value(number, f"x[{k}]") for k, number in enumerate(numbers(sizes[0]))]
    y = target(loss, sizes[-1])
    outputs = model(x)
    cost = LOSSES[loss](log_softmax(outputs) if loss == "nll" else outputs, y)
    parameters = model.parameters()
    ys = y if isinstance(y, list) else [y]
    return trace([cost], [*parameters, *x, *ys]).adjoint(n_gradients=len(parameters))


def grid(name: str, rows: int, columns: int, seed: int = 0) -> list[list[Value]]:
    drawn = numbers(rows * columns, seed)
    return [[Value(drawn[j * columns + k], f"{name}[{j},{k}]") for k in range(columns)] for j in range(rows)]


def row(name: str, n: int, seed: int = 0) -> list[Value]:
    return [Value(x, f"{name}[{k}]") for k, x in enumerate(numbers(n, seed))]


def product(w: Sequence[Sequence[Any]], a: Sequence[Any]) -> list[Any]:
    return [sum(x * y for x, y in zip(line, a, strict=True)) for line in w]


def flat(*groups: Any) -> list[Value]:
    return [x for group in groups for x in (flat(*group) if isinstance(group, list) else [group])]


def tied(n: int = 5) -> Tape:
    """One square matrix used by two layers."""
    w, x = grid("w1", n, n), row("x", n, 1)
    a = [z.tanh() for z in product(w, [z.tanh() for z in product(w, x)])]
    return trace([sum(v * v for v in a)], flat(w, x)).adjoint(n_gradients=n * n)


def skip(n: int = 6) -> Tape:
    """Three layers; the last one sees the first one, too."""
    w1, w2, w3, x = grid("w1", n, n), grid("w2", n, n, 1), grid("w3", 3, n, 2), row("x", n, 3)
    a1 = [z.tanh() for z in product(w1, x)]
    a2 = [z.tanh() for z in product(w2, a1)]
    z3 = product(w3, [a + b for a, b in zip(a1, a2, strict=True)])
    return trace([sum(z * z for z in z3)], flat(w1, w2, w3, x)).adjoint(n_gradients=2 * n * n + 3 * n)


def convolution(n: int = 12, size: int = 3) -> Tape:
    """One kernel that slides over a row, and a tanh."""
    w, x, b = row("w1", size), row("x", n, 1), Value(0.1, "b1")
    z = [b + sum(w[k] * x[i + k] for k in range(size)) for i in range(n - size + 1)]
    return trace([sum(v.tanh() for v in z)], [*w, b, *x]).adjoint()


def recurrent(n: int = 4, steps: int = 5) -> Tape:
    """h = tanh(W x + U h + b), five times."""
    w, u, b = grid("w", n, 3), grid("u", n, n, 1), row("b", n, 2)
    xs = [row(f"x{t}", 3, 10 + t) for t in range(steps)]
    h: list[Any] = [Value(0.0) for _ in range(n)]
    for x in xs:
        h = [tanh(b[j] + p + q) for j, (p, q) in enumerate(zip(product(w, x), product(u, h), strict=True))]
    return trace([sum(v * v for v in h)], flat(w, u, b, *xs)).adjoint(n_gradients=n * 3 + n * n + n)


def spoken(n: int = 4, steps: int = 3) -> Tape:
    """h = tanh(W x + U h + b) from h = 0 on, and at each step an output V h + c that the cost sees."""
    w, u, v, b, c = grid("w", n, 2), grid("u", n, n, 1), grid("v", 3, n, 2), row("b", n, 3), row("c", 3, 4)
    xs = [row(f"x{t}", 2, 10 + t) for t in range(steps)]
    h: list[Any] = [Value(0.0) for _ in range(n)]
    cost: Any = 0.0
    for x in xs:
        h = [tanh(b[j] + p + q) for j, (p, q) in enumerate(zip(product(w, x), product(u, h), strict=True))]
        cost = cost + sum(y * y for y in map(add, c, product(v, h)))
    return trace([cost], flat(w, u, v, b, c, *xs)).adjoint(n_gradients=n * 2 + n * n + 3 * n + n + 3)


def gated(n: int = 4, d: int = 3) -> Tape:
    """A gated linear unit: (W x + b) ⊙ σ(V x + c)."""
    w, v, b, c, x = grid("w1", n, d), grid("w2", n, d, 1), row("b1", n, 3), row("b2", n, 5), row("x", d, 2)
    gates = [z.sigmoid() for z in map(add, c, product(v, x))]
    out = [p * g for p, g in zip(map(add, b, product(w, x)), gates, strict=True)]
    return trace([sum(o * o for o in out)], flat(w, b, v, c, x)).adjoint(n_gradients=2 * (n * d + n))


def gated_recurrent(n: int = 4, d: int = 3, steps: int = 2) -> Tape:
    """The cell of a GRU: h ← z ⊙ tanh(W³ x + U³ (r ⊙ h) + b³) + (1 − z) ⊙ h, with the gates z and r."""
    ws, us = [grid(f"w{k}", n, d, k) for k in (1, 2, 3)], [grid(f"u{k}", n, n, k + 5) for k in (1, 2, 3)]
    bs, xs, h = (
        [row(f"b{k}", n, k + 9) for k in (1, 2, 3)],
        [row(f"x{t}", d, 20 + t) for t in range(steps)],
        row("h", n),
    )
    parameters, first = flat(ws, us, bs), h

    def affine(k: int, x: Any, h: Any) -> list[Any]:
        return [b + p + q for b, p, q in zip(bs[k], product(ws[k], x), product(us[k], h), strict=True)]

    for x in xs:
        z, r = ([t.sigmoid() for t in affine(k, x, h)] for k in (0, 1))
        c = [t.tanh() for t in affine(2, x, [p * q for p, q in zip(r, h, strict=True)])]
        h = [p * s + (1 - p) * q for p, q, s in zip(z, h, c, strict=True)]
    return trace([sum(t * t for t in h)], [*parameters, *flat(*xs), *first]).adjoint(n_gradients=len(parameters))


def concatenated(n: int = 3, d: int = 2, steps: int = 2) -> Tape:
    """The cell of an LSTM whose matrices are applied to x and h in one, from h = c = 0 on."""
    ws, bs = [grid(f"w{k}", n, d + n, k) for k in (1, 2, 3, 4)], [row(f"b{k}", n, k + 9) for k in (1, 2, 3, 4)]
    xs = [row(f"x{t}", d, 20 + t) for t in range(steps)]
    h, c = [[Value(0.0) for _ in range(n)] for _ in range(2)]
    for x in xs:
        zs = [list(map(add, b, product(w, [*x, *h]))) for w, b in zip(ws, bs, strict=True)]
        i, f, o, g = [[z.tanh() if k == 3 else z.sigmoid() for z in line] for k, line in enumerate(zs)]
        c = [p * q + r * s for p, q, r, s in zip(f, c, i, g, strict=True)]
        h = [p * q.tanh() for p, q in zip(o, c, strict=True)]
    parameters = flat(ws, bs)
    return trace([sum(t * t for t in h)], [*parameters, *flat(*xs)]).adjoint(n_gradients=len(parameters))


def mixture(experts: int = 3, n: int = 3, d: int = 4) -> Tape:
    """Experts tanh(W x), added up by the weights softmax(G x)."""
    ws, g, x = [grid(f"w{k}", n, d, k) for k in range(1, experts + 1)], grid("g", experts, d, 9), row("x", d, 10)
    weights, parameters = softmax(product(g, x)), flat(ws, g)
    outputs = [[z.tanh() for z in product(w, x)] for w in ws]
    mixed = [sum(p * y[j] for p, y in zip(weights, outputs, strict=True)) for j in range(n)]
    return trace([sum(y * y for y in mixed)], [*parameters, *x]).adjoint(n_gradients=len(parameters))


def of_vectors(n: int, steps: Sequence[tuple[int, int, int]]) -> tuple[list[Value], list[list[Any]]]:
    """Three matrices and vectors made from others, step by step: products, sums, functions, turned by some places.

    The inputs, and the vectors.
    """
    matrices = [grid(name, n, n, seed) for seed, name in enumerate(("w1", "w2", "u1"))]
    vectors: list[list[Any]] = [row(name, n, 10 + seed) for seed, name in enumerate(("x0", "x1", "b1"))]
    inputs = flat(*matrices, *vectors)
    for kind, i, j in steps:
        w, a, b = matrices[j % 3], vectors[i % len(vectors)], vectors[j % len(vectors)]
        made: list[Callable[[], list[Any]]] = [
            lambda w=w, a=a: product(w, a),
            lambda w=w, a=a, b=b: list(map(add, b, product(w, a))),
            lambda a=a, b=b: [p * q for p, q in zip(a, b, strict=True)],
            lambda a=a, b=b: list(map(add, a, b)),
            lambda a=a: [p.tanh() for p in a],
            lambda a=a, b=b, i=i: [p * b[(i + k) % n] for k, p in enumerate(a)],
            lambda a=a, b=b: [p * q for p, q in zip(a, reversed(b), strict=True)],
        ]
        vectors.append(made[kind]())
    return inputs, vectors


def striding(steps: Sequence[int] = (1, 3)) -> Tape:
    """Nine rows of two matrices, V's between those of W, and sums over every and over every third product with x."""
    w, v, x = grid("w", 8, 3), grid("v", 1, 3, 1), row("x", 3, 2)
    rows = [*w[:4], *v, *w[4:]]
    z = product(rows, x)
    return trace([sum(y * y for y in z[::step]) for step in steps], flat(rows, x))


def attention(n: int = 5, d: int = 4) -> Tape:
    """One head of a GPT over n tokens: softmax(Q Kᵀ/√d) V, causal, and a cost."""
    xs = [row(f"x{t}", d, t) for t in range(n)]
    wq, wk, wv = grid("wq", d, d, 20), grid("wk", d, d, 21), grid("wv", d, d, 22)
    keys, values, total = [], [], Value(0.0)
    for x in xs:
        q = product(wq, x)
        keys.append(product(wk, x))
        values.append(product(wv, x))
        logits = [sum(a * b for a, b in zip(q, k, strict=True)) / d**0.5 for k in keys]
        powers = [exp(z) for z in logits]
        whole = sum(powers)
        weights = [p / whole for p in powers]
        mixed = [sum(p * v[j] for p, v in zip(weights, values, strict=True)) for j in range(d)]
        total = total - log(sum(m * m for m in mixed))
    return trace([total], flat(wq, wk, wv, *xs)).adjoint(n_gradients=3 * d * d)


def heads(n: int = 6, count: int = 4, d: int = 3) -> Tape:
    """Sums of a run and, after it, of as many runs as there are heads, each from a place of its own."""
    w, x, u, b = grid("w1", n, count * d), row("x", 2 * count * d, 1), grid("w2", n, 5, 2), row("b1", 5, 3)
    of_heads = [[line[d * h + k] * x[2 * d * h + k] for h in range(count) for k in range(d)] for line in w]
    z = [sum([*(p * q for p, q in zip(line, b, strict=True)), *more]) for line, more in zip(u, of_heads, strict=True)]
    return trace([sum(v.tanh() for v in z)], flat(w, u, b, x)).adjoint(n_gradients=n * count * d + n * 5)


def classifier(n: int = 7) -> Tape:
    """A linear layer and ln Σ eᶻ − zₖ by rows of any number of inputs, the class an input."""
    w, x, b, k = grid("w1", n, 4), row("x", 4, 1), row("b1", n, 2), Value(2.0, "y")
    z = [p + q for p, q in zip(b, product(w, x), strict=True)]
    return trace([logsumexp(*z) - pick(k, *z)], flat(w, b, x, k)).adjoint(n_gradients=5 * n)


def irregular() -> Tape:
    """An expression in which nothing repeats."""

    def f(x: Any, y: Any) -> Any:
        return tanh(x * y + 0.3) / (2.0 + exp(x - y * y)) - (x.sin() * 0.7) ** 3

    return record(f, 0.5, -1.2).adjoint()


OTHERS: dict[str, Callable[[], Tape]] = {
    "tied": tied,
    "skip": skip,
    "convolution": convolution,
    "recurrent": recurrent,
    "attention": attention,
    "heads": heads,
    "classifier": classifier,
    "irregular": irregular,
}

# Here matrices read the same vector, or one matrix several.
SHARING: dict[str, Callable[[], Tape]] = {
    "recurrent": recurrent,
    "spoken": spoken,
    "gated": gated,
    "gated_recurrent": gated_recurrent,
    "concatenated": concatenated,
    "mixture": mixture,
    "striding": striding,
}
