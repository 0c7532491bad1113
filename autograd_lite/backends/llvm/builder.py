"""`Builder`: a method for each instruction of LLVM that this backend writes.

An instruction is written as soon as it is asked for, at the end of a block, and gives the value that it computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd_lite.backends.llvm.assembly import VOID, Block, Phi, Type, Value, vector

SIGNS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
EQUALITY = ("==", "!=")


def _arithmetic(name: str) -> Callable[..., Value]:
    """The method that writes an instruction of two numbers of one type."""

    def method(self: Builder, a: Value, b: Value, flags: str = "") -> Value:
        return self._value(a.type, f"{name} {flags} {a.typed}, {b.text}")

    return method


def _cast(name: str) -> Callable[..., Value]:
    """The method that writes a number as one of another type; of the same type it is that already."""

    def method(self: Builder, x: Value, kind: Type) -> Value:
        return x if x.type.text == kind.text else self._value(kind, f"{name} {x.typed} to {kind.text}")

    return method


class Builder:
    """Writes instructions at the end of a block; each gives the value that it computes."""

    def __init__(self, block: Block) -> None:
        self.position_at_end(block)
        self.function, self.module = block.function, block.function.module

    def position_at_end(self, block: Block) -> None:
        """Go on at the end of another block of the function."""
        self.block, self._lines = block, block.lines

    def append_basic_block(self) -> Block:
        """A new block of the function; this one goes on."""
        return self.function.append_basic_block()

    def _value(self, kind: Type, text: str) -> Value:
        function = self.function
        function.count += 1
        name = f"%v{function.count}"
        self._lines.append(f"{name} = {text}")
        return Value(kind, name)

    # ---- arithmetic, comparisons and conversions ----

    add, sub, mul, udiv, sdiv = map(_arithmetic, ("add", "sub", "mul", "udiv", "sdiv"))
    and_, or_, xor, shl, lshr = map(_arithmetic, ("and", "or", "xor", "shl", "lshr"))
    fadd, fsub, fmul, fdiv = map(_arithmetic, ("fadd", "fsub", "fmul", "fdiv"))
    trunc, zext, uitofp, sitofp, ptrtoint = map(_cast, ("trunc", "zext", "uitofp", "sitofp", "ptrtoint"))

    def bitcast(self, x: Value, kind: Type) -> Value:
        """The same bits as another type; an address needs no instruction for that."""
        return Value(kind, x.text) if kind.text == "ptr" else self._value(kind, f"bitcast {x.typed} to {kind.text}")

    def fneg(self, x: Value) -> Value:
        """−x."""
        return self._value(x.type, f"fneg {x.typed}")

    def not_(self, x: Value) -> Value:
        """The other bits."""
        return self.xor(x, x.type(-1) if x.type.of is None else x.type.everywhere(-1))

    def icmp_signed(self, sign: str, a: Value, b: Value) -> Value:
        """Compare integers by <, <=, ==, …; they may be negative."""
        return self._value(a.type.truth, f"icmp {'' if sign in EQUALITY else 's'}{SIGNS[sign]} {a.typed}, {b.text}")

    def fcmp_ordered(self, sign: str, a: Value, b: Value) -> Value:
        """Compare doubles by <, <=, ==, …; it does not hold where one is nan."""
        return self._value(a.type.truth, f"fcmp o{SIGNS[sign]} {a.typed}, {b.text}")

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """a where the condition holds, else b."""
        return self._value(a.type, f"select {condition.typed}, {a.typed}, {b.typed}")

    # ---- lanes ----

    def extract_element(self, x: Value, lane: Value) -> Value:
        """One lane of a vector."""
        return self._value(x.type.of, f"extractelement {x.typed}, {lane.typed}")

    def insert_element(self, x: Value, number: Value, lane: Value) -> Value:
        """A vector with another number in one lane."""
        return self._value(x.type, f"insertelement {x.typed}, {number.typed}, {lane.typed}")

    def shuffle_vector(self, a: Value, b: Value, mask: Value) -> Value:
        """The lanes of a and b, counted through, that the mask names."""
        kind = vector(mask.type.count, a.type.of)
        return self._value(kind, f"shufflevector {a.typed}, {b.typed}, {mask.typed}")

    # ---- memory ----

    def alloca(self, kind: Type) -> Value:
        """The address of a number that lives as long as the call."""
        return self._value(kind.as_pointer(), f"alloca {kind.text}")

    def gep(self, address: Value, indices: Sequence[Value]) -> Value:
        """The address so many further on; after that, which field of a struct."""
        places = ", ".join([index.typed for index in indices])
        kind = address.type
        if len(indices) > 1:
            kind = kind.of.fields[indices[-1].constant].as_pointer()  # type: ignore[attr-defined]
        return self._value(kind, f"getelementptr {address.type.of.text}, {address.typed}, {places}")

    def load(self, address: Value, align: int = 0) -> Value:
        """What stands there; vectors are expected at multiples of their size unless `align` says less."""
        kind = address.type.of
        return self._value(kind, f"load {kind.text}, {address.typed}{f', align {align}' if align else ''}")

    def store(self, x: Value, address: Value, align: int = 0) -> None:
        """Write it there."""
        self._lines.append(f"store {x.typed}, {address.typed}{f', align {align}' if align else ''}")

    # ---- where to go on ----

    def phi(self, kind: Type) -> Phi:
        """A value that depends on where one comes from."""
        self.function.count += 1
        phi = Phi(kind, f"%v{self.function.count}")
        self._lines.append(phi)
        return phi

    def call(self, function: Any, args: Sequence[Value]) -> Value:
        """What a function gives, or one that stands at an address."""
        result = function.type.of.result
        text = f"call {result.text} {function.text}({', '.join([arg.typed for arg in args])})"
        if result is not VOID:
            return self._value(result, text)
        self._lines.append(text)
        return Value(VOID, "")

    def branch(self, block: Block) -> None:
        """Go on with a block."""
        self._end(f"br label {block.text}")

    def cbranch(self, condition: Value, block: Block, other: Block, likely: bool = True) -> None:
        """Go on with a block if the condition holds, else with the other."""
        hint = "" if likely else ", !prof !0"
        self._end(f"br {condition.typed}, label {block.text}, label {other.text}{hint}")

    @contextmanager
    def if_then(self, condition: Value, likely: bool = True) -> Iterator[None]:
        """What the `with` block writes is done only if the condition holds."""
        inside, after = self.append_basic_block(), self.append_basic_block()
        self.cbranch(condition, inside, after, likely)
        self.position_at_end(inside)
        yield
        if not self.block.is_ended:
            self.branch(after)
        self.position_at_end(after)

    def ret(self, x: Value) -> None:
        """End the call with a result."""
        self._end(f"ret {x.typed}")

    def ret_void(self) -> None:
        """End the call."""
        self._end("ret void")

    def _end(self, line: str) -> None:
        self._lines.append(line)
        self.block.is_ended = True
