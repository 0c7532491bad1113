"""What model and loss can see beside samples and parameters: the numbers in attributes, closures and globals.

A recording fixes these as they are. So `fit` looks again after each callback, which may have changed one, and after
model and loss ran, which may have counted. What a file, a clock or a C library says nobody sees from here.
"""

from __future__ import annotations

import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from functools import _lru_cache_wrapper, partial
from operator import length_hint
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import ref

from autograd_lite import Value
from autograd_lite.errors import is_real
from nn.losses import Loss
from nn.module import Module

MOST = 10_000  # things that are looked at
LARGEST = 1_000_000  # bytes of an array that are compared
WRITTEN = set(Module.__annotations__)  # what fit itself leaves at a model

FUNCTIONS = (FunctionType, MethodType, BuiltinMethodType, partial, type)

Named = Iterable[tuple[str, Any]]


class Surroundings:
    """What some functions and objects can see, by the way to it; the Values in `trained` change anyhow."""

    def __init__(self, roots: Mapping[str, Any], trained: Iterable[Value]) -> None:
        self.roots, self.trained = roots, frozenset(trained)
        self._walk()

    @property
    def are_numbers(self) -> bool:
        """Whether all that they see beside functions are numbers and texts, so that nothing there keeps a state."""
        return all(isinstance(x, (*FUNCTIONS, tuple)) for x in self._met.values())

    def changes(self) -> list[tuple[str, Any, Any]]:
        """What is another number than when this was asked last: its name, that number, and the one it is now."""
        if self.are_as_they_were():
            return []
        before = self.numbers
        self._walk()
        pairs = ((name, before.get(name), self.numbers.get(name)) for name in {**before, **self.numbers})
        return [(name, old, new) for name, old, new in pairs if old != new]

    def are_as_they_were(self) -> bool:
        """Whether surely nothing has changed, which takes less time to say."""
        with suppress(Exception):  # an array where a number was has no truth value
            return all(read() == kept for read, kept in self._held)
        return False

    def _walk(self) -> None:
        """Take down all numbers, and what has to be equal as long as nothing has changed."""
        self.numbers: dict[str, Any] = {}
        self._held: list[tuple[Callable[[], Any], Any]] = []
        self._met: dict[int, Any] = {}
        stack = list(self.roots.items())
        while stack and len(self._met) < MOST:
            name, x = stack.pop()
            number = _number(x)
            if number is not None:
                self.numbers[name] = number
            elif id(x) not in self._met and not self._is_trained(x):
                self._met[id(x)] = x
                state = _state(x)
                if state is not None:
                    self.numbers[name] = state
                    self._held.append((partial(_state, x), state))
                else:
                    stack += [(f"{name}{way}", part) for way, part in self._parts(x)]

    def _is_trained(self, x: Any) -> bool:
        if isinstance(x, Value):
            return x in self.trained
        with suppress(TypeError):  # what a list holds need not have a hash
            return isinstance(x, (list, tuple)) and bool(x) and self.trained.issuperset(x)
        return False

    def _parts(self, x: Any) -> Named:
        """What can be seen from here, a step further on."""
        if isinstance(x, FunctionType):
            return [] if _is_foreign(x.__module__) else self._of_function(x)
        if isinstance(x, MethodType):
            return [("", x.__func__), ("", x.__self__)]
        if isinstance(x, BuiltinMethodType):
            return [] if isinstance(x.__self__, (ModuleType, type)) else [(" of", x.__self__)]
        if isinstance(x, partial):
            return [("", x.func), ("", x.args), ("", x.keywords)]
        if isinstance(x, (dict, list, set, deque)):
            self._held.append((lambda: x, x.copy()))
        if isinstance(x, dict):
            return [(f"[{key!r}]", part) for key, part in x.items()]
        if isinstance(x, Mapping) and _is_foreign(type(x).__module__):  # a UserDict, os.environ
            kept: dict[Any, Any] = {}
            with suppress(Exception):  # one that reads a file may not find it any more
                kept = dict(x)
                self._held.append((partial(dict, x), kept))
            return [(f"[{key!r}]", part) for key, part in kept.items()]
        if isinstance(x, (list, tuple, set, frozenset, deque)):
            return [(f"[{i}]", part) for i, part in enumerate(x)]
        if isinstance(x, (ContextVar, ref)):
            read = x if isinstance(x, ref) else partial(x.get, None)
            self._held.append((read, read()))
            return [("", read())]
        if isinstance(x, _lru_cache_wrapper):
            return [("", x.__wrapped__)]
        return self._of_object(x) if _is_looked_into(x) else []

    def _of_function(self, f: FunctionType) -> Iterator[tuple[str, Any]]:
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            with suppress(ValueError):  # a cell may be empty
                part = cell.cell_contents
                if isinstance(part, ModuleType):
                    yield from self._of_names(f" {name}.", vars(part), set(_names(f.__code__)))
                else:
                    self._held.append((partial(getattr, cell, "cell_contents", None), part))
                    yield f" {name}", part
        yield "", f.__defaults__
        yield "", f.__kwdefaults__
        yield from self._of_attributes(f)
        names = set(_names(f.__code__))
        yield from self._of_names(" ", f.__globals__, names)

    def _of_names(self, before: str, found: dict[str, Any], names: set[str]) -> Iterator[tuple[str, Any]]:
        """What functions call by a name, in modules by one behind a dot."""
        for name in sorted(names & found.keys()):
            part = found[name]
            if isinstance(part, ModuleType):
                yield from self._of_names(f"{before}{name}.", vars(part), names - {name})
            else:
                self._held.append((partial(found.get, name), part))
                yield f"{before}{name}", part

    def _of_object(self, x: Any) -> Iterator[tuple[str, Any]]:
        yield from self._of_attributes(x)
        self._held.append((partial(type, x), type(x)))
        yield ".__class__", type(x).__qualname__
        for kind in type(x).__mro__:
            if not _is_foreign(kind.__module__):
                for name, part in vars(kind).items():
                    if not name.startswith("__") or isinstance(part, FunctionType):
                        self._held.append((partial(vars(kind).get, name), part))
                        yield ("" if isinstance(part, FunctionType) else f".{name}"), part

    def _of_attributes(self, x: Any) -> Iterator[tuple[str, Any]]:
        kept = _attributes(x)
        self._held.append((partial(_attributes, x), kept))
        yield from (
            (f".{name}", part) for name, part in kept.items() if not (isinstance(x, Module) and name in WRITTEN)
        )


def _attributes(x: Any) -> dict[str, Any]:
    """What an object, or a function, has of its own, in slots as well."""
    found = dict(getattr(x, "__dict__", ()))
    for name in _slots(type(x)):
        with suppress(AttributeError):  # one may be empty
            found.setdefault(name, getattr(x, name))
    return found


def _slots(kind: type) -> list[str]:
    """The names of the slots that objects of a class have."""
    if not hasattr(kind, "__slots__"):  # most have none
        return []
    slots = [vars(base).get("__slots__", ()) for base in kind.__mro__]
    return [name for names in slots for name in ((names,) if isinstance(names, str) else names)]


def _number(x: Any) -> str | None:
    """A number or a text as it is written."""
    return repr(x) if x is None or is_real(x) or isinstance(x, (str, bytes, complex)) else None


def _state(x: Any) -> Any:
    """What is in a Value, an array or a generator of random numbers, or left of an iterator; None for all else."""
    if isinstance(x, Value):
        return repr(x.data) if x.op is None else "computed"
    if isinstance(x, list) and len(x) > 1 and all(isinstance(item, Value) and item.op is None for item in x):
        return repr([item.data for item in x])
    if isinstance(x, type):
        return None
    with suppress(Exception):  # whatever a person's object does when it is asked; what the machine draws has no state
        if isinstance(x, Iterator):
            return f"{length_hint(x)} left"
        if hasattr(x, "tobytes"):
            return x.tobytes() if memoryview(x).nbytes <= LARGEST else "large"
        if any(hasattr(x, name) for name in ("getstate", "get_state", "bit_generator")):
            return pickle.dumps(x)
    return None


def _names(code: CodeType) -> Iterator[str]:
    """The names in a function and in those that stand inside it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _is_foreign(module: str | None) -> bool:
    """Whether a module is ours, Python's own or an installed one, which keep to themselves what they count."""
    top = str(module).partition(".")[0]
    if top in sys.stdlib_module_names or top in ("autograd_lite", "nn"):
        return True
    return "site-packages" in str(getattr(sys.modules.get(top), "__file__", ""))


def _is_looked_into(x: Any) -> bool:
    """Whether it is a person's object, or one of ours or of Python's that holds theirs."""
    kind = type(x)
    if isinstance(x, (Module, Loss)) or kind.__name__ in ("SimpleNamespace", "Namespace", "_local"):
        return True
    has_any = hasattr(x, "__dict__") or bool(_slots(kind))
    return has_any and not isinstance(x, (type, ModuleType)) and not _is_foreign(kind.__module__)
