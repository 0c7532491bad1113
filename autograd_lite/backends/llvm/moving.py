"""What is done with the gradient of a batch as it is given, some vectors at a time while they are in the cache.

Each function has the form `TAKE`. One leaves the sums where Python reads them; one moves the parameters by the
optimizer's rule; where the length of the whole gradient has to be known first, one keeps it, and then another moves
the parameters by what was kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_lite.backends.llvm import machine
from autograd_lite.backends.llvm.assembly import DOUBLE, SHORT, WORD, Function, Module, vector
from autograd_lite.backends.llvm.context import TAKE, Fields, Sums, function
from autograd_lite.backends.llvm.counting import held
from autograd_lite.backends.llvm.kernels import host_has_fma
from autograd_lite.backends.llvm.lanes import Lanes, fma, where
from autograd_lite.backends.llvm.lowering import run, splat
from autograd_lite.tape import Tape


class Moving:
    """The penalty of one parameter with its derivative, and what the optimizer makes of a parameter.

    What fills vectors up beside the parameters has the gradient 0; that matters only to a penalty which is not 0 at 0.
    """

    def __init__(self, penalty: Tape, update: Tape, n_states: int, sums: Sums) -> None:
        self.penalty, self.update, self.n_states, self.sums = penalty, update, n_states, sums
        self.n_settings = len(update.labels) - 2 - n_states
        constants = dict(enumerate(penalty.constants, start=len(penalty.labels)))
        self.is_penalised = any(constants.get(output) != 0.0 for output in penalty.outputs)
        at_zero = penalty.run([0.0])
        self.is_masked = any(at_zero[output] != 0.0 for output in penalty.outputs)

    def read(self, module: Module) -> Function:
        """What stores the sums."""

        def body(vectors: Vectors, group: Any, sums: Lanes) -> list[Lanes]:
            vectors.keep(group, sums)
            return []

        return self._function(module, "read", [], body)

    def keep(self, module: Module) -> Function:
        """What stores the gradient of the batch's cost, and adds up its squares and the penalties."""

        def body(vectors: Vectors, group: Any, sums: Lanes) -> list[Lanes]:
            gradient, *penalty = vectors.gradient(group, sums)
            gradient = vectors.masked(group, gradient)
            vectors.keep(group, gradient)
            return [gradient * gradient, *penalty]

        return self._function(module, "keep", ["squares", *self._penalty], body)

    def move(self, module: Module) -> Function:
        """What moves the parameters, and adds up the penalties."""

        def body(vectors: Vectors, group: Any, sums: Lanes) -> list[Lanes]:
            gradient, *penalty = vectors.gradient(group, sums)
            vectors.move(group, gradient)
            return penalty

        return self._function(module, "move", self._penalty, body)

    def move_clipped(self, module: Module) -> Function:
        """What moves the parameters by the gradient that was kept, times `factor`."""

        def body(vectors: Vectors, group: Any, kept: Lanes) -> list[Lanes]:
            vectors.move(group, kept * vectors.factor)
            return []

        return self._function(module, "move_clipped", [], body)

    @property
    def _penalty(self) -> list[str]:
        return ["penalty"] if self.is_penalised else []

    def _function(
        self, module: Module, name: str, totals: list[str], body: Callable[[Vectors, Any, Lanes], list[Lanes]]
    ) -> Function:
        """The function that does the body for each vector; what that gives is added up."""
        whole, builder, fields = function(module, name, TAKE)
        _, gradients, first, n = whole.args
        vectors = Vectors(self, builder, fields)
        given, nothing = vectors.at(gradients), Lanes(builder, vectors.kind.zero)

        def step(i: Any, known: list[Lanes]) -> list[Lanes]:
            terms = body(vectors, builder.add(first, i), Lanes(builder, builder.load(builder.gep(given, [i]))))
            return [total + term for total, term in zip(known, terms, strict=True)]

        for total, found in zip(totals, held(builder, [nothing] * len(totals), 0, n, step), strict=True):
            fields[total] = builder.fadd(fields[total], sum_of_lanes(builder, found.value))
        builder.ret_void()
        return whole


class Vectors:
    """All parameters as vectors, each found by its number, while code for one is written."""

    def __init__(self, moving: Moving, builder: Any, fields: Fields) -> None:
        self.moving, self.builder, self.lanes = moving, builder, machine.width()
        self.kind = vector(self.lanes)
        self._parameters, self._states, self._kept = (
            self.at(fields[name]) for name in ("parameters", "states", "gradient")
        )
        self._sums, settings = fields["sums"], fields["settings"]
        self._settings = [
            self._everywhere(builder.load(builder.gep(settings, [WORD(k)]))) for k in range(moving.n_settings)
        ]
        self._m = self._everywhere(fields["count"])
        self._inverse = self._everywhere(builder.fdiv(DOUBLE(1.0), fields["count"]))
        self.factor = self._everywhere(fields["factor"])

    def at(self, pointer: Any) -> Any:
        """The memory as vectors."""
        return self.builder.bitcast(pointer, self.kind.as_pointer())

    def _everywhere(self, number: Any) -> Lanes:
        return splat(self.builder, self.lanes, number)

    def gradient(self, group: Any, sums: Lanes) -> list[Lanes]:
        """The gradient of the batch's cost by one vector of parameters and, if there is one, their penalty."""
        mean = _divided(sums, self._m, self._inverse)
        if not self.moving.is_penalised:
            return [mean]
        p = Lanes(self.builder, self.builder.load(self.builder.gep(self._parameters, [group])))
        value, pull = run(self.moving.penalty, [p], fuse=True)
        return [mean + pull, self.masked(group, value)]

    def masked(self, group: Any, x: Lanes) -> Lanes:
        """x, and 0 beside the parameters if that matters."""
        if not self.moving.is_masked:
            return x
        kept = self.moving.sums.kept(self.builder, self._sums, group)
        return x if kept is None else where(kept, x, 0.0)

    def keep(self, group: Any, gradient: Lanes) -> None:
        """Store a vector of the gradient."""
        self.builder.store(gradient.value, self.builder.gep(self._kept, [group]))

    def move(self, group: Any, gradient: Lanes) -> None:
        """Move one vector of parameters by its gradient."""
        builder, n_groups = self.builder, self.moving.sums.n_places // self.lanes
        places = [builder.gep(self._parameters, [group])]
        places += [
            builder.gep(self._states, [builder.add(group, WORD(k * n_groups))]) for k in range(self.moving.n_states)
        ]
        p, *state = (Lanes(builder, builder.load(place)) for place in places)
        moved = run(self.moving.update, [*self._settings, p, gradient, *state], fuse=True)
        for place, x in zip(places, moved, strict=True):
            builder.store(self.masked(group, x).value, place)


def _divided(x: Lanes, m: Lanes, inverse: Lanes) -> Lanes:
    """x ÷ m, correctly rounded, in a third of the time of a division: the rounded 1 ÷ m is known.

    After Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor" (1990), theorem 7.
    """
    if not host_has_fma():
        return x / m
    quotient = x * inverse
    return fma(fma(-quotient, m, x), inverse, quotient)


def sum_of_lanes(builder: Any, x: Any) -> Any:
    """The sum of the lanes of a vector, from the first to the last."""
    lanes = [builder.extract_element(x, SHORT(k)) for k in range(x.type.count)]
    total = lanes[0]
    for lane in lanes[1:]:
        total = builder.fadd(total, lane)
    return total
