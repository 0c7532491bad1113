"""The gradient of demos.gpt's model by hand: in NumPy with arrays that are there already, and in C (gpt.c).

Each gives the loss of a document and writes its gradient where `gradient` is, in the order of the model's parameters.
"""

import ctypes
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# What gcc makes of the same loops differs by a factor with these; each is tried, the best one counts.
FLAGS = (
    ("-mprefer-vector-width=256",),
    ("-mprefer-vector-width=512",),
    ("-mprefer-vector-width=256", "-fdisable-tree-cunrolli"),
    ("-mprefer-vector-width=512", "-fdisable-tree-cunrolli"),
    ("-mprefer-vector-width=256", "-fno-tree-slp-vectorize"),
)


@dataclass(frozen=True)
class Sizes:
    """A model: its symbols, places, width and heads."""

    symbols: int
    length: int
    width: int
    heads: int

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """The model's matrices, in order."""
        d = self.width
        return {
            "token": (self.symbols, d), "place": (self.length, d), "attend": (3 * d, d), "mix": (d, d),
            "widen": (4 * d, d), "narrow": (d, 4 * d), "out": (self.symbols, d),
        }  # fmt: skip

    def views(self, numbers: Any) -> dict[str, Any]:
        """The matrices in a flat array."""
        found, start = {}, 0
        for name, (rows, columns) in self.shapes.items():
            found[name] = numbers[start : start + rows * columns].reshape(rows, columns)
            start += rows * columns
        return found


class ByNumPy:
    """The matrix formulas for documents of n tokens."""

    def __init__(self, sizes: Sizes, weights: Any, n: int) -> None:
        self.gradient = np.zeros_like(weights)
        self.w, self.g, self.d = sizes.views(weights), sizes.views(self.gradient), sizes.width
        d, h, s = sizes.width, sizes.heads, sizes.symbols
        self.scale, self.share = (d // h) ** -0.5, 1.0 / n
        self.x, self.x1, self.x2, self.h, self.h1, self.m = (np.empty((n, d)) for _ in range(6))
        self.dx, self.dx2, self.dh, self.dm, self.work = (np.empty((n, d)) for _ in range(5))
        self.u, self.a, self.du, self.off = (np.empty((n, 4 * d)) for _ in range(4))
        self.z, self.one = np.empty((n, s)), np.empty((n, s))
        self.r, self.r1, self.column, self.total = (np.empty((n, 1)) for _ in range(4))
        self.qkv, self.dqkv = np.empty((n, 3 * d)), np.empty((n, 3 * d))
        parts = [x.reshape(n, 3, h, d // h).transpose(1, 2, 0, 3) for x in (self.qkv, self.dqkv)]
        (self.q, self.k, self.v), (self.dq, self.dk, self.dv) = parts
        self.heads, self.dheads = (x.reshape(n, h, d // h).transpose(1, 0, 2) for x in (self.m, self.dm))
        self.scores, self.ds = np.empty((h, n, n)), np.empty((h, n, n))
        self.rows = np.empty((h, n, 1))
        self.mask, self.eye, self.lines = np.triu(np.full((n, n), -np.inf), 1), np.eye(s), np.arange(n)

    def __call__(self, tokens: Any, after: Any) -> float:
        """The loss; the gradient is in `gradient`."""
        w, g = self.w, self.g
        np.take(w["token"], tokens, axis=0, out=self.x)
        self.x += w["place"][: len(tokens)]
        self._normalise(self.x, self.r, self.h)
        np.matmul(self.h, w["attend"].T, out=self.qkv)
        np.matmul(self.q, self.k.transpose(0, 2, 1), out=self.scores)
        self.scores *= self.scale
        self.scores += self.mask
        self._softmax(self.scores, self.rows)
        np.matmul(self.scores, self.v, out=self.heads)
        np.matmul(self.m, w["mix"].T, out=self.x1)
        self.x1 += self.x
        self._normalise(self.x1, self.r1, self.h1)
        np.matmul(self.h1, w["widen"].T, out=self.u)
        np.maximum(self.u, 0.0, out=self.a)
        np.matmul(self.a, w["narrow"].T, out=self.x2)
        self.x2 += self.x1
        np.matmul(self.x2, w["out"].T, out=self.z)
        self._softmax(self.z, self.total)
        loss = -float(np.log(self.z[self.lines, after]).sum()) * self.share

        self.z[self.lines, after] -= 1.0
        self.z *= self.share
        np.matmul(self.z.T, self.x2, out=g["out"])
        np.matmul(self.z, w["out"], out=self.dx2)
        np.matmul(self.dx2.T, self.a, out=g["narrow"])
        np.matmul(self.dx2, w["narrow"], out=self.du)
        np.greater(self.u, 0.0, out=self.off)
        self.du *= self.off
        np.matmul(self.du.T, self.h1, out=g["widen"])
        np.matmul(self.du, w["widen"], out=self.dh)
        self._through_norm(self.h1, self.r1)
        self.dx2 += self.dh
        np.matmul(self.dx2.T, self.m, out=g["mix"])
        np.matmul(self.dx2, w["mix"], out=self.dm)
        np.matmul(self.dheads, self.v.transpose(0, 2, 1), out=self.ds)
        np.matmul(self.scores.transpose(0, 2, 1), self.dheads, out=self.dv)
        self.ds *= self.scores
        np.sum(self.ds, axis=2, keepdims=True, out=self.rows)
        self.scores *= self.rows
        self.ds -= self.scores
        self.ds *= self.scale
        np.matmul(self.ds, self.k, out=self.dq)
        np.matmul(self.ds.transpose(0, 2, 1), self.q, out=self.dk)
        np.matmul(self.dqkv.T, self.h, out=g["attend"])
        np.matmul(self.dqkv, w["attend"], out=self.dh)
        self._through_norm(self.h, self.r)
        self.dh += self.dx2
        g["place"][: len(tokens)] = self.dh
        np.take(self.eye, tokens, axis=0, out=self.one)
        np.matmul(self.one.T, self.dh, out=g["token"])
        return loss

    def _normalise(self, x: Any, r: Any, h: Any) -> None:
        np.multiply(x, x, out=self.work)
        np.sum(self.work, axis=1, keepdims=True, out=r)
        r /= self.d
        r += 1e-5
        np.sqrt(r, out=r)
        np.divide(x, r, out=h)

    def _softmax(self, z: Any, column: Any) -> None:
        np.max(z, axis=-1, keepdims=True, out=column)
        z -= column
        np.exp(z, out=z)
        np.sum(z, axis=-1, keepdims=True, out=column)
        z /= column

    def _through_norm(self, h: Any, r: Any) -> None:
        """Take `dh` from what was normalised to what it was before: (dh − h·mean(h·dh)) / r."""
        np.multiply(h, self.dh, out=self.work)
        np.sum(self.work, axis=1, keepdims=True, out=self.column)
        self.column /= self.d
        np.multiply(h, self.column, out=self.work)
        self.dh -= self.work
        self.dh /= r


class ByC:
    """gpt.c, compiled for documents of n tokens with some flags; raises ImportError without a compiler."""

    def __init__(self, sizes: Sizes, weights: Any, n: int, folder: Path, flags: tuple[str, ...] = FLAGS[0]) -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            raise ImportError("a C compiler")
        library, code = folder / f"gpt{abs(hash(flags))}.so", folder / "gpt.o"
        names = {"S": sizes.symbols, "L": sizes.length, "D": sizes.width, "H": sizes.heads, "N": n}
        given = [f"-D{name}={number}" for name, number in names.items()]
        source = Path(__file__).with_name("gpt.c")
        # Linked without -Ofast: gcc 12 would let the library flush subnormal numbers in the whole process.
        for command in (
            ["-Ofast", "-march=native", *flags, *given, "-fPIC", "-c", str(source), "-o", str(code)],
            ["-shared", str(code), "-lm", "-o", str(library)],
        ):
            subprocess.run([compiler, *command], check=True, stderr=subprocess.DEVNULL)
        self.gradient, self._weights = np.zeros_like(weights), weights
        self._function = ctypes.CDLL(str(library)).gradient
        self._function.restype = ctypes.c_double
        self._function.argtypes = [ctypes.c_void_p] * 4

    def __call__(self, tokens: Any, after: Any) -> float:
        """The loss; the gradient is in `gradient`. The arrays of tokens are of 64-bit integers."""
        return float(self._function(*(x.ctypes.data for x in (self._weights, tokens, after, self.gradient))))
