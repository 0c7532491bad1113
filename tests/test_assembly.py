"""The text of LLVM's assembly: what each instruction says is what the processor does."""

import ctypes
import math
import operator

import pytest

pytest.importorskip("llvmlite", reason="llvmlite is not installed (the jit extra)")

from autograd_lite.backends.llvm.assembly import (
    BIT,
    BYTE,
    DOUBLE,
    SHORT,
    WIDE,
    WORD,
    Function,
    FunctionType,
    Module,
    Struct,
    Table,
    Type,
    Value,
    vector,
)
from autograd_lite.backends.llvm.builder import Builder
from autograd_lite.backends.llvm.machine import Library

C_TYPES = {DOUBLE: ctypes.c_double, WORD: ctypes.c_int64, BIT: ctypes.c_bool}


def run(result, arguments, write, *numbers):
    """What a function gives whose code `write(builder, *arguments)` writes."""
    module = Module()
    function = Function(module, FunctionType(result, arguments), "tried")
    builder = Builder(function.append_basic_block())
    builder.ret(write(builder, *function.args))
    library = Library(module)
    return library.function("tried", C_TYPES[result], *[C_TYPES[kind] for kind in arguments])(*numbers)


INTEGERS = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "sdiv": lambda a, b: int(a / b),
    "udiv": lambda a, b: a % 2**64 // b, "and_": operator.and_, "or_": operator.or_, "xor": operator.xor,
    "shl": operator.lshift, "lshr": lambda a, b: a % 2**64 >> b,
}  # fmt: skip


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("a", [1234567, -987654])
def test_integers(name, a):
    found = run(WORD, [WORD, WORD], lambda builder, x, y: getattr(builder, name)(x, y), a, 5)
    assert (found - INTEGERS[name](a, 5)) % 2**64 == 0


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv"])
def test_doubles(name):
    method = {"truediv": "fdiv"}.get(name, f"f{name}")
    found = run(DOUBLE, [DOUBLE, DOUBLE], lambda builder, x, y: getattr(builder, method)(x, y), 0.1, -0.7)
    assert found == getattr(operator, name)(0.1, -0.7)
    assert run(DOUBLE, [DOUBLE], lambda builder, x: builder.fneg(x), 0.0).hex() == "-0x0.0p+0"


SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(("a", "b"), [(-1, 1), (1, -1), (2, 2)])
def test_comparisons(sign, a, b):
    assert run(BIT, [WORD, WORD], lambda builder, x, y: builder.icmp_signed(sign, x, y), a, b) == SIGNS[sign](a, b)
    assert run(BIT, [DOUBLE] * 2, lambda builder, x, y: builder.fcmp_ordered(sign, x, y), a, b) == SIGNS[sign](a, b)
    assert not run(BIT, [DOUBLE] * 2, lambda builder, x, y: builder.fcmp_ordered(sign, x, y), math.nan, b)


def test_integers_that_differ_and_bits_that_are_turned():
    def write(builder, x, y):
        return builder.not_(builder.icmp_signed("!=", x, y))

    assert [run(BIT, [WORD, WORD], write, 3, y) for y in (3, 4)] == [True, False]
    assert run(WORD, [WORD], lambda builder, x: builder.not_(x), 5) == ~5


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, -1e308, 5e-324, math.inf, -math.inf, 3])
def test_constants_are_the_same_to_the_bit(number):
    assert run(DOUBLE, [], lambda builder: DOUBLE(number)).hex() == float(number).hex()
    lane = run(DOUBLE, [], lambda builder: builder.extract_element(vector(4).everywhere(number), SHORT(3)))
    assert lane.hex() == float(number).hex()
    assert DOUBLE(math.nan).text == "0x7ff8000000000000"


def test_numbers_of_other_types():
    assert run(WORD, [WORD], lambda builder, x: builder.zext(builder.trunc(x, BYTE), WORD), 0x1234) == 0x34
    assert run(DOUBLE, [WORD], lambda builder, x: builder.sitofp(x, DOUBLE), -3) == -3.0
    assert run(DOUBLE, [WORD], lambda builder, x: builder.uitofp(x, DOUBLE), -1) == 2.0**64
    assert run(WORD, [DOUBLE], lambda builder, x: builder.bitcast(x, WORD), 1.0) == 0x3FF0000000000000
    assert run(WORD, [WORD], lambda builder, x: builder.zext(x, WORD), 7) == 7

    def high(builder, x, y):
        product = builder.mul(builder.zext(x, WIDE), builder.zext(y, WIDE))
        return builder.trunc(builder.lshr(product, WIDE(64)), WORD)

    assert run(WORD, [WORD, WORD], high, 1 << 62, 12) == 3


def test_lanes():
    def write(builder, x, y):
        pair = builder.insert_element(vector(2).undefined, x, SHORT(0))
        pair = builder.insert_element(pair, y, SHORT(1))
        turned = builder.shuffle_vector(pair, vector(2).zero, vector(3, SHORT)([SHORT(1), SHORT(0), SHORT(2)]))
        chosen = builder.select(builder.fcmp_ordered(">", pair, vector(2).zero), pair, vector(2).everywhere(9.0))
        return builder.fadd(builder.extract_element(turned, SHORT(0)), builder.extract_element(chosen, SHORT(1)))

    assert run(DOUBLE, [DOUBLE, DOUBLE], write, 1.0, 2.0) == 4.0
    assert run(DOUBLE, [DOUBLE, DOUBLE], write, 1.0, -2.0) == 7.0


def test_memory_a_struct_and_a_table():
    pair = Struct("pair", [WORD, DOUBLE])
    module = Module(pair)
    table = Table(module, [0.5, 1.5, 2.5], "halves")
    function = Function(module, FunctionType(DOUBLE, [WORD]), "tried")
    builder = Builder(function.append_basic_block())
    here = builder.alloca(pair)
    builder.store(builder.load(builder.gep(table, function.args)), builder.gep(here, [SHORT(0), SHORT(1)]), align=8)
    builder.store(WORD(4), builder.gep(here, [SHORT(0), SHORT(0)]))
    index = builder.load(builder.gep(here, [SHORT(0), SHORT(0)]))
    half = builder.load(builder.gep(here, [SHORT(0), SHORT(1)]), align=8)
    builder.ret(builder.fmul(half, builder.sitofp(index, DOUBLE)))
    library = Library(module)
    call = library.function("tried", ctypes.c_double, ctypes.c_int64)
    assert [call(i) for i in range(3)] == [2.0, 6.0, 10.0]


def test_loops_branches_and_calls():
    """The factorial of n, by a loop; -1 for a negative one, by a branch that is hardly taken."""
    module = Module()
    times = Function(module, FunctionType(WORD, [WORD, WORD]), "times")
    times.linkage = "internal"
    times.attributes.append("noinline")
    inner = Builder(times.append_basic_block())
    inner.ret(inner.mul(*times.args))
    function = Function(module, FunctionType(WORD, [WORD]), "tried")
    (n,) = function.args
    builder = Builder(function.append_basic_block())
    with builder.if_then(builder.icmp_signed("<", n, WORD(0)), likely=False):
        builder.ret(WORD(-1))
    before, body, after = builder.block, builder.append_basic_block(), builder.append_basic_block()
    builder.branch(body)
    builder.position_at_end(body)
    k, total = builder.phi(WORD), builder.phi(WORD)
    product = builder.call(times, [total, builder.add(k, WORD(1))])
    for phi, start, following in ((k, WORD(0), builder.add(k, WORD(1))), (total, WORD(1), product)):
        phi.add_incoming(start, before)
        phi.add_incoming(following, body)
    builder.cbranch(builder.icmp_signed("<", builder.add(k, WORD(1)), n), body, after)
    builder.position_at_end(after)
    builder.ret(product)
    library = Library(module)
    call = library.function("tried", ctypes.c_int64, ctypes.c_int64)
    assert [call(n) for n in (-5, 1, 5, 10)] == [-1, 1, 120, 3628800]


def test_a_function_that_is_known_elsewhere_is_declared_once():
    module = Module()
    kind = FunctionType(DOUBLE, [DOUBLE])
    assert module.declared("llvm.fabs.f64", kind) is module.declared("llvm.fabs.f64", kind)
    assert str(module).count("declare double @llvm.fabs.f64(double %a0)") == 1
    assert [function.is_declaration for function in module.functions] == [True]
    with pytest.raises(ValueError, match=r"Module: expected a name of its own, got 'llvm\.fabs\.f64' again"):
        Function(module, kind, "llvm.fabs.f64")
    assert isinstance(module.functions[0], Value)


def test_the_types_of_functions_are_not_kept():
    """Each module has its own, however many a process compiles."""
    kept = Type.as_pointer.cache_info().currsize
    Module().declared("sin", FunctionType(DOUBLE, [DOUBLE]))
    assert Type.as_pointer.cache_info().currsize == kept
