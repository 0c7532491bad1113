"""Answers that are functions of a person's own: held to the right one on samples, output by output."""

from __future__ import annotations

import copy
import math
import runpy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.errors import as_float, is_real, shown
from autograd_lite.exercises.answers import Slips, off
from autograd_lite.exercises.text import Text

Outcome = dict[str, float]  # a number for each place of what a function returned


@dataclass(frozen=True)
class Function:
    """A function `name(parameters)`; `parts` name its results, `samples` are what it is tried on."""

    name: str
    parameters: str
    returns: Text
    right: Callable[..., Any]
    samples: Sequence[tuple[Any, ...]]
    slips: Slips
    parts: Sequence[str] = ()

    @property
    def asks(self) -> Text:
        """How the function is called, and what it returns."""
        head = f"{self.name}({self.parameters})"
        return Text(f"Answer with a function {head} that returns {self.returns.en}. In a terminal: the path of a "
                    "Python file with it.",
                    f"答案是函数 {head}，返回{self.returns.zh}。"
                    "在终端里则给出写有该函数的 Python 文件的路径。")  # fmt: skip

    def typed(self, line: str) -> Any:
        """The function in the file of this path, which is run: it is the person's own."""
        path = line.strip().strip("\"'")
        if not path.endswith(".py"):
            raise ValueError(f"exercise: expected the path of a Python file, like {self.name}.py, got {shown(path)}")
        try:
            found = runpy.run_path(path).get(self.name)
        except OSError:
            raise
        except Exception as error:  # whatever the person's file raises
            raise ValueError(f"exercise: {path} raised {type(error).__name__}: {error}") from error
        if found is None:
            raise ValueError(f"exercise: expected {path} to have a function {self.name}, got none")
        return found

    def read(self, answer: Any) -> Callable[..., Any]:
        """Anything that can be called."""
        if not callable(answer):
            raise TypeError(f"exercise: expected a function {self.name}({self.parameters}), got {shown(answer)}; "
                            f"define it, and give it by its name alone, .check({self.name})")  # fmt: skip
        return _once(answer)

    def is_right(self, answer: Callable[..., Any]) -> bool:
        """Whether it gives the right numbers on all samples."""
        return self.is_slip(answer, self.right)

    def is_slip(self, answer: Callable[..., Any], slip: Callable[..., Any]) -> bool:
        """Whether it gives the numbers of that function on all samples."""
        for sample in self.samples:
            got, other = self._outcome(answer, sample), self._outcome(slip, sample)
            if isinstance(got, Text) or isinstance(other, Text) or got.keys() != other.keys():
                return False
            if not all(_close(got[place], other[place]) for place in got):
                return False
        return True

    def otherwise(self, answer: Callable[..., Any]) -> Text:
        """The first result that is wrong: by a slip that has a name, or by its numbers."""
        for sample in self.samples:
            got, right = self._outcome(answer, sample), self._outcome(self.right, sample)
            if isinstance(got, Text):
                return got
            assert not isinstance(right, Text), "the right function is ours"
            if got.keys() != right.keys():
                return self._shaped(len(got), len(right))
            wrong = next((place for place in right if not _close(got[place], right[place])), None)
            if wrong is not None:
                return self._about(answer, wrong, got[wrong], right[wrong], sample)
        return Text("It is right here.", "这里是对的。")

    def _shaped(self, n_got: int, n_right: int) -> Text:
        """How many numbers there are, or that they are nested in another way."""
        if n_got == n_right:
            en, zh = f"{n_got} numbers as well, but they are nested otherwise", f"也有 {n_got} 个数，但嵌套的方式不同"
        else:
            numbers = "number" if n_got == 1 else "numbers"
            en, zh = f"{n_got} {numbers}, not {n_right}", f"有 {n_got} 个数，应为 {n_right} 个"
        return Text(f"It should return {self.returns.en}; yours has {en}.", f"应返回{self.returns.zh}；你的{zh}。")

    def _about(self, answer: Callable[..., Any], place: str, got: float, right: float, sample: Any) -> Text:
        for slip, en, zh in self.slips:
            if all(self._agree(answer, slip, place, other) for other in self.samples):
                return Text(f"{place}: {en}", f"{place}：{zh}")
        names = [name.strip() for name in self.parameters.split(",")]
        at = ", ".join(f"{name} = {_short(x)}" for name, x in zip(names, sample, strict=True))
        said = off(got, right)
        return Text(f"{place} is wrong: at {at} yours is {got:.4g}, the engine's {right:.4g}. {said.en}",
                    f"{place} 不对：当 {at} 时，你的是 {got:.4g}，引擎给出 {right:.4g}。{said.zh}")  # fmt: skip

    def _agree(self, answer: Callable[..., Any], slip: Callable[..., Any], place: str, sample: tuple[Any, ...]) -> bool:
        got, other = self._outcome(answer, sample), self._outcome(slip, sample)
        if isinstance(got, Text) or isinstance(other, Text) or place not in got or place not in other:
            return False
        return _close(got[place], other[place])

    def _outcome(self, function: Callable[..., Any], sample: tuple[Any, ...]) -> Outcome | Text:
        """The numbers that a function gives, or what is wrong with it as a function."""
        at = ", ".join(map(_short, sample))
        try:
            result = function(*copy.deepcopy(sample))
        except Exception as error:  # whatever a person's function raises is told, not raised
            said = f"{type(error).__name__}: {error}"
            return Text(f"{self.name}({at}) raised {said}.", f"{self.name}({at}) 抛出了 {said}。")
        if result is None:
            return Text(f"{self.name}({at}) returns None: is its return missing?",
                        f"{self.name}({at}) 返回了 None：是不是漏了 return？")  # fmt: skip
        try:
            found = list(_places(result, ""))
        except (TypeError, ValueError) as error:
            return Text(f"{self.name}({at}) returns something else than numbers: {error}.",
                        f"{self.name}({at}) 返回的不全是数：{error}。")  # fmt: skip
        places = self.parts if len(self.parts) == len(found) else [place for place, _ in found]
        return dict(zip(places, (x for _, x in found), strict=True))


def _places(result: Any, place: str) -> Iterator[tuple[str, float]]:
    """The numbers of nested lists, each with its place."""
    if isinstance(result, (list, tuple)) or hasattr(result, "tolist"):
        for k, x in enumerate(
            result.tolist() if hasattr(result, "tolist") and not isinstance(result, list) else result
        ):
            yield from _places(x, f"{place}[{k}]")
    else:
        number = getattr(result, "data", result)
        if not is_real(number):
            raise TypeError(f"{shown(result)}{' at ' * bool(place)}{place}")
        yield place or "the result", as_float(number, "the result")


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, called but once for the same arguments: what it prints, and how long it takes, a person sees."""
    results: dict[str, Any] = {}

    def remembered(*arguments: Any) -> Any:
        key = repr(arguments)
        if key not in results:
            results[key] = function(*arguments)
        return results[key]

    return remembered


def _short(x: Any) -> str:
    return f"{x:.4g}" if isinstance(x, float) else repr(x)


def _close(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9)
