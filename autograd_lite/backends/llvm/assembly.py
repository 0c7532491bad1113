"""LLVM's assembly as text: types, values, functions and modules; `builder.py` writes the instructions.

    module = Module()
    twice = Function(module, FunctionType(DOUBLE, [DOUBLE]), "twice")
    builder = Builder(twice.append_basic_block())
    (x,) = twice.args
    builder.ret(builder.fadd(x, x))
    print(module)

It has what this backend writes, by the names that llvmlite has for it, whose own writer keeps an object for each
instruction and takes several times as long. LLVM checks what it reads; what it means is in LLVM's Language Reference
Manual.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from struct import pack
from typing import Any


class Type:
    """A type as LLVM writes it. Of a vector or a pointer `of` is the type of what stands there.

    Called with a number, or a list of constants, it gives the constant.
    """

    __slots__ = ("count", "of", "text")

    def __init__(self, text: str, of: Any = None, count: int = 1) -> None:
        self.text, self.of, self.count = text, of, count

    def __call__(self, number: Any) -> Constant:
        """A constant of this type."""
        if isinstance(number, (list, tuple)):
            return Constant(self, f"<{', '.join([x.typed for x in number])}>")
        if self is DOUBLE:
            return Constant(self, f"0x{int.from_bytes(pack('>d', number), 'big'):016x}", number)
        return Constant(self, str(int(number)), number)

    @property
    def zero(self) -> Constant:
        """Zero in every lane."""
        return Constant(self, "zeroinitializer")

    @property
    def undefined(self) -> Constant:
        """Nothing that is known yet in any lane."""
        return Constant(self, "undef")

    def everywhere(self, number: Any) -> Constant:
        """A number in every lane of a vector."""
        return Constant(self, f"splat ({self.of(number).typed})")

    @cache  # noqa: B019  (types are few, and live as long as this module)
    def as_pointer(self) -> Type:
        """The type of the addresses where numbers of this one stand."""
        return Type("ptr", self)

    @property
    def truth(self) -> Type:
        """The type of what a comparison gives: a bit, or one a lane."""
        return BIT if self.of is None else vector(self.count, BIT)


VOID, DOUBLE, BIT, BYTE = Type("void"), Type("double"), Type("i1"), Type("i8")
SHORT, WORD, WIDE = Type("i32"), Type("i64"), Type("i128")


@cache
def vector(count: int, of: Type = DOUBLE) -> Type:
    """The type of a vector."""
    return Type(f"<{count} x {of.text}>", of, count)


@cache
def integer(bits: int) -> Type:
    """The type of integers of so many bits."""
    return Type(f"i{bits}")


class FunctionType(Type):
    """The type of the functions that take and give this; `args` are the types of the arguments."""

    __slots__ = ("args", "result")

    def __init__(self, result: Type, args: Sequence[Type]) -> None:
        super().__init__(f"{result.text} ({', '.join([kind.text for kind in args])})")
        self.result, self.args = result, list(args)


class Struct(Type):
    """A struct with a name, by which it is written out once in a module."""

    __slots__ = ("fields",)

    def __init__(self, name: str, fields: Sequence[Type]) -> None:
        super().__init__(f"%{name}")
        self.fields = list(fields)

    def __str__(self) -> str:
        return f"{self.text} = type {{{', '.join([field.text for field in self.fields])}}}"


class Value:
    """A number of the program: its type, its name or what it is, and both as an instruction wants them."""

    __slots__ = ("text", "type", "typed")

    def __init__(self, kind: Type, text: str) -> None:
        self.type, self.text, self.typed = kind, text, f"{kind.text} {text}"


class Constant(Value):
    """A value that is known; `constant` is its number if it is one."""

    __slots__ = ("constant",)

    def __init__(self, kind: Type, text: str, constant: Any = None) -> None:
        super().__init__(kind, text)
        self.constant = constant


class Phi(Value):
    """A value that depends on the block that was left last; written when all of these are known."""

    __slots__ = ("incoming",)

    def __init__(self, kind: Type, text: str) -> None:
        super().__init__(kind, text)
        self.incoming: list[str] = []

    def add_incoming(self, value: Value, block: Block) -> None:
        """Say what it is after a block."""
        self.incoming.append(f"[{value.text}, {block.text}]")

    def __str__(self) -> str:
        return f"{self.text} = phi {self.type.text} {', '.join(self.incoming)}"


class Block:
    """Instructions one after the other; its last leads elsewhere, and `is_ended` says whether that one is there."""

    def __init__(self, function: Function, name: str) -> None:
        self.function, self.name, self.text = function, name, f"%{name}"
        self.lines: list[Any] = []
        self.is_ended = False


class Module:
    """Functions and global constants by name, and the structs that they know by name; `str` gives the whole text."""

    def __init__(self, *structs: Struct) -> None:
        self.structs, self.globals = structs, dict[str, Any]()

    @property
    def functions(self) -> list[Function]:
        """The functions, declared or defined."""
        return [value for value in self.globals.values() if isinstance(value, Function)]

    def add(self, name: str, value: Value) -> None:
        """Keep a function or a table under its name, which is its alone."""
        if name in self.globals:
            raise ValueError(f"Module: expected a name of its own, got {name!r} again")
        self.globals[name] = value

    def declared(self, name: str, kind: FunctionType) -> Any:
        """The function of this name, declared when it is first asked for."""
        return self.globals.get(name) or Function(self, kind, name)

    def __str__(self) -> str:
        lines = [str(item) for item in (*self.structs, *self.globals.values())]
        return "\n".join([*lines, '!0 = !{!"branch_weights", i32 1, i32 99}', ""])


class Table(Value):
    """Doubles that stand in a module, known by this name there and nowhere else; its value is their address."""

    __slots__ = ("numbers",)

    def __init__(self, module: Module, numbers: Sequence[float], name: str) -> None:
        super().__init__(DOUBLE.as_pointer(), f"@{name}")
        self.numbers = numbers
        module.add(name, self)

    def __str__(self) -> str:
        numbers = ", ".join([DOUBLE(x).typed for x in self.numbers])
        return f"{self.text} = internal constant [{len(self.numbers)} x double] [{numbers}]"


class Function(Value):
    """A function of a module; declared until it has a block.

    `attributes` are LLVM's, `linkage` says who knows it, and `are_apart` that no two arguments point to one memory.
    """

    __slots__ = ("are_apart", "args", "attributes", "blocks", "count", "kind", "linkage", "module", "name")

    def __init__(self, module: Module, kind: FunctionType, name: str) -> None:
        super().__init__(Type("ptr", kind), f"@{name}")  # `as_pointer` would keep it for good
        self.module, self.kind, self.name = module, kind, name
        self.linkage, self.attributes, self.are_apart = "", list[str](), False
        self.args = [Value(argument, f"%a{i}") for i, argument in enumerate(kind.args)]
        self.blocks: list[Block] = []
        self.count = 0  # of its values so far, for their names
        module.add(name, self)

    @property
    def is_declaration(self) -> bool:
        """Whether it is defined elsewhere."""
        return not self.blocks

    def append_basic_block(self) -> Block:
        """A new block at the end."""
        self.blocks.append(Block(self, f"b{len(self.blocks)}"))
        return self.blocks[-1]

    def __str__(self) -> str:
        what = "declare" if self.is_declaration else f"define {self.linkage}"
        apart = "noalias " if self.are_apart else ""
        args = ", ".join([f"{arg.type.text} {apart}{arg.text}" for arg in self.args])
        head = f"{what} {self.kind.result.text} {self.text}({args}) {' '.join(self.attributes)}"
        if self.is_declaration:
            return head
        blocks = [line for block in self.blocks for line in (f"{block.name}:", *map(str, block.lines))]
        return "\n".join([f"{head} {{", *blocks, "}"])
