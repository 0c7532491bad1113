"""The loops of mini-batch gradient descent as LLVM IR: order, batches, the sums of gradients, the optimizer's step.

They work on a context, a struct that Python fills in and reads (`context.py`). How the samples of a batch are added
up, and where parameters and their sums stand, is a matter of the tape: straight-line code (`straight.py`) or loops
(`rolled.py`). What becomes of a gradient is written in `moving.py`.
"""

from __future__ import annotations

from typing import Any

from autograd_lite.backends.batches import GAMMA
from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.assembly import BIT, DOUBLE, SHORT, VOID, WIDE, WORD, Function, FunctionType, Module
from autograd_lite.backends.llvm.context import CONTEXT, N_HEADS, Fields, Sums, function, hurry
from autograd_lite.backends.llvm.counting import copy, counted, minimum
from autograd_lite.backends.llvm.lowering import run, splat
from autograd_lite.backends.llvm.moving import Moving
from autograd_lite.tape import Tape

STEP = FunctionType(VOID, [CONTEXT.as_pointer(), WORD])


def single(module: Module, sums: Sums, add_up: Function, give: Function, read: Function) -> None:
    """single(context, index): leave the gradient of one sample in `gradient`, and its cost in `costs`."""
    whole, builder, fields = function(module, "single", STEP)
    hurry(whole)
    hurry(read)
    context, index = whole.args
    order = builder.alloca(WORD)
    builder.store(index, order)
    builder.call(add_up, [context, order, WORD(1)])
    for i, row in enumerate(("costs", "rights")):
        builder.store(sums.take_head(builder, fields["sums"], i), fields[row])
    builder.call(give, [context, WORD(1), read])
    builder.ret_void()


def step(module: Module, moving: Moving, give: Function, clip: Tape | None = None) -> Function:
    """step(context, m): move the parameters by the mean gradient of m samples; leaves their `penalty` before that."""
    whole, builder, fields = function(module, "step", STEP)
    context, m = whole.args
    fields["count"], fields["penalty"], fields["squares"] = builder.sitofp(m, DOUBLE), DOUBLE(0.0), DOUBLE(0.0)
    if clip is None:
        builder.call(give, [context, m, moving.move(module)])
    else:
        builder.call(give, [context, m, moving.keep(module)])
        (factor,) = run(clip, [splat(builder, 2, fields["squares"])], fuse=True)
        fields["factor"] = builder.extract_element(factor.value, SHORT(0))
        n_groups = WORD(moving.sums.n_places // machine.width())
        builder.call(moving.move_clipped(module), [context, fields["gradient"], WORD(0), n_groups])
    builder.ret_void()
    return whole


def advance(module: Module, sums: Sums, add_up: Function, one_step: Function, n_settings: int) -> None:
    """advance(context, n_batches): the batches done; fewer where a cost was not finite."""
    whole, builder, fields = function(module, "advance", FunctionType(WORD, STEP.args))
    hurry(whole)
    shuffle = _shuffle(module)
    context, n_batches = whole.args
    with counted(builder, n_batches) as done:
        start, n = fields["start"], fields["n_rows"]
        starts = builder.icmp_signed("==", start, WORD(0))
        with builder.if_then(builder.and_(starts, builder.trunc(fields["shuffles"], BIT))):
            builder.call(shuffle, [context])
        m = minimum(builder, fields["batch_size"], builder.sub(n, start))
        order = builder.gep(fields["order"], [start])
        builder.call(add_up, [context, order, m])
        cost, right = (sums.take_head(builder, fields["sums"], i) for i in range(N_HEADS))
        with builder.if_then(_is_not_finite(builder, cost), likely=False):
            builder.ret(done)
        builder.call(one_step, [context, m])
        _add_to_epoch(builder, fields, cost, right)
        end = builder.add(start, m)
        fields["start"] = end
        with builder.if_then(builder.icmp_signed("==", end, n)):
            _end_epoch(builder, fields, n_settings)
    builder.ret(n_batches)


def _is_not_finite(builder: Any, number: Any) -> Any:
    """Whether a number is inf or nan."""
    size = builder.call(builder.module.declared("llvm.fabs.f64", FunctionType(DOUBLE, [DOUBLE])), [number])
    return builder.not_(builder.fcmp_ordered("<", size, DOUBLE(float("inf"))))


def _add_to_epoch(builder: Any, fields: Fields, cost: Any, right: Any) -> None:
    """Add the cost of a batch, with its penalty, and its right answers to those of the epoch."""
    penalty = builder.fmul(fields["penalty"], fields["count"])
    fields["cost"] = builder.fadd(fields["cost"], builder.fadd(cost, penalty))
    fields["right"] = builder.fadd(fields["right"], right)


def _end_epoch(builder: Any, fields: Fields, n_settings: int) -> None:
    """Put the totals of an epoch down, and begin another with the settings that are planned for it."""
    epoch = fields["epochs_done"]
    for total, row in (("cost", "costs"), ("right", "rights")):
        builder.store(fields[total], builder.gep(fields[row], [epoch]))
        fields[total] = DOUBLE(0.0)
    fields["epochs_done"] = builder.add(epoch, WORD(1))
    fields["start"] = WORD(0)
    with builder.if_then(builder.icmp_signed("<", epoch, fields["n_ahead"])):
        row = builder.gep(fields["ahead"], [builder.mul(epoch, WORD(n_settings))])
        copy(builder, row, 1, fields["settings"], 1, WORD(n_settings))


def _shuffle(module: Module) -> Function:
    """shuffle(context): the order of the next epoch, by Fisher and Yates' shuffle, as `batches.Shuffler` has it.

    A number below n is the upper word of the product of 64 random bits with n.
    """
    whole, builder, fields = function(module, "shuffle", FunctionType(VOID, [CONTEXT.as_pointer()]))
    hurry(whole)
    order, n = fields["order"], fields["n_rows"]
    with counted(builder, n) as i:
        builder.store(i, builder.gep(order, [i]))
    epoch = builder.add(fields["epoch"], WORD(1))
    fields["epoch"] = epoch
    start = _random(builder, fields["generator"], epoch)
    with counted(builder, builder.sub(n, WORD(1))) as done:
        state = _random(builder, start, builder.add(done, WORD(1)))
        left = builder.sub(n, done)
        product = builder.mul(builder.zext(state, WIDE), builder.zext(left, WIDE))
        chosen = builder.trunc(builder.lshr(product, WIDE(64)), WORD)
        places = [builder.gep(order, [index]) for index in (builder.sub(left, WORD(1)), chosen)]
        last, other = (builder.load(place) for place in places)
        builder.store(other, places[0])
        builder.store(last, places[1])
    builder.ret_void()
    return whole


def _random(builder: Any, start: Any, place: Any) -> Any:
    """The number at a place, from 1, of the sequence splitmix64 that begins there."""
    state = builder.add(start, builder.mul(place, WORD(GAMMA)))
    for distance, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        state = builder.mul(builder.xor(state, builder.lshr(state, WORD(distance))), WORD(factor))
    return state
