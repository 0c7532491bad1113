"""The loops of mini-batch gradient descent as LLVM IR: order, batches, the sums of gradients, the optimizer's step.

They work on a context, a struct that Python fills in and reads (`training.py`). `sums` holds a vector for the cost,
one for the right answers and one a parameter; `packed` the inputs of one block of samples, lane by lane.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from autograd_lite.backends.llvm.counting import copy, counted, minimum
from autograd_lite.backends.llvm.lanes import DOUBLE, SHORT, WORD, Lanes
from autograd_lite.backends.llvm.lowering import DOUBLES, Block, run, splat
from autograd_lite.backends.llvm.machine import width
from autograd_lite.tape import Tape

POINTERS = ["parameters", "states", "settings", "sums", "packed", "scratch", "rows", "order", "costs", "rights"]
COUNTS = ["n_rows", "batch_size", "shuffles", "generator", "epochs_done", "start"]
TOTALS = ["cost", "right"]
FIELDS = [*POINTERS, *COUNTS, *TOTALS]
N_BEFORE_GRADIENT = 2  # the outputs cost and right

CONTEXT = ir.LiteralStructType(
    [WORD.as_pointer() if name == "order" else DOUBLES for name in POINTERS]
    + [WORD for _ in COUNTS]
    + [DOUBLE for _ in TOTALS]
)


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


def advance(module: ir.Module, block: Block, function: ir.Function, one_step: ir.Function) -> None:
    """advance(context, n_batches): the batches done; fewer where a cost was not finite."""
    whole, builder = _function(module, "advance", WORD, CONTEXT.as_pointer(), WORD)
    shuffle, add_up = _shuffle(module), _add_up(module, block, function)
    context, n_batches = whole.args
    fields = Fields(builder, context)
    zero = DOUBLE(0.0)
    with counted(builder, n_batches) as done:
        start, n = fields["start"], fields["n_rows"]
        starts = builder.icmp_signed("==", start, WORD(0))
        with builder.if_then(builder.and_(starts, builder.trunc(fields["shuffles"], ir.IntType(1)))):
            builder.call(shuffle, [context])
        m = minimum(builder, fields["batch_size"], builder.sub(n, start))
        builder.call(add_up, [context, m])
        cost, right = (_take_sum(builder, fields["sums"], block.lanes, i) for i in range(N_BEFORE_GRADIENT))
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
    builder.ret(n_batches)


def _shuffle(module: ir.Module) -> ir.Function:
    """shuffle(context): Fisher and Yates' shuffle of the order, by numbers from splitmix64.

    The numbers are those of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014); one below
    n is the upper word of its product with n.
    """
    function, builder = _function(module, "shuffle", ir.VoidType(), CONTEXT.as_pointer())
    fields, wide = Fields(builder, function.args[0]), ir.IntType(128)
    order, n = fields["order"], fields["n_rows"]
    with counted(builder, builder.sub(n, WORD(1))) as done:
        state = builder.add(fields["generator"], WORD(0x9E3779B97F4A7C15))
        fields["generator"] = state
        for distance, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
            state = builder.mul(builder.xor(state, builder.lshr(state, WORD(distance))), WORD(factor))
        left = builder.sub(n, done)
        product = builder.mul(builder.zext(state, wide), builder.zext(left, wide))
        chosen = builder.trunc(builder.lshr(product, wide(64)), WORD)
        places = [builder.gep(order, [index]) for index in (builder.sub(left, WORD(1)), chosen)]
        last, other = (builder.load(place) for place in places)
        builder.store(other, places[0])
        builder.store(last, places[1])
    builder.ret_void()
    return function


def _add_up(module: ir.Module, block: Block, function: ir.Function) -> ir.Function:
    """add_up(context, m): add the block's outputs for the next m samples of the order to `sums`."""
    whole, builder = _function(module, "add_up", ir.VoidType(), CONTEXT.as_pointer(), WORD)
    context, m = whole.args
    fields = Fields(builder, context)
    parameters, sums, packed, scratch, rows = (
        fields[name] for name in ("parameters", "sums", "packed", "scratch", "rows")
    )
    order = builder.gep(fields["order"], [fields["start"]])
    lanes = WORD(block.lanes)
    n_inputs = len(block.tape.labels) - block.n_shared - 1
    with counted(builder, builder.sdiv(builder.add(m, WORD(block.lanes - 1)), lanes)) as i:
        first = builder.mul(i, lanes)
        with counted(builder, lanes) as lane:
            position = builder.add(first, lane)
            index = builder.load(builder.gep(order, [minimum(builder, position, builder.sub(m, WORD(1)))]))
            target = builder.gep(packed, [lane])
            row = builder.gep(rows, [builder.mul(index, WORD(n_inputs))])
            copy(builder, row, 1, target, block.lanes, WORD(n_inputs))
            weight = builder.uitofp(builder.icmp_signed("<", position, m), DOUBLE)
            builder.store(weight, builder.gep(target, [WORD(n_inputs * block.lanes)]))
        builder.call(function, [parameters, packed, sums, scratch])
    builder.ret_void()
    return whole


def step(module: ir.Module, penalty: Tape, update: Tape, n_parameters: int, n_states: int, size: int) -> ir.Function:
    """step(context, m): move the parameters by the mean gradient of m samples; gives the penalty as it was before."""
    whole, builder = _function(module, "step", DOUBLE, CONTEXT.as_pointer(), DOUBLE)
    fields = Fields(builder, whole.args[0])
    lanes = width()
    kind = ir.VectorType(DOUBLE, lanes)
    parameters, states = (builder.bitcast(fields[name], kind.as_pointer()) for name in ("parameters", "states"))
    n_settings, n_groups = len(update.labels) - 2 - n_states, -(-n_parameters // lanes)
    settings = [
        splat(builder, lanes, builder.load(builder.gep(fields["settings"], [WORD(k)]))) for k in range(n_settings)
    ]
    m = splat(builder, lanes, whole.args[1])
    penalties = builder.alloca(kind)
    builder.store(ir.Constant(kind, None), penalties)
    with counted(builder, WORD(n_groups)) as group:
        places = [builder.gep(parameters, [group])]
        places += [builder.gep(states, [builder.add(group, WORD(k * n_groups))]) for k in range(n_states)]
        p, *state = (Lanes(builder, builder.load(place)) for place in places)
        gradient = _take_sums(builder, fields["sums"], group, size)
        value, pull = run(penalty, [p], fuse=True)
        builder.store(builder.fadd(builder.load(penalties), value.value), penalties)
        moved = run(update, [*settings, p, gradient / m + pull, *state], fuse=True)
        for place, x in zip(places, moved, strict=True):
            builder.store(x.value, place)
    builder.ret(_sum_of_lanes(builder, builder.load(penalties)))
    return whole


def _take_sums(builder: Any, sums: Any, group: Any, size: int) -> Lanes:
    """One number a parameter of the group: the sum of its `size` lanes. What was added up is set to 0."""
    lanes = width()
    kind = ir.VectorType(DOUBLE, lanes)
    gradients = builder.bitcast(builder.gep(sums, [WORD(N_BEFORE_GRADIENT * size)]), kind.as_pointer())
    places = [builder.gep(gradients, [builder.add(builder.mul(group, WORD(size)), WORD(k))]) for k in range(size)]
    rows = [builder.load(place, align=8) for place in places]
    for place in places:
        builder.store(ir.Constant(kind, None), place, align=8)
    even, odd = (
        ir.Constant(ir.VectorType(SHORT, lanes), [SHORT(i) for i in range(first, 2 * lanes, 2)]) for first in (0, 1)
    )
    while len(rows) > 1:  # neighbouring lanes of two vectors are added up, and the two become one
        rows = [
            builder.fadd(builder.shuffle_vector(a, b, even), builder.shuffle_vector(a, b, odd))
            for a, b in zip(rows[::2], rows[1::2], strict=True)
        ]
    return Lanes(builder, rows[0])


def _take_sum(builder: Any, sums: Any, size: int, i: int) -> Any:
    """The sum of the lanes of the i-th vector, which is set to 0."""
    kind = ir.VectorType(DOUBLE, size)
    place = builder.gep(builder.bitcast(sums, kind.as_pointer()), [WORD(i)])
    vector = builder.load(place)
    builder.store(ir.Constant(kind, None), place)
    return _sum_of_lanes(builder, vector)


def _sum_of_lanes(builder: Any, vector: Any) -> Any:
    lanes = [builder.extract_element(vector, SHORT(k)) for k in range(vector.type.count)]
    total = lanes[0]
    for lane in lanes[1:]:
        total = builder.fadd(total, lane)
    return total
