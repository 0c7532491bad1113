"""`Samples`: the data of a training run as two flat buffers of doubles, one of inputs and one of targets.

Doubles that lie side by side (NumPy arrays, `array`s, memoryviews) are used where they are, without a copy; whoever
changes them while a model is trained on them changes what it is trained on. Everything else is read row by row, and
nothing becomes a list of floats on the way.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from autograd_lite.backends import Doubles
from autograd_lite.errors import as_float, is_real, shown

PLAIN = {float, int, bool}


class Rows(Sequence[Any]):
    """Rows of a buffer, as lists of floats made when they are asked for; numbers instead where `single`."""

    def __init__(self, numbers: Doubles, n: int, single: bool = False) -> None:
        self._numbers, self._n, self._single = numbers, n, single

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(self._n))]
        i = range(self._n)[i]
        if self._single:
            return self._numbers[i]
        width = len(self._numbers) // self._n
        return self._numbers[i * width : (i + 1) * width].tolist()


class Samples:
    """Inputs `xs`, a row of floats each, and targets `ys`, a float or a row each, as `function` was given them.

    `inputs` and `targets` are their rows one after the other. Raises TypeError for what is no number, ValueError for
    unequal lengths.
    """

    def __init__(self, function: str, xs: Any, ys: Any) -> None:
        inputs, targets = _Reader(function, "xs", xs), _Reader(function, "ys", ys)
        if inputs.n != targets.n or not inputs.n:
            raise ValueError(
                f"{function}: expected as many ys as xs and at least one, got {inputs.n} xs and {targets.n} ys"
            )
        self.n, self.inputs, self.targets = inputs.n, inputs.doubles(), targets.doubles()
        self.xs, self.ys = Rows(self.inputs, self.n), Rows(self.targets, self.n, targets.single)

    @cached_property
    def firsts(self) -> list[int]:
        """Of each target that there is, the first sample that has it."""
        numbers, size = self.targets.tobytes(), 8 * len(self.targets) // self.n
        found: dict[bytes, int] = {}
        for i in range(self.n):
            found.setdefault(numbers[i * size : (i + 1) * size], i)
        return list(found.values())


def read_rows(function: str, xs: Any) -> tuple[Doubles, int]:
    """The rows of xs one after the other, and how many there are; raises as `Samples` does, also for none."""
    reader = _Reader(function, "xs", xs)
    return reader.doubles(), reader.n


class _Reader:
    """The rows of one argument, each as an array of doubles; `single` says that a row is one bare number."""

    def __init__(self, function: str, name: str, data: Any) -> None:
        self._where, self._data = f"{function}: {name}", _buffer(data)
        if not hasattr(self._data, "__len__") or isinstance(data, (dict, set, frozenset, str)):
            if not hasattr(data, "__iter__") or hasattr(data, "__len__"):
                raise TypeError(f"{function}: expected {name} to be a list of rows or numbers, got {shown(data)}")
            self._data = list(data)
        self.n = len(self._data)
        self.single, self.width = False, 0
        if self.n:
            first = self._row(0)
            self.single, self.width = self._is_single(0), len(first)
        if name == "xs" and self.n and not self.width:
            raise ValueError(f"{self._where}[0]: expected one number or more, got an empty row")

    def doubles(self) -> Doubles:
        """The rows one after the other: the buffer that was given, if native code can take it, else an array."""
        data = self._data
        if isinstance(data, memoryview) and data.nbytes:
            numbers = data.cast("B").cast(data.format)  # type: ignore[call-overload]
            return numbers if data.format == "d" and not data.readonly else array("d", numbers)
        found = array("d")
        for row in self:
            found += row
        return found

    def _is_single(self, i: int) -> bool:
        return is_real(self._data[i]) if not isinstance(self._data, memoryview) else self._data.ndim == 1

    def __iter__(self) -> Iterator[array[float]]:
        for i, row in enumerate(self._each()):
            if self._where.endswith("ys") and self._is_single(i) != self.single:
                raise ValueError(
                    f"{self._where.removesuffix('ys')}expected ys[{i}] to be a number or a row as ys[0] is, "
                    f"got {shown(self._data[i])}"
                )
            if len(row) != self.width:
                function, name = self._where.rsplit(": ", 1)
                raise ValueError(
                    f"{function}: expected {self.width} numbers in {name}[{i}], as in {name}[0], got {len(row)}"
                )
            yield row

    def _each(self) -> Iterator[array[float]]:
        """The rows in order, which a sequence may give in less time than each by its index."""
        for i, row in enumerate(self._data):
            yield self._numbers(row, f"{self._where}[{i}]")

    def _row(self, i: int) -> array[float]:
        """Row i as doubles."""
        data = self._data
        if isinstance(data, memoryview):
            if data.ndim == 1:
                return array("d", [data[i]])
            width = data.shape[1]  # type: ignore[index]
            flat = data.cast("B").cast(data.format) if data.nbytes else data  # type: ignore[call-overload]
            return array("d", flat[i * width : (i + 1) * width].tolist())
        return self._numbers(data[i], f"{self._where}[{i}]")

    def _numbers(self, row: Any, where: str) -> array[float]:
        if is_real(row):
            return array("d", [as_float(row, where)])
        view = _buffer(row)
        if isinstance(view, memoryview) and view.ndim == 1:
            return array("d", view.tobytes() if view.format == "d" else view.tolist())
        if type(row) in (list, tuple) and set(map(type, row)) <= PLAIN:
            try:
                return array("d", row)
            except OverflowError:
                pass  # said below
        try:
            return array("d", [as_float(x, where) for x in row])
        except TypeError:
            raise TypeError(f"{where}: expected a number or a row of numbers, got {shown(row)}") from None


def _buffer(data: Any) -> Any:
    """A memoryview of numbers, of one or two dimensions, that lie side by side; anything else as it is."""
    try:
        view = memoryview(data)
    except TypeError:
        return data
    if view.ndim not in (1, 2) or view.format not in "dfbBhHiIlLqQ?":
        return data
    return view if view.c_contiguous else memoryview(view.tobytes()).cast(view.format, view.shape)  # type: ignore[call-overload]
