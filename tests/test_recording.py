"""`record` says what a tape cannot keep: with the line of the program, what it was, and what to write instead."""

import copy
import itertools
import os
import pprint
import random
import statistics
import time
import uuid
import warnings

import numpy as np
import pytest

import autograd_lite
from autograd_lite import (
    Value,
    backward_steps,
    explain,
    grad,
    gradients,
    maximum,
    no_grad,
    record,
    scope,
    trace,
    trace_table,
    where,
)

weight = Value(2.0, "weight")


def abs_by_order(x):
    return 2 * x if x > 0 else -x


def abs_by_data(x):
    return 2 * x if x.data > 0 else -x


def one_by_equality(x):
    return x if x == 1 else -x


def not_one(x):
    return -x if x != 1 else x


def not_nought(x):
    return x if x else -x


def a_rounded_number(x):
    return x * round(x, 1)


def a_number_in_a_format(x):
    print(f"{x:.3f}")
    return x * x


def a_print_on_the_way(x):
    y = x * x
    print("y is", y)
    return y


def a_list_in_a_text(x):
    return x * len(f"{[x]}")


def a_length_of_a_text(x):
    return x * len(str(x))


def a_printed_gradient(x):
    with scope("part"):
        y = x * x
    pprint.pp({"y": y})
    return y


def the_largest(x):
    return max([x, 1 - x])


def without_a_graph(x):
    with no_grad():
        factor = x * 2
    return factor * x


def with_its_own_gradient(x):
    square = x * x
    square.backward()
    return square * x.grad


def with_gradients_as_numbers(x):
    square = x * x
    return square * gradients(square, x)


def below_an_argument(x):
    return x if (x * x).exp() * weight < 10 else -x


def inside_a_derivative(x):
    return grad(lambda t: t * t if t > 0 else t)(x)


def through_the_library(x):
    return x if statistics.median([x, weight, x + 1]) is x else -x


def with_a_partial(x):
    return x * (x * x).partials[0]


def with_a_copy(x):
    return x * copy.copy(x)


def with_a_copied_graph(x):
    return x * copy.deepcopy(x.sin())


def with_a_step(x):
    return x * next(backward_steps(x * x)).contribution


def with_a_step_by_hand(x):
    y = x * x
    y.grad = 1.0
    return x * y.backward_step()[0].contribution


compiled_square = record(lambda t: t * t, 1.0).compile("python")


def with_a_compiled_program(x):
    return x * compiled_square(x)


def with_a_compiled_gradient(x):
    return x * compiled_square.value_and_grad(x)[1][0]


def with_a_tape_of_its_own(x):
    return x * record(lambda t: t * t, x).result


def with_a_tape_that_holds_it(x):
    return record(lambda t: t * x * x, 1.0).compile("python")(2.0) * x


def with_a_traced_graph(x):
    return x * trace([x * x], [x]).example[0]


def with_other_data(x):
    x.data = 3.0
    return x * x


def with_other_data_on_the_way(x):
    y = x * x
    y.data = 3.0
    return y * y


def with_what_is_told(x):
    return x * explain(x * x, x).gradient


def with_a_tabulated_number(x):
    return x * trace_table(x * x).rows[-1].adjoint


OWN = "what a tape of its own holds"
COMPILED = "what a compiled program makes of x"
CALLS = [
    (with_a_compiled_program, 1, COMPILED), (with_a_compiled_gradient, 1, COMPILED), (with_a_tape_of_its_own, 1, OWN),
    (with_a_tape_that_holds_it, 1, OWN), (with_a_traced_graph, 1, OWN),
]  # fmt: skip


@pytest.mark.parametrize(("f", "line", "what"), CALLS, ids=[f.__name__ for f, _, _ in CALLS])
def test_a_program_inside_warns_that_the_function_itself_keeps_the_graph(f, line, what):
    message = rf"^record: {what} is fixed in the tape as it is now; call the function itself, which keeps the graph"
    with pytest.warns(RuntimeWarning, match=message) as found:
        record(f, 1.0)
    assert [(warning.filename, warning.lineno) for warning in found] == [(__file__, f.__code__.co_firstlineno + line)]


READS = [
    (with_other_data, 1, "the number set as the data of x"),
    (with_other_data_on_the_way, 2, "the number set as the data of 1"),
    (abs_by_order, 1, "x > 0"), (abs_by_data, 1, "data of x"), (one_by_equality, 1, "x == 1"), (not_one, 1, "x != 1"),
    (not_nought, 1, r"bool\(x\)"), (a_rounded_number, 1, r"round\(x, 1\)"), (the_largest, 1, "0 > x"),
    (without_a_graph, 2, "multiply under no_grad"),
    (with_its_own_gradient, 3, "grad of x"),
    (with_gradients_as_numbers, 2, r"a gradient of \S+, taken without create_graph,"),
    (with_a_partial, 1, "a partial of 1"), (with_a_copy, 1, "a copy of x"), (with_a_copied_graph, 1, "a copy of x"),
    (with_a_step, 1, "what backward_steps tells of 1"), (with_a_step_by_hand, 3, "what 1 hands on"),
    (with_what_is_told, 1, "what is told of the gradients below 1"),
    (with_a_tabulated_number, 1, "what is told of the gradients below 1"),
    (below_an_argument, 1, "5.43656 < 10"), (inside_a_derivative, 1, "x > 0"), (through_the_library, 1, "weight < x"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "line", "what"), READS, ids=[f.__name__ for f, _, _ in READS])
def test_a_read_warns_with_file_line_what_and_remedy(f, line, what):
    with pytest.warns(RuntimeWarning, match=rf"^record: {what} is fixed in the tape as it is now; where\(\)") as found:
        record(f, 1.0)
    assert [(warning.filename, warning.lineno) for warning in found] == [(__file__, f.__code__.co_firstlineno + line)]


def with_several(x):
    y = x.data if x > 0.0 else x * x.data
    return y * round(x)


def test_several_reads_are_told_in_their_order_and_each_line_once():
    with pytest.warns(RuntimeWarning) as found:
        record(with_several, 1.0)
    start = with_several.__code__.co_firstlineno
    assert [(warning.lineno - start, str(warning.message).partition(" is fixed")[0]) for warning in found] == [
        (1, "record: x > 0.0"), (2, "record: round(x)"),
    ]  # fmt: skip


PRINTS = [
    (a_number_in_a_format, 1, r"format\(x, '.3f'\)"), (a_print_on_the_way, 2, "the text of 1"),
    (a_list_in_a_text, 1, "the text of x"), (a_length_of_a_text, 1, "the text of x"),
    (a_printed_gradient, 3, "the text of 1"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "line", "what"), PRINTS, ids=[f.__name__ for f, _, _ in PRINTS])
def test_a_print_warns_that_a_replay_prints_nothing(f, line, what):
    message = (
        rf"^record: {what} is fixed in the tape as it is now; a print shows it at recording alone: take it out, or"
    )
    with pytest.warns(RuntimeWarning, match=message) as found:
        record(f, 1.0)
    assert [(warning.filename, warning.lineno) for warning in found] == [(__file__, f.__code__.co_firstlineno + line)]


def test_a_print_shows_once_at_recording_and_never_again(capsys):
    with pytest.warns(RuntimeWarning, match="a print shows it at recording alone"):
        compiled = record(a_print_on_the_way, 1.0).compile("python")
    assert compiled(2.0) == 4.0
    assert capsys.readouterr().out == "y is Value(data=1.0, grad=0.0)\n"


counter, own = itertools.count(), random.Random(0)
DRAWN, ELSEWHERE = "a random number is fixed in the tape as it was drawn", "a number that f takes from elsewhere, "
CHANGES = [
    (lambda x: x * random.random(), DRAWN),
    (lambda x: x * np.random.rand(), DRAWN),
    (lambda x: x * (np.random.rand() < 2), DRAWN),
    (lambda x: x * own.random(), rf"{ELSEWHERE}0.84\d+ and then 0.75\d+, is not the same twice"),
    (lambda x: x * next(counter), f"{ELSEWHERE}0.0 and then 1.0, is not the same twice"),
    (lambda x: x * int.from_bytes(os.urandom(6), "big"), f"{ELSEWHERE}.* is not the same twice"),
    (lambda x: x * uuid.uuid4().int, f"{ELSEWHERE}.* is not the same twice"),
    (lambda x: x * time.perf_counter(), f"{ELSEWHERE}.* is not the same twice"),
    (lambda x: x * x if next(counter) % 2 else x + x, "which operations f does is not the same twice"),
]
IDS = ["random", "numpy", "numpy, alike", "own random", "counter", "urandom", "uuid", "clock", "operations"]


@pytest.mark.parametrize(("f", "what"), CHANGES, ids=IDS)
def test_what_is_not_the_same_twice_warns_at_the_function(f, what):
    with pytest.warns(RuntimeWarning, match=f"^record: {what}.*; draw or read it outside, and pass") as found:
        record(f, 1.0)
    assert [(warning.filename, warning.lineno) for warning in found] == [(__file__, f.__code__.co_firstlineno)]


@pytest.mark.parametrize(("seed", "draw"), [(random.seed, random.random), (np.random.seed, np.random.rand)])
def test_recording_leaves_the_random_numbers_as_they_were(seed, draw):
    seed(1)
    expected = draw()
    seed(1)
    with pytest.warns(RuntimeWarning, match="random number"):
        record(lambda x: x * draw(), 1.0)
    assert draw() == expected


def chooses_anew(x):
    return maximum(where(autograd_lite.greater(x, 0), x, -x), 0.5)


def reads_what_no_argument_reaches(x):
    if weight > 1 and weight == 2 and bool(weight) and (weight * 3).data > 0:
        return x * weight.data * round(weight, 1)
    return x


def calls_a_program_on_numbers(x):
    weight.data = 2.0
    return x * compiled_square(3.0) * record(lambda t: t * weight, 2.0).compile("python")(1.0)


def shows_what_no_argument_reaches(x):
    assert f"{weight}" == repr(weight)
    with scope("part"):
        return x * x


def copies_what_is_computed(x):
    return x * copy.copy(x.sin())  # on the same parents


def keeps_values_in_sets(x):
    values = {x, weight, x * weight}
    assert x in values and x != None and not x == "x"  # noqa: E711, PT018, SIM201
    return x if x != weight else weight


SILENT = [
    chooses_anew, reads_what_no_argument_reaches, shows_what_no_argument_reaches, keeps_values_in_sets,
    copies_what_is_computed, calls_a_program_on_numbers,
]  # fmt: skip


@pytest.mark.parametrize("f", SILENT)
def test_what_fixes_nothing_is_silent(f):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled = record(f, 1.0).compile("python")
    assert compiled(-3.0) == f(Value(-3.0)).data


def test_the_values_of_a_derivative_inside_stay_in_the_tape():
    """grad of floats is a float; where f closes over an argument of the recording it is a Value nevertheless."""
    compiled = record(lambda x: grad(lambda t: t * t * x)(2.0), 1.0).compile("python")
    assert compiled(5.0) == 20.0


def test_reads_outside_of_a_recording_are_nobodys_business():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Value(1.0) > 0
        assert abs_by_data(Value(-1.0)).data == 1.0
