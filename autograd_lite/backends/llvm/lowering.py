"""Tapes as LLVM IR: every number is a vector, one lane a sample, so each sample keeps the order of its graph.

The instructions become straight-line functions of some hundred each, because the time to compile one grows faster
than its length; what one of them computes for a later one passes through memory. Without `fuse`, + − × ÷ and the
comparisons are the graph's to the bit; with it a product may be rounded together with the sum that it goes into.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from autograd_lite.backends.llvm import kernels
from autograd_lite.backends.llvm.assembly import DOUBLE, SHORT, VOID, WORD, Function, FunctionType, Module, vector
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.lanes import Bits, Lanes, where
from autograd_lite.op import Number
from autograd_lite.operators import Operators
from autograd_lite.ops import Op
from autograd_lite.tape import Instruction, Instructions, Tape

PIECE = 250  # instructions a function

DOUBLES = DOUBLE.as_pointer()


def _call(name: str, *inputs: Lanes) -> Lanes:
    """The kernel of this name."""
    builder = inputs[0].builder
    function = kernels.declare(builder.module, name, inputs[0].count)
    return Lanes(builder, builder.call(function, [x.value for x in inputs]))


class Truth(Lanes):
    """What a comparison gives, 1 or 0, and the mask that it came from, by which `where` chooses.

    The numbers are emitted where somebody wants them: most want the mask alone.
    """

    def __init__(self, mask: Bits) -> None:
        self.builder, self.mask = mask.builder, mask

    @property
    def value(self) -> Any:
        """The numbers."""
        return where(self.mask, 1.0, 0.0).value


def _where(condition: Lanes, a: Lanes, b: Lanes) -> Lanes:
    return where(condition.mask, a, b) if isinstance(condition, Truth) else where(condition.equals(0.0), b, a)


# The ops that are a few instructions of the processor; others have kernels, and the rest of the table definitions.
# That x > x never holds is said here, because LLVM (22, AVX-512) goes on from finding it out to taking 0 ÷ 0 for 0.
FORMS: dict[str, Callable[..., Lanes]] = {
    "divide": lambda a, b: a / b,
    "negate": lambda a: -a,
    "greater": lambda a, b: Truth(a > b) if a.value is not b.value else a.filled(0.0),
    "greater_equal": lambda a, b: Truth(a >= b),
    "less": lambda a, b: Truth(a < b) if a.value is not b.value else a.filled(0.0),
    "less_equal": lambda a, b: Truth(a <= b),
    "equal": lambda a, b: Truth(a.equals(b)),
    "where": _where,
    "abs": abs,
}

# The ops that may be rounded together, and the builder's names for them.
FUSIBLE = {"add": "fadd", "subtract": "fsub", "multiply": "fmul"}


def apply(op: Op, inputs: Sequence[Lanes], fuse: bool) -> Lanes:
    """The result of an op on vectors, if need be by its definition."""
    if op.name in FUSIBLE:
        builder = inputs[0].builder
        flags = "contract" if fuse else ""
        return Lanes(builder, getattr(builder, FUSIBLE[op.name])(*(x.value for x in inputs), flags=flags))
    if has(op) or op.definition is None:
        return FORMS[op.name](*inputs) if op.name in FORMS else _call(op.name, *inputs)
    result = op.definition(*[Defined(x, fuse) for x in inputs])
    return result.lanes if isinstance(result, Defined) else inputs[0].filled(result)


class Defined(Operators):
    """Vectors for a definition, whose ops are emitted as it applies them."""

    def __init__(self, lanes: Lanes, fuse: bool) -> None:
        self.lanes, self.fuse = lanes, fuse

    @staticmethod
    def _apply(op: Op, *inputs: Number) -> Defined:
        first = next(x for x in inputs if isinstance(x, Defined))
        lanes = [x.lanes if isinstance(x, Defined) else first.lanes.filled(float(x)) for x in inputs]
        return Defined(apply(op, lanes, first.fuse), first.fuse)


def has(op: Op) -> bool:
    """Whether there is code for an op; others are written out by their definitions."""
    return op.name in FUSIBLE or op.name in FORMS or kernels.supports(op.name)


def stays(op: Op) -> bool:
    """Whether an op stays one instruction of a rolled tape, where its definition would be many statements: one that
    chooses, or joins any number of inputs. What other definitions compute may serve twice, as σ does in silu."""
    return has(op) or (op.definition is not None and (op.selects or op.variadic))


@cache
def supports(op: Op, n: int) -> bool:
    """Whether there is code for an op on n inputs, if need be by its definition."""
    names, example = tuple("x" for _ in range(n)), (0.5,) * n
    alone = Tape(names, (), Instructions.of([Instruction(op, tuple(range(n)))]), (n,), 1, example)
    return not lacking(alone.inlined(has))


def lacking(tape: Tape) -> list[Op]:
    """The ops of a tape, written out, that there is no code for."""
    return [op for op in dict.fromkeys(tape.instructions.ops) if not has(op)]


def run(tape: Tape, inputs: Sequence[Lanes], fuse: bool) -> list[Lanes]:
    """The outputs of a short tape, computed where the builder of its inputs stands."""
    tape = tape.inlined(has)
    numbers = [*inputs, *(inputs[0].filled(constant) for constant in tape.constants)]
    for instruction in tape.instructions:
        numbers.append(apply(instruction.op, [numbers[i] for i in instruction.arguments], fuse))
    return [numbers[i] for i in tape.outputs]


def splat(builder: Any, lanes: int, number: Any) -> Lanes:
    """A scalar in every lane."""
    empty = vector(lanes).undefined
    first = builder.insert_element(empty, number, SHORT(0))
    return Lanes(builder, builder.shuffle_vector(first, empty, vector(lanes, SHORT).zero))


@dataclass(frozen=True)
class Block:
    """A tape as a function of (shared, sample, results, scratch), all pointers to doubles, for `lanes` samples.

    The tape's first `n_shared` inputs are numbers that all samples share, one double each; each further one has
    `lanes` doubles in `sample`, and each output as many in `results`. If `adds`, it is added there, times the weight of
    each sample, `lanes` doubles more at the end of `sample`.
    """

    tape: Tape
    n_shared: int
    lanes: int
    adds: bool
    fuse: bool

    @classmethod
    def of(cls, tape: Tape, n_shared: int, lanes: int, adds: bool, fuse: bool) -> Block:
        """The block of a tape whose ops are first written out as far as there is no code for them."""
        return cls(tape.inlined(has), n_shared, lanes, adds, fuse)

    @property
    def first(self) -> int:
        """The number of the first instruction's result."""
        return len(self.tape.labels) + len(self.tape.constants)

    @cached_property
    def positions(self) -> dict[int, list[int]]:
        """Where among the outputs a number stands."""
        positions: dict[int, list[int]] = {}
        for position, number in enumerate(self.tape.outputs):
            positions.setdefault(number, []).append(position)
        return positions

    @property
    def n_slots(self) -> int:
        """The number of vectors that it wants as `scratch`."""
        return self._slots[1]

    def define(self, module: Module) -> Function:
        """The function."""
        for op in lacking(self.tape):
            raise ValueError(f"compile: the llvm backend has no code for {op}; backend='python' has every op")
        slots, _ = self._slots
        kind = FunctionType(VOID, [DOUBLES] * 4)
        whole = Function(module, kind, "block")
        whole.linkage = "internal"
        builder = Builder(whole.append_basic_block())
        for start in range(0, max(1, len(self.tape.instructions)), PIECE):
            piece = Function(module, kind, f"piece{start}")
            piece.linkage = "internal"
            piece.are_apart = True
            _Piece(self, piece, slots).write(start)
            builder.call(piece, whole.args)
        builder.ret_void()
        return whole

    @cached_property
    def _slots(self) -> tuple[dict[int, int], int]:
        """A place in scratch for each number that a later piece needs, used again once nobody does; and how many."""
        last_use: dict[int, int] = {}
        for i, instruction in enumerate(self.tape.instructions):
            for number in instruction.arguments:
                if number >= self.first and (number - self.first) // PIECE != i // PIECE:
                    last_use[number] = i // PIECE
        slots: dict[int, int] = {}
        free: list[int] = []
        released: dict[int, list[int]] = {}
        n_slots = 0
        for i in range(len(self.tape.instructions)):
            if i % PIECE == 0:
                free += released.pop(i // PIECE - 1, [])
            if (number := self.first + i) in last_use:
                if not free:
                    free.append(n_slots)
                    n_slots += 1
                slots[number] = free.pop()
                released.setdefault(last_use[number], []).append(slots[number])
        return slots, n_slots


class _Piece:
    """One function of a block while it is written: some hundred instructions of the tape."""

    def __init__(self, block: Block, function: Function, slots: dict[int, int]) -> None:
        self.block, self.slots = block, slots
        self.builder = Builder(function.append_basic_block())
        self.kind = vector(block.lanes)
        self.shared, *others = function.args
        pointers = (self.builder.bitcast(pointer, self.kind.as_pointer()) for pointer in others)
        self.sample, self.results, self.scratch = pointers
        self.known: dict[int, Lanes] = {}

    def write(self, start: int) -> None:
        """The instructions from `start` on with their outputs; the first piece also has those that none makes."""
        tape, first, outputs = self.block.tape, self.block.first, self.block.positions
        for number in sorted(outputs) if start == 0 else ():
            if number < first:
                self._deliver(self._number(number), outputs[number])
        for i, instruction in enumerate(tape.instructions[start : start + PIECE], start=first + start):
            x = apply(instruction.op, [self._number(number) for number in instruction.arguments], self.block.fuse)
            self.known[i] = x
            if i in self.slots:
                self.builder.store(x.value, self.builder.gep(self.scratch, [WORD(self.slots[i])]))
            self._deliver(x, outputs.get(i, ()))
        self.builder.ret_void()

    def _number(self, i: int) -> Lanes:
        """A number of the tape. Shared ones are loaded anew for each use, because that takes no register."""
        block, n_inputs = self.block, len(self.block.tape.labels)
        if i < block.n_shared:
            return splat(self.builder, block.lanes, self.builder.load(self.builder.gep(self.shared, [WORD(i)])))
        if i not in self.known:
            if i < n_inputs:
                self.known[i] = self._load(self.sample, i - block.n_shared)
            elif i < block.first:
                constant = self.kind.everywhere(block.tape.constants[i - n_inputs])
                self.known[i] = Lanes(self.builder, constant)
            else:
                self.known[i] = self._load(self.scratch, self.slots[i])
        return self.known[i]

    def _load(self, pointer: Any, i: int) -> Lanes:
        return Lanes(self.builder, self.builder.load(self.builder.gep(pointer, [WORD(i)])))

    @cached_property
    def _weight(self) -> Lanes:
        return self._load(self.sample, len(self.block.tape.labels) - self.block.n_shared)

    def _deliver(self, x: Lanes, positions: Sequence[int]) -> None:
        """Store an output, or add it to what is there."""
        for position in positions:
            place = self.builder.gep(self.results, [WORD(position)])
            if self.block.adds:
                weighed = self.builder.fmul(x.value, self._weight.value, flags="contract")
                self.builder.store(self.builder.fadd(self.builder.load(place), weighed, flags="contract"), place)
            else:
                self.builder.store(x.value, place)
