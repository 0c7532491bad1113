"""The loops of mini-batch gradient descent as LLVM IR: order, batches, the sums of gradients, the optimizer's step.

They work on a context, a struct that Python fills in and reads (`training.py`). How the samples of a batch are added
up, and where parameters and their sums stand, is a matter of the tape: straight-line code (`straight.py`) or loops
(`rolled.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from llvmlite import ir

from autograd_lite.backends.batches import GAMMA
from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.counting import copy, counted, held, minimum
from autograd_lite.backends.llvm.kernels import host_has_fma
from autograd_lite.backends.llvm.lanes import DOUBLE, SHORT, WORD, Bits, Lanes, fma, where
from autograd_lite.backends.llvm.lowering import DOUBLES, run, splat
from autograd_lite.tape import Tape

POINTERS = [
    "parameters",
    "states",
    "settings",
    "ahead",
    "gradient",
    "sums",
    "scratch",
    "rows",
    "costs",
    "rights",
    "order",
]
COUNTS = ["n_rows", "batch_size", "shuffles", "generator", "epoch", "n_ahead", "epochs_done", "start"]
TOTALS = ["cost", "right"]
FIELDS = [*POINTERS, *COUNTS, *TOTALS]
N_HEADS = 2  # the outputs cost and right, before the gradient

CONTEXT = ir.LiteralStructType(
    [WORD.as_pointer() if name == "order" else DOUBLES for name in POINTERS]
    + [WORD for _ in COUNTS]
    + [DOUBLE for _ in TOTALS]
)


# add_up(parameters, rows, scratch, sums, order, m): the outputs for samples order[0 … m−1], added to the sums.
ADD_UP = ir.FunctionType(ir.VoidType(), [DOUBLES] * 4 + [WORD.as_pointer(), WORD])


class Sums(Protocol):
    """A tape summed over samples: its first outputs are `N_HEADS` numbers, the others a gradient by the parameters.

    Parameters stand in `n_places`, a whole number of vectors; the memory of the parameters
    has `n_parameters` doubles, that of the sums `sums_size`, and `scratch_size` more are wanted.
    """

    n_places: int
    n_parameters: int
    scratch_size: int
    sums_size: int

    @property
    def places(self) -> Sequence[int]:
        """Where each parameter stands."""

    def add_up(self, module: ir.Module) -> ir.Function:
        """The function `ADD_UP`."""

    def take_head(self, builder: Any, sums: Any, i: int) -> Any:
        """One of the first outputs, summed; its sum is 0 again."""

    def take_gradient(self, builder: Any, sums: Any, group: Any) -> Lanes:
        """The summed gradient by one vector of parameters; its sums are 0 again."""

    def kept(self, builder: Any, sums: Any, group: Any) -> Bits | None:
        """Which lanes of a vector hold parameters; the others stay 0. None if it does not matter."""

    def mark(self, sums: Any) -> None:
        """Write into the memory of the sums what the code wants to find there."""


class Fields:
    """`fields["start"]` emits the load of a field of the context, an assignment its store."""

    def __init__(self, builder: Any, pointer: Any) -> None:
        self._builder, self._pointer = builder, pointer

    def place(self, name: str) -> Any:
        """Where a field is."""
        index = ir.IntType(32)
        return self._builder.gep(self._pointer, [index(0), index(FIELDS.index(name))])

    def __getitem__(self, name: str) -> Any:
        return self._builder.load(self.place(name))

    def __setitem__(self, name: str, value: Any) -> None:
        self._builder.store(value, self.place(name))


def _function(module: ir.Module, name: str, result: Any, *arguments: Any) -> tuple[Any, Any]:
    function = ir.Function(module, ir.FunctionType(result, arguments), name)
    return function, ir.IRBuilder(function.append_basic_block())


def single(module: ir.Module, sums: Sums, add_up: ir.Function) -> None:
    """single(context, index): leave the gradient of one sample in `gradient`, and its cost in `costs`."""
    whole, builder = _function(module, "single", ir.VoidType(), CONTEXT.as_pointer(), WORD)
    context, index = whole.args
    fields = Fields(builder, context)
    order = builder.alloca(WORD)
    builder.store(index, order)
    memories = [fields[name] for name in ("parameters", "rows", "scratch", "sums")]
    builder.call(add_up, [*memories, order, WORD(1)])
    for i, row in enumerate(("costs", "rights")):
        builder.store(sums.take_head(builder, fields["sums"], i), fields[row])
    kind = ir.VectorType(DOUBLE, machine.width())
    gradients = builder.bitcast(fields["gradient"], kind.as_pointer())
    with counted(builder, WORD(sums.n_places // machine.width())) as group:
        gradient = sums.take_gradient(builder, fields["sums"], group)
        builder.store(gradient.value, builder.gep(gradients, [group]))
    builder.ret_void()


def advance(module: ir.Module, sums: Sums, add_up: ir.Function, one_step: ir.Function, n_settings: int) -> None:
    """advance(context, n_batches): the batches done; fewer where a cost was not finite."""
    whole, builder = _function(module, "advance", WORD, CONTEXT.as_pointer(), WORD)
    shuffle = _shuffle(module)
    context, n_batches = whole.args
    fields = Fields(builder, context)
    zero = DOUBLE(0.0)
    with counted(builder, n_batches) as done:
        start, n = fields["start"], fields["n_rows"]
        starts = builder.icmp_signed("==", start, WORD(0))
        with builder.if_then(builder.and_(starts, builder.trunc(fields["shuffles"], ir.IntType(1)))):
            builder.call(shuffle, [context])
        m = minimum(builder, fields["batch_size"], builder.sub(n, start))
        order = builder.gep(fields["order"], [start])
        memories = [fields[name] for name in ("parameters", "rows", "scratch", "sums")]
        builder.call(add_up, [*memories, order, m])
        cost, right = (sums.take_head(builder, fields["sums"], i) for i in range(N_HEADS))
        size = builder.call(builder.module.declare_intrinsic("llvm.fabs", [DOUBLE]), [cost])
        with builder.if_then(builder.not_(builder.fcmp_ordered("<", size, DOUBLE(float("inf")))), likely=False):
            builder.ret(done)
        count = builder.sitofp(m, DOUBLE)
        penalty = builder.call(one_step, [context, count])
        fields["cost"] = builder.fadd(fields["cost"], builder.fadd(cost, builder.fmul(penalty, count)))
        fields["right"] = builder.fadd(fields["right"], right)
        end = builder.add(start, m)
        fields["start"] = end
        with builder.if_then(builder.icmp_signed("==", end, n)):
            epoch = fields["epochs_done"]
            for total, row in (("cost", "costs"), ("right", "rights")):
                builder.store(fields[total], builder.gep(fields[row], [epoch]))
                fields[total] = zero
            fields["epochs_done"] = builder.add(epoch, WORD(1))
            fields["start"] = WORD(0)
            with builder.if_then(builder.icmp_signed("<", epoch, fields["n_ahead"])):
                row = builder.gep(fields["ahead"], [builder.mul(epoch, WORD(n_settings))])
                copy(builder, row, 1, fields["settings"], 1, WORD(n_settings))
    builder.ret(n_batches)


def _shuffle(module: ir.Module) -> ir.Function:
    """shuffle(context): the order of the next epoch, by Fisher and Yates' shuffle, as `batches.Shuffler` has it.

    A number below n is the upper word of the product of 64 random bits with n.
    """
    function, builder = _function(module, "shuffle", ir.VoidType(), CONTEXT.as_pointer())
    fields, wide = Fields(builder, function.args[0]), ir.IntType(128)
    order, n = fields["order"], fields["n_rows"]
    with counted(builder, n) as i:
        builder.store(i, builder.gep(order, [i]))
    epoch = builder.add(fields["epoch"], WORD(1))
    fields["epoch"] = epoch
    start = _random(builder, fields["generator"], epoch)
    with counted(builder, builder.sub(n, WORD(1))) as done:
        state = _random(builder, start, builder.add(done, WORD(1)))
        left = builder.sub(n, done)
        product = builder.mul(builder.zext(state, wide), builder.zext(left, wide))
        chosen = builder.trunc(builder.lshr(product, wide(64)), WORD)
        places = [builder.gep(order, [index]) for index in (builder.sub(left, WORD(1)), chosen)]
        last, other = (builder.load(place) for place in places)
        builder.store(other, places[0])
        builder.store(last, places[1])
    builder.ret_void()
    return function


def _random(builder: Any, start: Any, place: Any) -> Any:
    """The number at a place, from 1, of the sequence splitmix64 that begins there."""
    state = builder.add(start, builder.mul(place, WORD(GAMMA)))
    for distance, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        state = builder.mul(builder.xor(state, builder.lshr(state, WORD(distance))), WORD(factor))
    return state


def step(
    module: ir.Module, penalty: Tape, update: Tape, sums: Sums, n_states: int, clip: Tape | None = None
) -> ir.Function:
    """step(context, m): move the parameters by the mean gradient of m samples; gives the penalty as it was before."""
    whole, builder = _function(module, "step", DOUBLE, CONTEXT.as_pointer(), DOUBLE)
    fields = Fields(builder, whole.args[0])
    lanes = machine.width()
    kind = ir.VectorType(DOUBLE, lanes)
    parameters, states = (builder.bitcast(fields[name], kind.as_pointer()) for name in ("parameters", "states"))
    n_settings, n_groups = len(update.labels) - 2 - n_states, sums.n_places // lanes
    settings = [
        splat(builder, lanes, builder.load(builder.gep(fields["settings"], [WORD(k)]))) for k in range(n_settings)
    ]
    m, inverse = (splat(builder, lanes, x) for x in (whole.args[1], builder.fdiv(DOUBLE(1.0), whole.args[1])))

    memory, gradients = fields["sums"], builder.bitcast(fields["gradient"], kind.as_pointer())
    nothing = Lanes(builder, ir.Constant(kind, None))

    def take(group: Any) -> tuple[Lanes, Lanes, Bits | None]:
        """The penalty of one vector of parameters and their gradient, with the lanes that hold any."""
        p = Lanes(builder, builder.load(builder.gep(parameters, [group])))
        gradient = sums.take_gradient(builder, memory, group)
        value, pull = run(penalty, [p], fuse=True)
        kept = sums.kept(builder, memory, group)
        return value if kept is None else where(kept, value, 0.0), _divided(gradient, m, inverse) + pull, kept

    def keep(group: Any, totals: list[Lanes]) -> list[Lanes]:
        """Keep the gradient of one vector of parameters; gives the totals with their penalty and its squares."""
        value, gradient, kept = take(group)
        gradient = gradient if kept is None else where(kept, gradient, 0.0)
        builder.store(gradient.value, builder.gep(gradients, [group]))
        return [totals[0] + value, totals[1] + gradient * gradient]

    def move(group: Any, gradient: Lanes, kept: Bits | None) -> None:
        """Move one vector of parameters."""
        places = [builder.gep(parameters, [group])]
        places += [builder.gep(states, [builder.add(group, WORD(k * n_groups))]) for k in range(n_states)]
        p, *state = (Lanes(builder, builder.load(place)) for place in places)
        for place, x in zip(places, run(update, [*settings, p, gradient, *state], fuse=True), strict=True):
            builder.store(x.value if kept is None else where(kept, x, 0.0).value, place)

    def take_and_move(group: Any, totals: list[Lanes]) -> list[Lanes]:
        value, gradient, kept = take(group)
        move(group, gradient, kept)
        return [totals[0] + value]

    if clip is None:
        (penalties,) = held(builder, [nothing], 0, WORD(n_groups), take_and_move)
    else:
        penalties, squares = held(builder, [nothing, nothing], 0, WORD(n_groups), keep)
        (factor,) = run(clip, [splat(builder, lanes, sum_of_lanes(builder, squares.value))], fuse=True)
        with counted(builder, WORD(n_groups)) as group:
            gradient = Lanes(builder, builder.load(builder.gep(gradients, [group])))
            move(group, gradient * factor, sums.kept(builder, memory, group))
    builder.ret(sum_of_lanes(builder, penalties.value))
    return whole


def _divided(x: Lanes, m: Lanes, inverse: Lanes) -> Lanes:
    """x ÷ m, correctly rounded, in a third of the time of a division: the rounded 1 ÷ m is known.

    After Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990), theorem 7.
    """
    if not host_has_fma():
        return x / m
    quotient = x * inverse
    return fma(fma(-quotient, m, x), inverse, quotient)


def sum_of_lanes(builder: Any, vector: Any) -> Any:
    """The sum of the lanes of a vector, from the first to the last."""
    lanes = [builder.extract_element(vector, SHORT(k)) for k in range(vector.type.count)]
    total = lanes[0]
    for lane in lanes[1:]:
        total = builder.fadd(total, lane)
    return total
